import ClusterState

/// The pods that a budget counts on, and whether it can ever let one go.
struct BudgetSize {
    /// The number that percentages are resolved on.
    let total: Int
    /// Whether it can never allow a disruption.
    let neverAllows: Bool

    /// As the disruption controller works it out: percentages of both kinds round up; for an integer minAvailable the
    /// replicas wanted count too, since those that are missing now will come.
    init(_ facts: BudgetFacts, _ cluster: Cluster) {
        let budget = facts.budget
        var total = Int(budget.expectedPods)
        if case .number = budget.minAvailable {
            var seen: Set<Int> = []
            var desired = 0
            for group in facts.labelGroups {
                cluster.index.labelGroups.forEachPod(in: group) { number in
                    let workload = Int(cluster.index.pods[number].workload)
                    if workload >= 0, seen.insert(workload).inserted {
                        desired += cluster.index.workloads[workload].desired ?? 0
                    }
                }
            }
            total = max(total, desired)
        }
        self.total = total
        guard budget.expectedPods > 0 else {
            neverAllows = false
            return
        }
        if let most = budget.maxUnavailable {
            neverAllows = most.resolved(of: total, rounding: .up) == 0
        } else if let least = budget.minAvailable?.resolved(of: total, rounding: .up) {
            neverAllows = least >= total
        } else {
            neverAllows = false
        }
    }
}

/// Which pods' eviction would be refused now. See SIGNALS, area 9, «A pod blocks a drain».
struct Eviction {
    /// Pods that block a drain, by the node's name.
    private(set) var blockingByNode: [StringID: Int] = [:]
    private var overlaps: [Int]

    init(_ cluster: Cluster) {
        let index = cluster.index
        overlaps = Array(repeating: 0, count: index.budgets.count)
        // The budgets of each label group: a pod's budgets are those of its labels.
        var budgetsOfGroup: [Int: [Int]] = [:]
        for (position, facts) in index.budgets.enumerated() {
            for group in facts.labelGroups { budgetsOfGroup[group, default: []].append(position) }
        }
        for (group, budgets) in budgetsOfGroup {
            // Once a group: it may have thousands of pods.
            let refusal = Refusal(budgets.map { index.budgets[$0] })
            index.labelGroups.forEachPod(in: group) { number in
                guard let pod = cluster.pod(number), pod.flags.contains(.running), !pod.deletion.isSet else { return }
                if budgets.count > 1 {
                    for budget in budgets { overlaps[budget] += 1 }
                }
                if Self.isBlocking(pod, index.pods[number], refusal) { blockingByNode[pod.node, default: 0] += 1 }
            }
        }
    }

    /// Running pods of a budget that another one selects as well.
    func overlapping(budget: Int) -> Int {
        overlaps[budget]
    }

    /// Whether the budgets that select a pod refuse its eviction now, as the eviction subresource decides
    /// (pkg/registry/core/pod/storage/eviction.go): two budgets are an error, an unready pod may go where the policy or
    /// a healthy rest allows it.
    struct Refusal {
        let ofReady: Bool
        let ofUnready: Bool

        init(_ budgets: [BudgetFacts]) {
            guard budgets.count == 1 else {
                ofReady = budgets.count > 1
                ofUnready = ofReady
                return
            }
            let budget = budgets[0].budget
            let isRestHealthy = budget.currentHealthy >= budget.desiredHealthy && budget.desiredHealthy > 0
            ofReady = budgets[0].isStale || budget.disruptionsAllowed <= 0
            ofUnready = ofReady && !budget.evictsUnhealthyAlways && !isRestHealthy
        }
    }

    /// Whether the pod blocks the drain of its node, its budgets refusing its eviction.
    static func isBlocking(_ pod: Pod, _ facts: PodFacts, _ refusal: Refusal) -> Bool {
        guard !pod.node.isEmpty, pod.flags.contains(.running), !pod.deletion.isSet, !facts.isMirror,
            !facts.isDaemon
        else { return false }
        return pod.flags.contains(.ready) ? refusal.ofReady : refusal.ofUnready
    }
}
