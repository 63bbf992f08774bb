import ClusterState
package import Exposition

/// Area 9: can pods be evicted, and do budgets keep enough of them running meanwhile?
package enum DisruptionBudgets: Area {
    package static let name = AreaName.disruptionBudgets

    static let budgetLabels = LabelNames(["namespace", "poddisruptionbudget"])

    static let disruptionsAllowed = Family(
        "kube_ha_pdb_disruptions_allowed",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets"],
        help: "Voluntary evictions that the budget allows now."
    )
    static let currentHealthy = Family(
        "kube_ha_pdb_current_healthy",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets"],
        help: "Healthy pods that the budget counts."
    )
    static let desiredHealthy = Family(
        "kube_ha_pdb_desired_healthy",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets"],
        help: "Healthy pods below which it allows no eviction."
    )
    static let expectedPods = Family(
        "kube_ha_pdb_expected_pods",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets"],
        help: "Pods that the budget counts."
    )
    static let statusStale = Family(
        "kube_ha_pdb_status_stale",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets"],
        help: "1 where the status is of an older generation: it allows no eviction."
    )
    static let syncFailed = Family(
        "kube_ha_pdb_sync_failed",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets"],
        help: "1 where the disruption controller cannot compute the budget."
    )
    static let blocksDrain = Family(
        "kube_ha_pdb_blocks_drain",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets"],
        help: "1 where the budget has pods and allows no disruption now: none left, its status stale, or SyncFailed."
    )
    static let neverAllows = Family(
        "kube_ha_pdb_never_allows_disruption",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets", "pods", "workloads*"],
        help: "1 where the budget can never allow a disruption, however healthy its pods are."
    )
    static let matchesNoPods = Family(
        "kube_ha_pdb_matches_no_pods",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets", "pods"],
        help: "1 where its selector matches no pod that is not finished."
    )
    static let overlappingPods = Family(
        "kube_ha_pdb_overlapping_pods",
        .gauge,
        labels: budgetLabels,
        sources: ["poddisruptionbudgets", "pods"],
        help: "Running pods that another budget selects as well: the API server refuses to evict them."
    )
    static let covered = Family(
        "kube_ha_workload_pdb_covered",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "poddisruptionbudgets"],
        help: "1 where a budget selects the workload's pods."
    )
    static let blockingPods = Family(
        "kube_ha_node_drain_blocking_pods",
        .gauge,
        labels: .node,
        sources: ["poddisruptionbudgets", "pods"],
        help: "Pods on the node whose eviction would be refused now."
    )

    package static let families: [any AnyFamily] = [
        disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, statusStale, syncFailed, blocksDrain,
        neverAllows, matchesNoPods, overlappingPods, covered, blockingPods,
    ]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        let eviction = Eviction(context)
        let coverage = BudgetCoverage(context)
        let sizes = GroupSize.all(context)
        let autoscaled = output.isEvaluated(blocksAtMinimum) ? AutoscaledBudgets(context) : AutoscaledBudgets()
        var seenIn = Array(repeating: -1, count: context.index.workloads.count)
        for (position, facts) in context.index.budgets.enumerated() {
            let size = BudgetSize(facts, number: position, sizes, coverage, context, &seenIn)
            let overlap = eviction.overlapping(budget: position)
            addSamples(facts, size, overlap: overlap, context, &output.sink)
            let isEmpty = !facts.hasPods && !coverage.selectsScaledToZero[position]
            evaluate(facts, size, isEmpty: isEmpty, overlap: overlap, context, &output)
            evaluateMinimum(facts, size, autoscaled, at: position, context, &output)
        }
        addCoverage(coverage, context, &output)
        addBlocking(eviction, context, &output)
    }

    private static func addSamples(
        _ facts: BudgetFacts,
        _ size: BudgetSize,
        overlap: Int,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let budget = facts.budget
        let labels = context.labels(budgetLabels, budget.meta, &sink)
        sink.add(disruptionsAllowed, labels, budget.disruptionsAllowed)
        sink.add(currentHealthy, labels, budget.currentHealthy)
        sink.add(desiredHealthy, labels, budget.desiredHealthy)
        sink.add(expectedPods, labels, budget.expectedPods)
        sink.add(statusStale, labels, facts.isStale)
        sink.add(syncFailed, labels, budget.isSyncFailed)
        sink.add(blocksDrain, labels, facts.blocksDrain)
        sink.add(neverAllows, labels, size.neverAllows)
        sink.add(matchesNoPods, labels, !facts.hasPods)
        sink.add(overlappingPods, labels, overlap)
    }

    private static func addCoverage(
        _ coverage: BudgetCoverage,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard context.isOK(.poddisruptionbudgets) else { return }
        for workload in context.index.workloads where workload.kind != .daemonSet {
            // Without a template, every one of its pods has to be selected.
            var sets = (count: 0, covered: 0)
            context.forEachLabelSet(of: workload) { labels in
                sets.count += 1
                if coverage.isCovered(labels) { sets.covered += 1 }
            }
            let isCovered = sets.count > 0 && sets.covered == sets.count
            output.sink.add(covered, context.labels(workload, &output.sink), isCovered)
            evaluateCoverage(workload, isCovered: isCovered, context, &output)
        }
    }

    private static func addBlocking(_ eviction: Eviction, _ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.pods), context.isOK(.poddisruptionbudgets) else { return }
        var names = Set(eviction.blockingByNode.keys)
        for node in context.index.nodes { names.insert(node.meta.name) }
        for name in names {
            let count = eviction.blockingByNode[name] ?? 0
            output.sink.add(blockingPods, output.sink.labels(.node, [context.text(name)]), count)
        }
        for node in context.index.nodes where node.isCordoned {
            evaluateDrain(node, blocking: eviction.blockingByNode[node.meta.name] ?? 0, context, &output)
        }
    }
}
