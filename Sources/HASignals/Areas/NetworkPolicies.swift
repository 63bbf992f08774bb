import ClusterState
package import Exposition

/// Area 13: which pods does no NetworkPolicy select?
package enum NetworkPolicies: Area {
    package static let name = AreaName.networkPolicies

    static let directionLabels = LabelNames(["namespace", "direction"])

    static let policies = Family(
        "kube_ha_namespace_network_policies",
        .gauge,
        labels: .namespace,
        sources: ["networkpolicies", "namespaces"],
        help: "NetworkPolicies in the namespace."
    )
    static let unprotected = Family(
        "kube_ha_namespace_pods_unprotected",
        .gauge,
        labels: directionLabels,
        sources: ["networkpolicies", "pods"],
        help: "Running pods that no NetworkPolicy of the direction selects; pods on the host's network left out."
    )

    package static let families: [any AnyFamily] = [policies, unprotected]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        guard context.isOK(.networkpolicies) else { return }
        addPolicies(context, &output.sink)
        addPods(context, &output)
    }

    private static func addPolicies(_ context: CollectionContext, _ sink: inout Sink) {
        guard context.isOK(.namespaces) else { return }
        var counts: [StringID: Int] = [:]
        context.state.networkPolicies.forEach { counts[$1.meta.namespace, default: 0] += 1 }
        context.state.namespaces.forEach { _, namespace in
            let name = namespace.meta.name
            sink.add(policies, sink.labels(.namespace, [context.text(name)]), counts[name] ?? 0)
        }
    }

    /// Running pods of a namespace that have an address of their own, and how many of them nothing protects.
    struct Pods {
        var all = 0
        var withoutIngress = 0
        var withoutEgress = 0
        /// Selected by no policy of either direction.
        var withoutAny = 0

        /// Counts so many pods more, which are selected by policies of these directions.
        mutating func add(_ count: Int, ingress: Bool, egress: Bool) {
            all += count
            if !ingress { withoutIngress += count }
            if !egress { withoutEgress += count }
            if !ingress && !egress { withoutAny += count }
        }
    }

    private static func addPods(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.pods) else { return }
        let interner = context.state.interner
        let groups = context.index.labelGroups
        let rows = context.state.networkPolicies.all
        var ingress = PositionSet(count: groups.sets.labels.count)
        var egress = ingress
        groups.sets.evaluate(rows.map { ($0.meta.namespace, $0.podSelector) }, interner) { number, selected in
            if rows[number].directions.contains(.ingress) { ingress.formUnion(selected) }
            if rows[number].directions.contains(.egress) { egress.formUnion(selected) }
        }
        let facts = context.index.pods
        var namespaces: [StringID: Pods] = [:]
        for (group, labels) in groups.sets.labels.enumerated() {
            var count = 0
            groups.forEachPod(in: group) { number in
                // Policies do not apply to pods on the host's network.
                let flags = facts[number].flags
                if flags.contains(.running), !flags.contains(.hostNetwork) { count += 1 }
            }
            // A namespace whose pods are all left out has 0, so that its series do not come and go with its jobs.
            namespaces[interner.namespace(labels), default: Pods()]
                .add(count, ingress: ingress.contains(group), egress: egress.contains(group))
        }
        let ignored = ignoredRules(context)
        for (namespace, pods) in namespaces {
            let name = context.text(namespace)
            output.sink.add(
                unprotected,
                output.sink.labels(directionLabels, [name, "ingress"]),
                pods.withoutIngress
            )
            output.sink.add(
                unprotected,
                output.sink.labels(directionLabels, [name, "egress"]),
                pods.withoutEgress
            )
            evaluate(pods, namespace: name, ignored: ignored[namespace] ?? .empty, &output)
        }
    }

    /// The annotation `kube-ha-exporter/ignore` of each namespace that has it.
    private static func ignoredRules(_ context: CollectionContext) -> [StringID: StringID] {
        var rules: [StringID: StringID] = [:]
        guard context.isOK(.namespaces) else { return rules }
        context.state.namespaces.forEach { _, namespace in
            if !namespace.meta.ignoredRules.isEmpty { rules[namespace.meta.name] = namespace.meta.ignoredRules }
        }
        return rules
    }
}
