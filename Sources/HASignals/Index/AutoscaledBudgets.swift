import ClusterState

/// The budgets that select the pods of a workload that an autoscaler scales: selectors and label sets all together, since
/// a namespace may have thousands of both.
struct AutoscaledBudgets {
    /// An autoscaler that keeps at least two replicas, and its workload.
    struct Scaled {
        var autoscaler: HorizontalPodAutoscaler
        /// Position of the workload.
        var workload: Int
    }

    /// In order of the autoscaler's name.
    private(set) var scaled: [Scaled] = []
    /// Positions in ``scaled`` by the position of the workload's label set.
    private var scaledBySet = Groups(count: 0) { _ in }
    /// By position of the budget, the label sets that it selects.
    private var sets: [Int: SelectedSets] = [:]

    /// None.
    init() {}

    init(_ context: CollectionContext) {
        guard context.isOK(.horizontalpodautoscalers), !context.index.budgets.isEmpty else { return }
        // By name: what is said of a budget is the same whatever the order of the objects.
        let autoscalers = context.state.horizontalPodAutoscalers.all.filter { $0.minReplicas >= 2 }
            .map { (context.text($0.meta.name), $0) }
            .sorted { $0.0 < $1.0 }
            .map(\.1)
        guard !autoscalers.isEmpty else { return }
        let targets = Set(autoscalers.map { ServiceKey(namespace: $0.meta.namespace, name: $0.targetName) })
        var workloads: [ServiceKey: [Int]] = [:]
        for (position, workload) in context.index.workloads.enumerated() {
            let key = ServiceKey(namespace: workload.namespace, name: workload.name)
            if targets.contains(key) { workloads[key, default: []].append(position) }
        }
        var labels: [(labels: LabelsID, scaled: Int32)] = []
        for autoscaler in autoscalers {
            let key = ServiceKey(namespace: autoscaler.meta.namespace, name: autoscaler.targetName)
            let kind = context.text(autoscaler.targetKind)
            let target = workloads[key]?.first { context.object(context.index.workloads[$0]).kind == kind }
            guard let target else { continue }
            for own in context.labelSets(of: context.index.workloads[target]) {
                labels.append((own, Int32(scaled.count)))
            }
            scaled.append(Scaled(autoscaler: autoscaler, workload: target))
        }
        let interner = context.state.interner
        let distinct = LabelSets(interner) { add in
            for entry in labels { add(entry.labels) }
        }
        scaledBySet = Groups(count: distinct.labels.count) { add in
            for entry in labels {
                if let set = distinct.position(of: entry.labels) { add(set, entry.scaled) }
            }
        }
        distinct.evaluate(context.index.budgets.map { ($0.budget.meta.namespace, $0.budget.selector) }, interner) {
            sets[$0] = $1
        }
    }

    /// Calls the body with the position in ``scaled`` of each whose pods the budget at a position selects, in no order.
    func forEach(ofBudget position: Int, _ body: (Int) -> Void) {
        sets[position]?.forEach { set in scaledBySet.forEach(in: set, body) }
    }
}

extension DisruptionBudgets {
    /// Raises what is to be said of a budget that allows a disruption now, and none when an autoscaler has gone down to
    /// its minimum.
    static func evaluateMinimum(
        _ facts: BudgetFacts,
        _ size: BudgetSize,
        _ autoscaled: AutoscaledBudgets,
        at position: Int,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard !size.neverAllows, !facts.budget.isSyncFailed else { return }
        var first = Int.max
        autoscaled.forEach(ofBudget: position) { number in
            guard number < first else { return }
            let entry = autoscaled.scaled[number]
            // What else the budget selects stays as it is.
            let others = max(0, size.total - context.wanted(entry.workload))
            let healthy = others + Int(entry.autoscaler.minReplicas)
            if BudgetSize.neverAllows(facts.budget, healthy: healthy, scale: healthy, hasBarePods: false) {
                first = number
            }
        }
        guard first < Int.max else { return }
        let autoscaler = autoscaled.scaled[first].autoscaler
        output.raise(
            blocksAtMinimum,
            context.object("PodDisruptionBudget", facts.budget.meta),
            ignored: facts.budget.meta.ignoredRules,
            "HorizontalPodAutoscaler \(context.text(autoscaler.meta.name)) may go down to \(autoscaler.minReplicas) replicas, "
                + "of which the budget lets none go"
        )
    }
}
