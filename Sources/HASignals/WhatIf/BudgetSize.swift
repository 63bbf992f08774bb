import ClusterState

/// The pods that a budget counts on, and whether it can ever let one go.
struct BudgetSize {
    /// Unfinished pods that it selects, plus the replicas still missing of workloads whose template it selects.
    private(set) var total = 0
    /// Whether it can never allow a disruption.
    private(set) var neverAllows = false
    /// Whether every unfinished pod of it is a DaemonSet's: a drain passes these over.
    private(set) var isForDaemonsOnly = false
    /// Whether no unfinished pod of it has a controller.
    private(set) var isForBarePodsOnly = false
    /// Whether the eviction of one of its running pods would be refused now.
    private(set) var refusesEviction = false

    /// As the disruption controller works it out (getExpectedPodCount, getExpectedScale and countHealthyPods in
    /// pkg/controller/disruption/disruption.go): percentages of both kinds round up; a percentage and maxUnavailable are
    /// resolved on the scale of the controllers that the pods have, pods without a controller being left out; finished
    /// and terminating pods are never healthy.
    ///
    /// - Parameters:
    ///   - facts: The budget.
    ///   - number: A number that no other budget has.
    ///   - sizes: What the label groups have.
    ///   - coverage: The workloads that lack pods.
    ///   - context: The cluster.
    ///   - seenIn: By position of the workload, the number of the budget in which it was seen last. Shared by all budgets: a
    ///     set of workloads for each would take many times as long.
    init(
        _ facts: BudgetFacts,
        number: Int,
        _ sizes: [GroupSize],
        _ coverage: BudgetCoverage,
        _ context: CollectionContext,
        _ seenIn: inout [Int]
    ) {
        guard facts.hasPods else { return }
        let refusal = Eviction.Refusal(facts)
        var all = GroupSize()
        var scale = 0
        func add(_ workload: Int) {
            guard seenIn[workload] != number else { return }
            seenIn[workload] = number
            scale += context.index.workloads[workload].desired ?? 0
        }
        facts.labelGroups.forEach { group in
            guard sizes.indices.contains(group) else { return }
            all.add(sizes[group])
            for workload in sizes[group].workloads { add(workload) }
        }
        refusesEviction = all.hasReady && refusal.ofReady || all.hasUnready && refusal.ofUnready
        isForDaemonsOnly = all.unfinished > 0 && all.daemons == all.unfinished
        var lacking = 0
        coverage.forEachLacking(budget: number) { workload, count in
            lacking += count
            add(workload)
        }
        isForBarePodsOnly = all.bare == all.unfinished && lacking == 0
        total = all.live + lacking
        neverAllows =
            total > 0
            && Self.neverAllows(
                facts.budget,
                healthy: total,
                // A controller whose scale is not known counts for its pods.
                scale: scale + all.ofUnknownScale,
                hasBarePods: all.bare > 0
            )
    }

    /// Whether the budget allows nothing even with that many healthy pods, its controllers wanting `scale` of them.
    static func neverAllows(
        _ budget: PodDisruptionBudget,
        healthy: Int,
        scale: Int,
        hasBarePods: Bool
    ) -> Bool {
        if let most = budget.maxUnavailable {
            guard scale > 0, let unavailable = most.resolved(of: scale, rounding: .up) else { return scale <= 0 }
            // More pods than wanted are there while a rollout surges: that does not last.
            return max(0, scale - unavailable) >= healthy || (unavailable == 0 && !hasBarePods)
        }
        guard let least = budget.minAvailable else { return false }
        if case .number(let number) = least { return Int(number) >= healthy }
        guard scale > 0, let wanted = least.resolved(of: scale, rounding: .up) else { return scale <= 0 }
        return wanted >= healthy
    }
}

/// The pods of a label group, or of several, as far as budgets count them.
struct GroupSize {
    /// Pods that are neither Succeeded nor Failed; of these come all the others.
    private(set) var unfinished = 0
    /// Those that are not terminating: they can be healthy.
    private(set) var live = 0
    private(set) var bare = 0
    private(set) var daemons = 0
    /// Live pods under a controller whose scale is not known.
    private(set) var ofUnknownScale = 0
    /// A pod is Running and Ready, or Running and not Ready.
    private(set) var hasReady = false
    private(set) var hasUnready = false
    /// The workloads of known scale that have live pods in the group; empty of several groups.
    private(set) var workloads: [Int] = []

    /// The sizes of all groups; none where there are no budgets.
    static func all(_ context: CollectionContext) -> [GroupSize] {
        let index = context.index
        guard !index.budgets.isEmpty else { return [] }
        let hasScale = index.workloads.map { $0.desired != nil }
        var seenIn = Array(repeating: -1, count: index.workloads.count)
        return index.labelGroups.sets.labels.indices.map { group in
            var size = GroupSize()
            index.labelGroups.forEachPod(in: group) { row in
                let pod = index.pods[row]
                if !pod.flags.isTerminal { size.add(pod, hasScale, group, &seenIn) }
            }
            return size
        }
    }

    private mutating func add(
        _ pod: PodFacts,
        _ hasScale: [Bool],
        _ group: Int,
        _ seenIn: inout [Int]
    ) {
        unfinished += 1
        if pod.isDaemon { daemons += 1 }
        if !pod.isOwned { bare += 1 }
        guard !pod.isLeaving else { return }
        live += 1
        if pod.flags.contains(.running) {
            if pod.flags.contains(.ready) { hasReady = true } else { hasUnready = true }
        }
        let workload = Int(pod.workload)
        if workload >= 0, hasScale[workload] {
            guard seenIn[workload] != group else { return }
            seenIn[workload] = group
            workloads.append(workload)
        } else if pod.isOwned {
            ofUnknownScale += 1
        }
    }

    /// Adds the counts of another group.
    mutating func add(_ other: GroupSize) {
        unfinished += other.unfinished
        live += other.live
        bare += other.bare
        daemons += other.daemons
        ofUnknownScale += other.ofUnknownScale
        hasReady = hasReady || other.hasReady
        hasUnready = hasUnready || other.hasUnready
    }
}
