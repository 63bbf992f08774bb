import ClusterState

extension DisruptionBudgets {
    static let blocks = Rule(
        "pdb-blocks-drain",
        .warning,
        needs: [.budgets, .pods, .workloads],
        summary: "As it is defined, a budget never allows an eviction: drains and upgrades will not finish.",
        remedy: "Let it allow at least one disruption (maxUnavailable: 1), and let only one budget select each pod."
    )
    static let matchesNothing = Rule(
        "pdb-matches-nothing",
        .warning,
        needs: [.budgets, .pods, .workloads],
        summary: "A budget selects no pod: what it was meant to protect is not protected.",
        remedy: "Correct its selector, or delete the budget."
    )
    static let stalled = Rule(
        "drain-stalled",
        .warning,
        needs: [.budgets, .pods, .nodes],
        summary: "A cordoned node has pods whose eviction would be refused now.",
        remedy:
            "Find the budgets that refuse (kubectl get pdb -A); add replicas or make the missing ones ready, then drain again."
    )
    static let withoutBudget = Rule(
        "workload-without-budget",
        .info,
        needs: [.budgets, .workloads],
        summary: "A workload with two or more replicas has no budget: a drain may take all of them at once.",
        remedy: "Add a PodDisruptionBudget with maxUnavailable: 1 that selects its pods."
    )
    static let singleReplica = Rule(
        "pdb-single-replica",
        .info,
        needs: [.budgets, .pods, .workloads],
        summary: "A budget protects a single replica, so its node can never be drained.",
        remedy: "Run two replicas or more, or delete the budget and accept a short outage."
    )
    static let exhausted = Rule(
        "pdb-exhausted",
        .info,
        needs: [.budgets, .pods, .workloads],
        summary: "A budget refuses evictions now; with all its pods healthy it would allow one.",
        remedy: "Wait until its pods are healthy before draining, or find out why they are not."
    )

    static let blocksAtMinimum = Rule(
        "pdb-blocks-at-autoscaler-minimum",
        .warning,
        needs: [.budgets, .pods, .workloads, .autoscalers],
        summary: "An autoscaler may go down to a number of replicas at which a budget allows no disruption.",
        remedy: "Raise minReplicas by one, or let the budget allow one disruption at any size (maxUnavailable: 1)."
    )

    package static let rules = [
        blocks, matchesNothing, stalled, withoutBudget, singleReplica, exhausted, blocksAtMinimum,
    ]

    /// Raises the findings of a budget.
    ///
    /// - Parameters:
    ///   - facts: The budget.
    ///   - size: The pods that it counts on.
    ///   - isEmpty: Whether it selects no pod, and no workload that is scaled to 0: then it would be right that there is
    ///     none.
    ///   - overlap: Running pods that another budget selects as well.
    ///   - context: The cluster.
    ///   - output: Takes the findings.
    static func evaluate(
        _ facts: BudgetFacts,
        _ size: BudgetSize,
        isEmpty: Bool,
        overlap: Int,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        let budget = facts.budget
        let object = context.object("PodDisruptionBudget", budget.meta)
        let ignored = budget.meta.ignoredRules
        guard facts.hasPods else {
            if isEmpty { output.raise(matchesNothing, object, ignored: ignored, "its selector matches no pod") }
            return
        }
        // Drains ignore the pods of DaemonSets: a budget over nothing else blocks no drain.
        if !size.isForDaemonsOnly, let fault = blockingFault(budget, size, overlap: overlap) {
            output.raise(blocks, object, ignored: ignored, fault)
        } else if !size.isForDaemonsOnly && size.neverAllows {
            output.raise(singleReplica, object, ignored: ignored, "it guards a single replica")
        } else if facts.blocksDrain && size.refusesEviction {
            output.raise(
                exhausted,
                object,
                ignored: ignored,
                "\(budget.currentHealthy) healthy of \(budget.desiredHealthy) needed, no disruption allowed"
            )
        }
    }

    /// The reason why the budget blocks drains however healthy its pods are; nil where it does not, or has one pod.
    private static func blockingFault(_ budget: PodDisruptionBudget, _ size: BudgetSize, overlap: Int) -> String? {
        if size.neverAllows && size.total >= 2 {
            return size.isForBarePodsOnly && budget.isMeasuredOnScale
                ? "its \(size.total) pods have no controller to take a number of replicas from: it never allows a "
                    + "disruption; minAvailable as a number would"
                : "it can never allow a disruption of its \(size.total) pods"
        }
        if budget.isSyncFailed { return "the disruption controller cannot work it out (SyncFailed)" }
        if overlap > 0 {
            return "\(overlap) of its pods \(overlap == 1 ? "is" : "are") selected by another budget too"
        }
        return nil
    }

    static func evaluateCoverage(
        _ workload: Workload,
        isCovered: Bool,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard !isCovered, let desired = workload.desired, desired >= 2 else { return }
        output.raise(
            withoutBudget,
            context.object(workload),
            ignored: workload.ignoredRules,
            "\(desired) replicas, and no budget selects them"
        )
    }

    static func evaluateDrain(_ node: Node, blocking: Int, _ context: CollectionContext, _ output: inout SignalOutput) {
        guard blocking > 0 else { return }
        output.raise(
            stalled,
            context.object(node),
            ignored: node.meta.ignoredRules,
            "it is cordoned and has \(blocking) \(blocking == 1 ? "pod" : "pods") that cannot be evicted now"
        )
    }
}
