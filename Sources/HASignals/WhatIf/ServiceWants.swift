import ClusterState

/// How many replicas stand behind Services: what the workloads want that their selectors select.
struct ServiceWants {
    /// What stands behind one Service.
    struct Behind {
        /// Replicas wanted, over all workloads; of a Service that selects single pods by what no template has, the pods.
        var wanted = 0
        /// Positions of the workloads, of the first ``workloadLimit``: somebody may have thousands of Services select
        /// thousands of workloads.
        private(set) var workloads: [Int] = []

        private static let workloadLimit = 64

        fileprivate var isEmpty: Bool { wanted == 0 && workloads.isEmpty }

        fileprivate mutating func add(_ workload: Int) {
            if workloads.count < Self.workloadLimit, !workloads.contains(workload) { workloads.append(workload) }
        }
    }

    private var behind: [Int: Behind] = [:]

    /// Finds them for the Services at the positions given.
    init(_ services: [Int], _ context: CollectionContext) {
        guard !services.isEmpty else { return }
        let selections = services.map { context.index.services[$0].service.selection }
        var found = Self.workloads(selectedBy: selections, context)
        // A label may be set on pods alone: those of a StatefulSet by their number, those of a database by their role.
        let rest = selections.indices.filter { found[$0].workloads.isEmpty }
        for (number, own) in zip(rest, Self.pods(selectedBy: rest.map { selections[$0] }, context)) {
            found[number] = own
        }
        for (service, own) in zip(services, found) where !own.isEmpty { behind[service] = own }
    }

    /// By the labels of the workloads' templates.
    private static func workloads(
        selectedBy selections: [WorkloadLabels.Selection],
        _ context: CollectionContext
    ) -> [Behind] {
        let labels = WorkloadLabels(context) { workload, add in
            if let labels = workload.templateLabels { add(labels) }
        }
        var found = Array(repeating: Behind(), count: selections.count)
        labels.forEachSelected(by: selections) { number, workload in
            found[number].add(workload)
            found[number].wanted += context.index.workloads[workload].desired ?? 0
        }
        return found
    }

    /// By the labels of the pods that are to stay.
    private static func pods(
        selectedBy selections: [WorkloadLabels.Selection],
        _ context: CollectionContext
    ) -> [Behind] {
        let groups = context.index.labelGroups
        // By the pods' label sets: each is gone over once, however many Services select it.
        var known = [Behind?](repeating: nil, count: groups.sets.labels.count)
        var found = Array(repeating: Behind(), count: selections.count)
        groups.sets.evaluate(selections, context.state.interner) { number, selected in
            selected.forEach { group in
                let own = known[group] ?? pods(ofGroup: group, context)
                known[group] = own
                found[number].wanted += own.wanted
                for workload in own.workloads { found[number].add(workload) }
            }
        }
        return found
    }

    private static func pods(ofGroup group: Int, _ context: CollectionContext) -> Behind {
        var own = Behind()
        context.index.labelGroups.forEachPod(in: group) { row in
            guard context.index.pods[row].isStaying else { return }
            own.wanted += 1
            let workload = Int(context.index.pods[row].workload)
            if workload >= 0 { own.add(workload) }
        }
        return own
    }

    /// What stands behind the Service at a position; nil where nothing is known to.
    func behind(_ service: Int) -> Behind? { behind[service] }

    /// How many replicas are wanted behind it; 0 where nothing is known to stand there.
    func wanted(_ service: Int) -> Int { behind[service]?.wanted ?? 0 }
}
