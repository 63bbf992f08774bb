import ClusterState
import KubernetesWire
import Testing

/// What the recordings do not show of policies, roles, webhooks and autoscalers.
struct AccessWireTests {
    static let policyTypeCases: [([String], Bool, NetworkPolicy.Directions)] = [
        ([], false, .ingress), ([], true, [.ingress, .egress]), (["Egress"], false, .egress),
        (["Ingress"], true, .ingress), (["Ingress", "Egress"], false, [.ingress, .egress]), (["Sideways"], true, []),
    ]

    /// An API server fills policyTypes in; an object that bypassed it (an old one in etcd) has none.
    @Test(arguments: policyTypeCases)
    func policyTypes(types: [String], hasEgress: Bool, expected: NetworkPolicy.Directions) throws {
        let policy = try Description.decode(NetworkPolicy.self) {
            $0.metadata("policy")
            $0.message(2) { spec in
                spec.message(1) { _ in }
                if hasEgress { spec.message(3) { _ in } }
                for type in types { spec.string(4, type) }
            }
        }
        #expect(policy.row.directions == expected)
        #expect(policy.row.podSelector.isEmpty)
    }

    @Test func rulesOfARoleAddUp() throws {
        let role = try Description.decode(Role.self) {
            $0.metadata("role")
            $0.message(2) { rule in
                rule.string(1, "delete")
                rule.string(2, "")
                rule.string(3, "pods")
            }
            $0.message(2) { rule in
                rule.string(1, "create")
                rule.string(2, "")
                rule.string(3, "pods/eviction")
                rule.string(4, "one-pod")
            }
            $0.message(2) { rule in
                rule.string(1, "*")
                rule.string(5, "/metrics")
            }
        }
        #expect(role.row.grants == .deletePods)
    }

    /// failurePolicy, selectors and rules as an object has them that no defaulting has seen.
    @Test func bareWebhooks() throws {
        let configuration = try Description.decode(ValidatingWebhookConfiguration.self) {
            $0.metadata("guard", namespace: "")
            $0.message(2) { webhook in
                webhook.string(1, "a.example.com")
                webhook.message(2) { $0.string(3, "https://example.com/a") }
            }
        }
        let webhook = try #require(configuration.row.webhooks.first)
        #expect(webhook.failsClosed)
        #expect(webhook.service == nil)
        #expect(!webhook.matchesPodCreation && !webhook.matchesNodeWrites && !webhook.matchesLeaseWrites)
        #expect(webhook.timeoutSeconds == 10)
        #expect(webhook.namespaceSelector.isEmpty && webhook.objectSelector.isEmpty)
        #expect(webhook.authorityExpiry == nil)
    }

    /// `*` stands for any word, in either part of a resource; a rule for objects of the cluster matches no pod, nor does
    /// one for subresources of pods, for other verbs, groups and versions.
    @Test(arguments: [
        ("CREATE", "", "v1", "pods", "*", true), ("*", "*", "*", "*", "Namespaced", true),
        ("CREATE", "", "v1", "*/*", "", true), ("CREATE", "", "v1", "pods/*", "*", true),
        ("CREATE", "", "v1", "pods", "Cluster", false), ("UPDATE", "", "v1", "pods", "*", false),
        ("CREATE", "apps", "v1", "pods", "*", false), ("CREATE", "", "v2", "pods", "*", false),
        ("CREATE", "", "v1", "pods/eviction", "*", false), ("CREATE", "", "v1", "*/scale", "*", false),
        ("CREATE", "", "v1", "services", "*", false),
    ])
    func podCreation(
        operation: String,
        group: String,
        version: String,
        resource: String,
        scope: String,
        expected: Bool
    ) throws {
        let webhook = try Self.webhook(operation, group, version, resource, scope)
        #expect(webhook.matchesPodCreation == expected)
    }

    /// Kubelets update the status of their node and their lease; both kinds are written when a node joins.
    @Test(arguments: [
        ("UPDATE", "", "v1", "nodes", "Cluster", true, false), ("UPDATE", "", "v1", "nodes/status", "*", true, false),
        ("CREATE", "", "v1", "nodes/*", "", true, false), ("UPDATE", "", "v1", "*/status", "", true, false),
        ("DELETE", "", "v1", "nodes", "*", false, false), ("UPDATE", "", "v1", "nodes", "Namespaced", false, false),
        ("UPDATE", "", "v1", "nodes/proxy", "*", false, false), ("*", "*", "*", "*", "", true, true),
        ("UPDATE", "coordination.k8s.io", "v1", "leases", "Namespaced", false, true),
        ("UPDATE", "coordination.k8s.io", "v1", "leases", "Cluster", false, false),
        ("CONNECT", "coordination.k8s.io", "v1", "leases", "*", false, false),
    ])
    func heartbeats(
        operation: String,
        group: String,
        version: String,
        resource: String,
        scope: String,
        nodes: Bool,
        leases: Bool
    ) throws {
        let webhook = try Self.webhook(operation, group, version, resource, scope)
        #expect(webhook.matchesNodeWrites == nodes)
        #expect(webhook.matchesLeaseWrites == leases)
    }

    /// A webhook with one rule, that waits 25 s.
    private static func webhook(
        _ operation: String,
        _ group: String,
        _ version: String,
        _ resource: String,
        _ scope: String
    ) throws -> AdmissionWebhook {
        let configuration = try Description.decode(MutatingWebhookConfiguration.self) {
            $0.message(2) { webhook in
                webhook.message(3) { entry in
                    entry.string(1, operation)
                    entry.message(2) { rule in
                        rule.string(1, group)
                        rule.string(2, version)
                        rule.string(3, resource)
                        if !scope.isEmpty { rule.string(4, scope) }
                    }
                }
                webhook.int(7, 25)
            }
        }
        let webhook = try #require(configuration.row.webhooks.first)
        #expect(webhook.timeoutSeconds == 25)
        return webhook
    }

    /// The two kinds have objectSelector in different places.
    @Test func objectSelectorsOfBothKinds() throws {
        func fill(_ field: UInt64) -> (inout WireWriter) -> Void {
            { writer in writer.message(2) { $0.message(field) { $0.pair(1, "app", "web") } } }
        }
        let validating = try Description.decode(ValidatingWebhookConfiguration.self, fill(10)).row
        let mutating = try Description.decode(MutatingWebhookConfiguration.self, fill(11)).row
        #expect(validating.webhooks.map(\.objectSelector.requirements.count) == [1])
        #expect(mutating.webhooks.map(\.objectSelector.requirements.count) == [1])
    }

    /// On the wire a caBundle is the PEM text itself, not its base64.
    @Test func caBundles() throws {
        func expiry(_ bundle: String) throws -> [Timestamp?] {
            try Description.decode(ValidatingWebhookConfiguration.self) {
                $0.message(2) { $0.message(2) { $0.string(2, bundle) } }
            }
            .row.webhooks.map(\.authorityExpiry)
        }
        #expect(try expiry(CertificateValidityTests.long) == [Timestamp(rfc3339: "2030-12-31T23:59:59Z")])
        #expect(try expiry("none") == [nil])
    }

    @Test func scalingDisabled() throws {
        func decode(_ reason: String) throws -> HorizontalPodAutoscaler {
            try Description.decode(HorizontalPodAutoscaler.self) {
                $0.metadata("web")
                $0.message(3) { status in
                    status.message(6) {
                        $0.string(1, "ScalingActive")
                        $0.string(2, "False")
                        $0.string(4, reason)
                    }
                }
            }
            .row
        }
        #expect(try decode("ScalingDisabled").isScalingDisabled)
        #expect(try !decode("FailedGetResourceMetric").isScalingDisabled)
        #expect(try decode("").minReplicas == 1)
    }

    /// matchConditions comes after objectSelector in both kinds.
    @Test func matchConditionsOfBothKinds() throws {
        func fill(_ field: UInt64) -> (inout WireWriter) -> Void {
            { writer in
                writer.message(2) {
                    $0.message(field) { condition in
                        condition.string(1, "not-system")
                        condition.string(2, "request.userInfo.username != 'system:admin'")
                    }
                }
            }
        }
        let validating = try Description.decode(ValidatingWebhookConfiguration.self, fill(11)).row
        let mutating = try Description.decode(MutatingWebhookConfiguration.self, fill(12)).row
        #expect(validating.webhooks.map(\.hasMatchConditions) == [true])
        #expect(mutating.webhooks.map(\.hasMatchConditions) == [true])
        #expect(validating.webhooks.first?.objectSelector.isEmpty == true)
    }
}
