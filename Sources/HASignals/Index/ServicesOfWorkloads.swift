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
        let labels = WorkloadLabels(context, context.forEachLabelSet)
        var facts = Facts(
            isSelected: PositionSet(count: index.workloads.count),
            unserved: Array(repeating: NameList(), count: index.workloads.count)
        )
        guard context.isOK(.services) else { return facts }
        facts.isSelected = labels.selected(by: context.state.services.all.map(\.selection))
        let empty = index.services.filter { $0.ready == 0 }.map(\.service)
        labels.forEachSelected(by: empty.map(\.selection)) { service, workload in
            facts.unserved[workload].add(context.text(empty[service].meta.name))
        }
        return facts
    }
}
