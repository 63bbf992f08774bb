import ClusterState

/// The workloads that budgets select, by the label sets of their pods.
struct BudgetCoverage {
    /// The label sets of all workloads.
    private let sets: LabelSets
    /// Those that any budget selects.
    private let covered: PositionSet
    /// By position of the budget: whether it selects the template of a workload that is scaled to 0.
    private(set) var selectsScaledToZero: [Bool]
    /// By position of the label set: the workloads of that template that lack pods, and how many.
    private let lacking: [[(workload: Int, count: Int)]]
    /// By position of the budget: the label sets that it selects, where it selects some in ``lacking``.
    private let lackingSets: [SelectedSets]

    init(_ context: CollectionContext) {
        let index = context.index
        let interner = context.state.interner
        let sets = LabelSets(interner) { add in
            for workload in index.workloads { context.forEachLabelSet(of: workload, add) }
        }
        var scaledToZero = PositionSet(count: sets.labels.count)
        for workload in index.workloads where workload.desired == 0 {
            guard let labels = workload.templateLabels, let set = sets.position(of: labels) else { continue }
            scaledToZero.insert(set)
        }
        let lacking = Self.lacking(context, sets)
        var lackingSets = Array(repeating: SelectedSets(), count: index.budgets.count)
        var covered = PositionSet(count: sets.labels.count)
        var flags = Array(repeating: false, count: index.budgets.count)
        sets.evaluate(index.budgets.map { ($0.budget.meta.namespace, $0.budget.selector) }, interner) {
            budget,
            selected in
            covered.formUnion(selected)
            var isLacking = false
            selected.forEach {
                if scaledToZero.contains($0) { flags[budget] = true }
                if !lacking[$0].isEmpty { isLacking = true }
            }
            if isLacking { lackingSets[budget] = selected }
        }
        self.sets = sets
        self.covered = covered
        selectsScaledToZero = flags
        self.lacking = lacking
        self.lackingSets = lackingSets
    }

    /// The workloads that have fewer pods than they want, by their template's label set; none where pods are not known.
    private static func lacking(_ context: CollectionContext, _ sets: LabelSets) -> [[(workload: Int, count: Int)]] {
        var found: [[(workload: Int, count: Int)]] = Array(repeating: [], count: sets.labels.count)
        guard context.isOK(.pods), !context.index.budgets.isEmpty else { return found }
        for (position, workload) in context.index.workloads.enumerated() where workload.arePodsKnown {
            guard let desired = workload.desired, desired > 0, let labels = workload.templateLabels,
                let set = sets.position(of: labels)
            else { continue }
            var live = 0
            context.index.podsByWorkload.forEach(in: position) { number in
                if context.index.pods[number].isStaying { live += 1 }
            }
            if live < desired { found[set].append((position, desired - live)) }
        }
        return found
    }

    /// Calls the body with each workload whose template the budget selects and that lacks pods, and how many it lacks.
    func forEachLacking(budget: Int, _ body: (Int, Int) -> Void) {
        lackingSets[budget]
            .forEach { set in
                for entry in lacking[set] { body(entry.workload, entry.count) }
            }
    }

    /// Whether a budget selects pods with those labels, which are a workload's.
    func isCovered(_ labels: LabelsID) -> Bool {
        sets.position(of: labels).map(covered.contains) ?? false
    }
}
