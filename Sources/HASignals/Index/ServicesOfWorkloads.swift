import ClusterState

/// The Services that select each workload's pods; worked out, for all workloads together, when it is first asked for.
struct ServicesOfWorkloads {
    private struct Facts {
        /// By position of the workload: whether any Service selects it.
        var isSelected: PositionSet
        /// By position of the workload: the Services without a ready endpoint that select it, in alphabetical order.
        var unserved: [NameList]
    }

    private let context: CollectionContext
    private var facts: Facts?

    init(_ context: CollectionContext) {
        self.context = context
    }

    /// Whether a Service selects the workload, whatever is known of its endpoints.
    mutating func isSelected(_ workload: Int) -> Bool {
        known().isSelected.contains(workload)
    }

    /// The Services that select the workload and have no ready endpoint.
    mutating func unserved(_ workload: Int) -> NameList {
        known().unserved[workload]
    }

    private mutating func known() -> Facts {
        if let facts { return facts }
        let found = find()
        facts = found
        return found
    }

    private func find() -> Facts {
        let index = context.index
        let interner = context.state.interner
        let labels = index.workloads.enumerated().map { context.labelSets(of: $1, at: $0) }
        let sets = LabelSets(interner) { add in
            for own in labels { own.forEach(add) }
        }
        let workloads = Groups(count: sets.labels.count) { add in
            for (position, own) in labels.enumerated() {
                for id in own {
                    if let set = sets.position(of: id) { add(set, Int32(position)) }
                }
            }
        }
        var facts = Facts(
            isSelected: PositionSet(count: index.workloads.count),
            unserved: Array(repeating: NameList(), count: index.workloads.count)
        )
        guard context.isOK(.services) else { return facts }
        var selectedSets = PositionSet(count: sets.labels.count)
        // Of type ExternalName: it selects nothing, whatever stands in its selector.
        sets.evaluate(
            context.state.services.all
                .map { ($0.meta.namespace, $0.selector.isEmpty || $0.type == .externalName ? nil : $0.selector) },
            interner
        ) { selectedSets.formUnion($1) }
        for set in sets.labels.indices where selectedSets.contains(set) {
            workloads.forEach(in: set) { facts.isSelected.insert($0) }
        }
        let empty = index.services.filter { $0.ready == 0 }.map(\.service)
        var lastService = [Int32](repeating: -1, count: index.workloads.count)
        // What is selected is handed over one Service of a namespace after the other, in the order in which they are given.
        sets.evaluate(empty.map { ($0.meta.namespace, $0.selector.isEmpty ? nil : $0.selector) }, interner) {
            number,
            selected in
            selected.forEach { set in
                workloads.forEach(in: set) { workload in
                    guard lastService[workload] != Int32(number) else { return }
                    lastService[workload] = Int32(number)
                    facts.unserved[workload].add(context.text(empty[number].meta.name))
                }
            }
        }
        return facts
    }
}

extension CollectionContext {
    /// The label sets that a workload's pods have: its template's, without a template those of its unfinished pods.
    func labelSets(of workload: Workload, at position: Int) -> [LabelsID] {
        if let template = workload.template { return [state.interner.template(template).labels] }
        var sets: Set<LabelsID> = []
        index.podsByWorkload.forEach(in: position) { number in
            if let pod = pod(number), !pod.flags.isTerminal { sets.insert(pod.labels) }
        }
        return Array(sets)
    }
}
