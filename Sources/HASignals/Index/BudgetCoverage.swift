import ClusterState

/// The workloads that budgets select, by the label sets of their pods.
struct BudgetCoverage {
    /// The label sets of all workloads.
    private let sets: LabelSets
    /// Those that any budget selects.
    private let covered: PositionSet
    /// By position of the budget: whether it selects the template of a workload that is scaled to 0.
    private(set) var selectsScaledToZero: [Bool]

    init(_ cluster: Cluster) {
        let index = cluster.index
        let interner = cluster.state.interner
        let sets = LabelSets(interner) { add in
            for (position, workload) in index.workloads.enumerated() {
                for labels in cluster.labelSets(of: workload, at: position) { add(labels) }
            }
        }
        var scaledToZero = PositionSet(count: sets.labels.count)
        for workload in index.workloads where workload.desired == 0 {
            guard let template = workload.template, let set = sets.position(of: interner.template(template).labels)
            else { continue }
            scaledToZero.insert(set)
        }
        var covered = PositionSet(count: sets.labels.count)
        var flags = Array(repeating: false, count: index.budgets.count)
        sets.evaluate(index.budgets.map { ($0.budget.meta.namespace, $0.budget.selector) }, interner) {
            budget,
            selected in
            covered.formUnion(selected)
            selected.forEach { if scaledToZero.contains($0) { flags[budget] = true } }
        }
        self.sets = sets
        self.covered = covered
        selectsScaledToZero = flags
    }

    /// Whether a budget selects pods with those labels, which are a workload's.
    func isCovered(_ labels: LabelsID) -> Bool {
        sets.position(of: labels).map(covered.contains) ?? false
    }
}
