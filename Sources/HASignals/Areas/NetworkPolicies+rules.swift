import ClusterState

extension NetworkPolicies {
    static let podsUnprotected = Rule(
        "pods-without-network-policy",
        .info,
        needs: [.networkPolicies, .pods],
        summary:
            "No NetworkPolicy selects these pods of a namespace: every pod of the cluster may connect to them.",
        remedy:
            "Add a policy with an empty podSelector that denies by default, then one for each connection that is to be allowed."
    )

    package static let rules = [podsUnprotected]

    /// API groups of network plugins with policies of their own kinds: where they are, a pod without NetworkPolicy may
    /// well be protected.
    private static let pluginGroups: Set<String> = ["cilium.io", "crd.projectcalico.org"]

    package static func suspendedRules(_ context: CollectionContext) -> Set<String> {
        guard let groups = context.state.discoveredGroups, !groups.isDisjoint(with: pluginGroups) else { return [] }
        return Set(rules.map { $0.name.description })
    }

    static func evaluate(_ pods: Pods, namespace: String, ignored: StringID, _ output: inout SignalOutput) {
        // The cluster's own parts have none on nearly every cluster, by how they are installed.
        guard pods.withoutAny > 0, namespace != "kube-system" else { return }
        output.raise(
            podsUnprotected,
            FindingObject(kind: "Namespace", namespace: namespace, name: namespace),
            ignored: ignored,
            "no policy selects \(pods.withoutAny) of its \(pods.all) running pods"
        )
    }
}
