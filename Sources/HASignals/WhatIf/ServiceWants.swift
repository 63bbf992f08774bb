import ClusterState

/// How many replicas stand behind Services: what the workloads want that their selectors select.
struct ServiceWants {
    /// What stands behind one Service.
    struct Behind {
        /// Replicas wanted, over all workloads; of a Service that selects single pods by what no template has, the pods.
        var wanted = 0
        /// Positions of the workloads.
        var workloads: [Int] = []
    }

    private var behind: [Int: Behind] = [:]

    /// Finds them for the Services at the positions given.
    init(_ services: [Int], _ context: CollectionContext) {
        guard !services.isEmpty else { return }
        let index = context.index
        let interner = context.state.interner
        let selectors = SelectorIndex(services.map { index.services[$0].service })
        var found: [Int: Behind] = [:]
        for (position, workload) in index.workloads.enumerated() {
            guard let template = workload.template else { continue }
            for number in selectors.matching(interner.template(template).labels, interner) {
                found[services[number], default: Behind()].workloads.append(position)
                found[services[number], default: Behind()].wanted += workload.desired ?? 0
            }
        }
        // A label may be set on pods alone: those of a StatefulSet by their number, those of a database by their role.
        let others = services.filter { found[$0] == nil && !index.services[$0].service.selector.isEmpty }
        let groups = index.labelGroups
        groups.sets.evaluate(
            others.map { (index.services[$0].service.meta.namespace, index.services[$0].service.selector) },
            interner
        ) { number, selected in
            var own = Behind()
            selected.forEach { group in
                groups.forEachPod(in: group) { row in
                    guard let pod = context.pod(row), !pod.flags.isTerminal, !pod.deletion.isSet else { return }
                    own.wanted += 1
                    let workload = Int(index.pods[row].workload)
                    if workload >= 0, !own.workloads.contains(workload) { own.workloads.append(workload) }
                }
            }
            found[others[number]] = own
        }
        behind = found
    }

    /// What stands behind the Service at a position; nil where nothing is known to.
    func behind(_ service: Int) -> Behind? { behind[service] }

    /// How many replicas are wanted behind it; 0 where nothing is known to stand there.
    func wanted(_ service: Int) -> Int { behind[service]?.wanted ?? 0 }
}
