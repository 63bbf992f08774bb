import ClusterState

/// The budgets that select the pods of a workload that an autoscaler scales.
struct AutoscaledBudgets {
    /// An autoscaler that keeps at least two replicas, and its workload.
    struct Scaled {
        var autoscaler: HorizontalPodAutoscaler
        /// Position of the workload.
        var workload: Int
    }

    /// By position of the budget.
    private(set) var scaled: [Int: [Scaled]] = [:]

    init(_ context: CollectionContext) {
        guard context.isOK(.horizontalpodautoscalers), !context.index.budgets.isEmpty else { return }
        let autoscalers = context.state.horizontalPodAutoscalers.all.filter { $0.minReplicas >= 2 }
        guard !autoscalers.isEmpty else { return }
        let targets = Set(autoscalers.map { ServiceKey(namespace: $0.meta.namespace, name: $0.targetName) })
        var workloads: [ServiceKey: [Int]] = [:]
        for (position, workload) in context.index.workloads.enumerated() {
            let key = ServiceKey(namespace: workload.namespace, name: workload.name)
            if targets.contains(key) { workloads[key, default: []].append(position) }
        }
        var budgets: [StringID: [Int]] = [:]
        for (position, facts) in context.index.budgets.enumerated() {
            budgets[facts.budget.meta.namespace, default: []].append(position)
        }
        for autoscaler in autoscalers {
            let key = ServiceKey(namespace: autoscaler.meta.namespace, name: autoscaler.targetName)
            let kind = context.text(autoscaler.targetKind)
            let target = workloads[key]?.first { context.object(context.index.workloads[$0]).kind == kind }
            guard let target else { continue }
            let sets = context.labelSets(of: context.index.workloads[target])
            for position in budgets[autoscaler.meta.namespace] ?? [] {
                let selector = context.index.budgets[position].budget.selector
                if sets.contains(where: { selector?.matches($0, context.state.interner) ?? false }) {
                    scaled[position, default: []].append(Scaled(autoscaler: autoscaler, workload: target))
                }
            }
        }
    }
}

extension DisruptionBudgets {
    /// Raises what is to be said of a budget that allows a disruption now, and none when an autoscaler has gone down to
    /// its minimum.
    static func evaluateMinimum(
        _ facts: BudgetFacts,
        _ size: BudgetSize,
        _ scaled: [AutoscaledBudgets.Scaled],
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard !size.neverAllows, !facts.budget.isSyncFailed else { return }
        for entry in scaled {
            let minimum = Int(entry.autoscaler.minReplicas)
            // What else the budget selects stays as it is.
            let others = max(0, size.total - context.wanted(entry.workload))
            let healthy = others + minimum
            guard BudgetSize.neverAllows(facts.budget, healthy: healthy, scale: healthy, hasBarePods: false) else {
                continue
            }
            output.raise(
                blocksAtMinimum,
                context.object("PodDisruptionBudget", facts.budget.meta),
                ignored: facts.budget.meta.ignoredRules,
                "HorizontalPodAutoscaler \(context.text(entry.autoscaler.meta.name)) may go down to \(minimum) replicas, "
                    + "of which the budget lets none go"
            )
            return
        }
    }
}
