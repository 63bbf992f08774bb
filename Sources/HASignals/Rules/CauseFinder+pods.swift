import ClusterState

/// What explains pods that find no node, and pods that do not end.
extension CauseFinder {
    /// What explains the pods that find no node, by their namespace, and the pods that are stuck terminating. Of a
    /// namespace only what explains all of its pods.
    mutating func findPodExplanations() -> [FindingObject: Explanation] {
        guard context.isOK(.pods) else { return [:] }
        let interner = context.state.interner
        var stuck: [FindingObject: Explanation] = [:]
        var waiting: [StringID: [Int]] = [:]
        context.state.pods.forEach { number, pod in
            if pod.isUnschedulable, !pod.flags.contains(.placeholder) {
                waiting[pod.namespace(interner), default: []].append(number)
            }
            if context.isStuckTerminating(pod), isDown(node: pod.node) {
                let namespace = context.text(pod.namespace(interner))
                stuck[FindingObject(kind: "Pod", namespace: namespace, name: pod.name(interner))] =
                    explanation(byNode: pod.node)
            }
        }
        for (namespace, pods) in waiting {
            let name = context.text(namespace)
            stuck[FindingObject(kind: "Namespace", namespace: name, name: name)] = explainAll(pods)
        }
        return stuck
    }

    private mutating func explainAll(_ pods: [Int]) -> Explanation? {
        var common: Explanation?
        for number in pods {
            guard let own = explainUnschedulable(number) else { return nil }
            if let before = common, before != own {
                guard before.root == own.root else { return nil }
                common = Explanation(own.root)
            } else {
                common = own
            }
        }
        return common
    }

    /// A pod that finds no node inherits what explains its workload; else it is explained by the node or zone that its
    /// volume is bound to, where something is wrong there.
    private mutating func explainUnschedulable(_ number: Int) -> Explanation? {
        let workload = Int(context.index.pods[number].workload)
        if workload >= 0, let own = explainWorkload(workload) { return own }
        guard let pod = context.pod(number) else { return nil }
        var rows: [Int] = []
        context.index.volumes.forEachVolume(of: pod, context.state.interner) { rows.append($0) }
        for row in rows { if let own = explanation(byVolume: row) { return own } }
        return nil
    }

    /// The node that alone can attach a volume, where it is not usable; else the one zone that can, where a node of it is
    /// not.
    private func explanation(byVolume row: Int) -> Explanation? {
        guard let volume = context.state.persistentVolumes.row(at: row) else { return nil }
        let index = context.index
        let reach = index.volumes.reach(ofRow: row)
        if reach.isNodeBound, let node = onlyNode(of: volume) {
            if index.node(named: node)?.isUsable == true { return nil }
            return explanation(byNode: node)
        }
        guard let zones = reach.zones, zones.count == 1, let zone = zones.first else { return nil }
        let hasProblem = index.nodes.contains { $0.zone == zone && !$0.isUsable }
        guard hasProblem || !index.zones.contains(zone) else { return nil }
        let object = FindingObject(kind: "Zone", name: context.text(zone))
        return explanation(byZone: zone) ?? Explanation(cause(object))
    }

    /// The one node that a volume's affinity matches; where that is gone, the one whose name it asks for.
    private func onlyNode(of volume: PersistentVolume) -> StringID? {
        let interner = context.state.interner
        let terms = volume.nodeAffinity ?? []
        let matching = context.index.nodes.filter { node in
            terms.contains { $0.matches(labels: node.meta.labels, name: node.meta.name, interner) }
        }
        if let node = matching.first { return matching.count == 1 ? node.meta.name : nil }
        let named = Set(terms.flatMap { $0.expressions + $0.fields }.filter { $0.op == .in }.flatMap(\.values))
        return named.count == 1 ? named.first : nil
    }
}
