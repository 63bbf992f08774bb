import ClusterState
import Testing

@testable import HASignals

/// Rules about how things are set up: probes, rollouts over volumes, autoscalers and budgets, webhooks.
struct PracticeRulesTests {
    private static func workers() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for name in ["a", "b"] { cluster.node(name) }
        return cluster
    }

    // MARK: Probes

    @Test func missingProbesAreToldWhereAServiceSelects() {
        var cluster = Self.workers()
        for (name, lacks) in [("served", true), ("probed", false), ("alone", true)] {
            let labels = cluster.labels("shop", ["app": name])
            let template = cluster.state.interner.intern(
                {
                    var template = PodTemplate(labels: labels)
                    template.lacksReadinessProbe = lacks
                    return template
                }()
            )
            cluster.deployment("shop", name) { $0.template = template }
            if name != "alone" { cluster.service("shop", name, selector: ["app": name]) }
        }
        let found = cluster.collect()
        #expect(found.found("workload-without-readiness-probe") == ["shop/served"])
        #expect(
            found.message("workload-without-readiness-probe")
                == "a container has no readinessProbe, and a Service selects its pods"
        )
    }

    // MARK: Rollouts over volumes

    private static func overVolume(
        _ sharing: PersistentVolumeClaim.Sharing,
        nodes: Int = 2,
        _ change: (inout Deployment) -> Void = { _ in }
    ) -> [String] {
        var cluster = ClusterBuilder.workers(nodes)
        cluster.claim("shop", "data") { $0.sharing = sharing }
        // 25 % of one replica: maxUnavailable comes to 0, maxSurge to 1.
        cluster.deployment("shop", "db", replicas: 1, shape: PodShape(claims: ["data"])) { change(&$0) }
        return cluster.collect().found("rollout-volume-deadlock")
    }

    @Test func surgesOverVolumesOfOnePodOrNodeAreTold() {
        #expect(Self.overVolume(.onePod) == ["shop/db"])
        #expect(Self.overVolume(.oneNode) == ["shop/db"])
        #expect(Self.overVolume(.severalNodes).isEmpty)
        // On one node the new pod attaches it beside the old one; a volume of one pod it cannot have.
        #expect(Self.overVolume(.oneNode, nodes: 1).isEmpty)
        #expect(Self.overVolume(.onePod, nodes: 1) == ["shop/db"])
        #expect(Self.overVolume(.onePod) { $0.isRecreate = true }.isEmpty)
        #expect(Self.overVolume(.onePod) { $0.maxUnavailable = .number(1) }.isEmpty)
    }

    // MARK: Autoscalers and budgets

    private static func autoscaled(
        minimum: Int32,
        minAvailable: IntOrPercent? = nil,
        maxUnavailable: IntOrPercent? = nil
    ) -> SignalSnapshot {
        var cluster = Self.workers()
        let web = cluster.deployment("shop", "web", replicas: 5)
        cluster.pods(of: web, on: ["a", "b", "a", "b", "a"])
        cluster.budget(
            "shop",
            "web",
            selecting: web.labels,
            minAvailable: minAvailable,
            maxUnavailable: maxUnavailable,
            expected: 5,
            desired: 2,
            allowed: 3
        )
        var row = HorizontalPodAutoscaler(meta: cluster.meta("HorizontalPodAutoscaler", "shop", "scaler"))
        row.minReplicas = minimum
        row.maxReplicas = 9
        row.targetKind = cluster.id("Deployment")
        row.targetName = cluster.id("web")
        cluster.state.horizontalPodAutoscalers.upsert(row)
        return cluster.collect()
    }

    @Test func budgetsThatBlockAtTheAutoscalersMinimumAreTold() {
        let rule = "pdb-blocks-at-autoscaler-minimum"
        let found = Self.autoscaled(minimum: 2, minAvailable: .number(2))
        #expect(found.found(rule) == ["shop/web"])
        #expect(
            found.message(rule)
                == "HorizontalPodAutoscaler scaler may go down to 2 replicas, of which the budget lets none go"
        )
        #expect(Self.autoscaled(minimum: 3, minAvailable: .number(2)).found(rule).isEmpty)
        // Half of 2 is 1, 51 % rounds up to 2.
        #expect(Self.autoscaled(minimum: 2, minAvailable: .percent(50)).found(rule).isEmpty)
        #expect(Self.autoscaled(minimum: 2, minAvailable: .percent(51)).found(rule) == ["shop/web"])
        #expect(Self.autoscaled(minimum: 2, maxUnavailable: .number(1)).found(rule).isEmpty)
        // One replica is a single replica, whoever scales it.
        #expect(Self.autoscaled(minimum: 1, minAvailable: .number(1)).found(rule).isEmpty)
        // One that never allows anything is told as that.
        #expect(Self.autoscaled(minimum: 2, minAvailable: .number(5)).found(rule).isEmpty)
    }

    // MARK: Webhooks

    private static func judged(_ change: (inout AdmissionWebhook, inout ClusterBuilder) -> Void) -> Set<String> {
        var cluster = Self.workers()
        for namespace in ["kube-system", "kube-node-lease", "shop"] {
            cluster.state.namespaces.upsert(
                Namespace(
                    meta: cluster.meta(
                        "Namespace",
                        "",
                        namespace,
                        labels: ["kubernetes.io/metadata.name": namespace]
                    )
                )
            )
        }
        cluster.nodeLease("a", renewedAgo: 5)
        var webhook = AdmissionWebhook(name: cluster.id("guard.example.com"))
        change(&webhook, &cluster)
        cluster.state.validatingWebhookConfigurations.upsert(
            ValidatingWebhookConfiguration(
                meta: cluster.meta("ValidatingWebhookConfiguration", "", "guard"),
                webhooks: [webhook]
            )
        )
        let rules = ["webhook-blocks-heartbeats", "webhook-slow"]
        return Set(cluster.collect().findings.map(\.rule).filter(rules.contains))
    }

    @Test func webhooksOnNodesAndTheirLeasesAreTold() {
        #expect(Self.judged { webhook, _ in webhook.matchesNodeWrites = true } == ["webhook-blocks-heartbeats"])
        #expect(Self.judged { webhook, _ in webhook.matchesLeaseWrites = true } == ["webhook-blocks-heartbeats"])
        #expect(Self.judged { webhook, _ in webhook.matchesPodCreation = true }.isEmpty)
        #expect(
            Self.judged { webhook, _ in
                webhook.matchesNodeWrites = true
                webhook.failsClosed = false
            }
            .isEmpty
        )
        // Whether it is called at all its conditions decide.
        #expect(
            Self.judged { webhook, _ in
                webhook.matchesNodeWrites = true
                webhook.hasMatchConditions = true
            }
            .isEmpty
        )
    }

    /// Leases by the labels of their namespace; nodes have none, so that a namespaceSelector leaves no node out.
    @Test func selectorsLeaveLeasesOut() {
        func excluding(_ names: [String], _ cluster: inout ClusterBuilder) -> LabelSelector {
            LabelSelector(requirements: [
                LabelRequirement(
                    key: cluster.id("kubernetes.io/metadata.name"),
                    op: .notIn,
                    values: names.map { cluster.id($0) }
                )
            ])
        }
        for (names, expected) in [
            (["kube-system", "kube-node-lease"], Set<String>()), (["kube-system"], ["webhook-blocks-heartbeats"]),
        ] {
            #expect(
                Self.judged { webhook, cluster in
                    webhook.matchesLeaseWrites = true
                    webhook.namespaceSelector = excluding(names, &cluster)
                } == expected
            )
        }
        #expect(
            Self.judged { webhook, cluster in
                webhook.matchesNodeWrites = true
                webhook.namespaceSelector = excluding(["kube-system", "kube-node-lease"], &cluster)
            } == ["webhook-blocks-heartbeats"]
        )
        // No node and no lease has the label.
        #expect(
            Self.judged { webhook, cluster in
                webhook.matchesNodeWrites = true
                webhook.matchesLeaseWrites = true
                webhook.objectSelector = cluster.selector(["judge": "me"])
            }
            .isEmpty
        )
    }

    @Test func webhooksThatMayTakeLongAreTold() {
        #expect(Self.judged { webhook, _ in webhook.timeoutSeconds = 16 } == ["webhook-slow"])
        #expect(Self.judged { webhook, _ in webhook.timeoutSeconds = 15 }.isEmpty)
        #expect(
            Self.judged { webhook, _ in
                webhook.timeoutSeconds = 30
                webhook.failsClosed = false
            }
            .isEmpty
        )
    }
}
