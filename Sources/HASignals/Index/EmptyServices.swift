import ClusterState

/// What stands behind the Services that have no ready endpoint.
struct EmptyServices {
    /// What one of them selects.
    struct Behind {
        /// Positions of workloads whose template or pods it selects.
        var workloads: Set<Int> = []
        /// Pods that it selects.
        var pods = 0
        /// Of them those that have run to their end.
        var finishedPods = 0
        /// There are workloads, and each is scaled to 0.
        var isScaledToZero = false
    }

    /// Positions in the index of the Services without a ready endpoint.
    let positions: [Int]
    /// By position in ``positions``.
    private(set) var behind: [Behind]

    /// Finds the workloads by their templates' labels, in one pass, and by the pods that are selected now: a label may
    /// be set on pods alone.
    init(_ context: CollectionContext) {
        let index = context.index
        let interner = context.state.interner
        positions = index.services.indices.filter { index.services[$0].ready == 0 }
        let services = positions.map { index.services[$0].service }
        behind = Array(repeating: Behind(), count: services.count)
        let selectors = SelectorIndex(services)
        guard !selectors.isEmpty else { return }
        for (position, workload) in index.workloads.enumerated() {
            guard let template = workload.template else { continue }
            for number in selectors.matching(interner.template(template).labels, interner) {
                behind[number].workloads.insert(position)
            }
        }
        addPods(services, context)
        for number in services.indices {
            let own = behind[number].workloads
            behind[number].isScaledToZero = !own.isEmpty && own.allSatisfy { index.workloads[$0].desired == 0 }
        }
    }

    private mutating func addPods(_ services: [Service], _ context: CollectionContext) {
        let groups = context.index.labelGroups
        let selectors = services.map { ($0.meta.namespace, $0.selector.isEmpty ? nil : $0.selector) }
        var behind = behind
        groups.sets.evaluate(selectors, context.state.interner) { number, selected in
            selected.forEach { group in
                groups.forEachPod(in: group) { row in
                    guard let pod = context.pod(row) else { return }
                    behind[number].pods += 1
                    if pod.flags.isTerminal { behind[number].finishedPods += 1 }
                    let workload = Int(context.index.pods[row].workload)
                    if workload >= 0 { behind[number].workloads.insert(workload) }
                }
            }
        }
        self.behind = behind
    }
}

extension CollectionContext {
    /// The labels of a workload's template, without one those of a pod of it; nil where neither is known.
    func labels(ofWorkload position: Int) -> LabelsID? {
        if let template = index.workloads[position].template { return state.interner.template(template).labels }
        var labels: LabelsID?
        index.podsByWorkload.forEach(in: position) { row in
            if labels == nil { labels = pod(row)?.labels }
        }
        return labels
    }
}
