import ClusterState

/// What the rows of areas 13 to 16 should hold.
extension Expectation {
    var networkPolicy: [String: String] {
        var types = spec["policyTypes"].array.map(\.text)
        if types.isEmpty { types = spec["egress"].array.isEmpty ? ["Ingress"] : ["Ingress", "Egress"] }
        let bits = (types.contains("Ingress") ? 1 : 0) + (types.contains("Egress") ? 2 : 0)
        return row([
            "podSelector": Self.labelSelector(spec["podSelector"]), "directions": "{rawValue: \(bits)}",
        ])
    }

    /// A Role or ClusterRole: each right asked for on its own, as an authorizer is asked.
    var role: [String: String] {
        let rules = json["rules"].array
        func allows(_ verbs: [String], _ group: String, _ resources: [String]) -> Bool {
            rules.contains { rule in
                let isNamed = !rule["resourceNames"].array.isEmpty
                func has(_ part: String, _ wanted: [String]) -> Bool {
                    rule[part].array.map(\.text).contains { $0 == "*" || wanted.contains($0) }
                }
                let usable = verbs.filter { !(isNamed && ["create", "deletecollection"].contains($0)) }
                return !usable.isEmpty && has("verbs", usable) && has("apiGroups", [group])
                    && has("resources", resources)
            }
        }
        let delete = ["delete", "deletecollection"]
        let workloads = ["deployments", "statefulsets", "daemonsets", "replicasets"]
        let rights = [
            allows(delete, "", ["nodes"]), allows(["patch", "update"], "", ["nodes"]),
            allows(["create"], "", ["pods/eviction", "*/eviction"]), allows(delete, "", ["pods"]),
            allows(delete, "policy", ["poddisruptionbudgets"]), allows(delete, "apps", workloads),
            allows(delete, "", ["persistentvolumeclaims"]), allows(delete, "", ["persistentvolumes"]),
            rules.contains { rule in
                ["verbs", "apiGroups", "resources"].allSatisfy { rule[$0].array.map(\.text).contains("*") }
                    && rule["resourceNames"].array.isEmpty
            },
        ]
        let bits = rights.enumerated().reduce(0) { $0 | ($1.element ? 1 << $1.offset : 0) }
        return row(["grants": "{rawValue: \(bits)}"])
    }

    var binding: [String: String] {
        let reference = json["roleRef"]
        let subjects = json["subjects"].array
            .map { subject in
                // The user name of a ServiceAccount is that ServiceAccount.
                let parts = subject["name"].text.split(separator: ":").map(String.init)
                if subject["kind"].text == "User", parts.count == 4, parts.prefix(2) == ["system", "serviceaccount"] {
                    return Description.record([
                        ("kind", "ServiceAccount"), ("namespace", parts[2]), ("name", parts[3]),
                    ])
                }
                return Description.record([
                    ("kind", subject["kind"].text), ("namespace", subject["namespace"].text),
                    ("name", subject["name"].text),
                ])
            }
        return row([
            "role": Description.record([
                ("name", reference["name"].text), ("isClusterRole", "\(reference["kind"].text == "ClusterRole")"),
            ]),
            "subjects": Description.list(subjects),
        ])
    }

    var apiService: [String: String] {
        row([
            "group": spec["group"].text, "hasService": "\(!spec["service"].isNull)",
            "serviceNamespace": spec["service"]["namespace"].text, "serviceName": spec["service"]["name"].text,
            "available": conditionStatus("Available"),
            "reason": status["conditions"].condition("Available")["reason"].text,
        ])
    }

    var horizontalPodAutoscaler: [String: String] {
        row([
            "minReplicas": spec["minReplicas"].number(1), "maxReplicas": spec["maxReplicas"].number(),
            "currentReplicas": status["currentReplicas"].number(),
            "targetKind": spec["scaleTargetRef"]["kind"].text, "targetName": spec["scaleTargetRef"]["name"].text,
            "scalingActive": conditionStatus("ScalingActive"),
            "isScalingDisabled":
                "\(status["conditions"].condition("ScalingActive")["reason"].text == "ScalingDisabled")",
            "ableToScale": conditionStatus("AbleToScale"),
        ])
    }

    /// No recorded webhook has a caBundle; CertificateValidityTests read some.
    var webhookConfiguration: [String: String] {
        let webhooks = json["webhooks"].array
            .map { webhook in
                let service = webhook["clientConfig"]["service"]
                func matches(_ operations: [String], _ group: String, _ resources: [String], not scope: String) -> Bool
                {
                    webhook["rules"].array
                        .contains { rule in
                            func has(_ part: String, _ words: [String]) -> Bool {
                                rule[part].array.map(\.text).contains(where: words.contains)
                            }
                            return has("operations", operations + ["*"]) && has("apiGroups", [group, "*"])
                                && has("apiVersions", ["v1", "*"]) && has("resources", resources + ["*", "*/*"])
                                && rule["scope"].text != scope
                        }
                }
                let matchesPods = matches(["CREATE"], "", ["pods", "pods/*"], not: "Cluster")
                let writes = ["CREATE", "UPDATE"]
                let nodes = matches(
                    writes,
                    "",
                    ["nodes", "nodes/*", "nodes/status", "*/status"],
                    not: "Namespaced"
                )
                let leases = matches(writes, "coordination.k8s.io", ["leases", "leases/*"], not: "Cluster")
                let timeout = webhook["timeoutSeconds"].number(10)
                return Description.record([
                    ("name", webhook["name"].text), ("failsClosed", "\(webhook["failurePolicy"].text != "Ignore")"),
                    (
                        "service",
                        service.isNull
                            ? "nil"
                            : Description.record([
                                ("namespace", service["namespace"].text), ("name", service["name"].text),
                            ])
                    ),
                    ("authorityExpiry", "nil"), ("matchesPodCreation", "\(matchesPods)"),
                    ("matchesNodeWrites", "\(nodes)"), ("matchesLeaseWrites", "\(leases)"),
                    ("timeoutSeconds", timeout),
                    ("namespaceSelector", Self.labelSelector(webhook["namespaceSelector"])),
                    ("objectSelector", Self.labelSelector(webhook["objectSelector"])),
                    ("hasMatchConditions", "\(!webhook["matchConditions"].array.isEmpty)"),
                ])
            }
        return row(["webhooks": Description.list(webhooks)])
    }
}
