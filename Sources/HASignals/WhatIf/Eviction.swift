import ClusterState

/// Which pods' eviction would be refused now. See SIGNALS, area 9, «A pod blocks a drain».
struct Eviction {
    /// Pods that block a drain, by the node's name.
    private(set) var blockingByNode: [StringID: Int] = [:]
    private var overlaps: [Int]

    init(_ context: CollectionContext) {
        let index = context.index
        let refusals = GroupRefusals(index)
        overlaps = Array(repeating: 0, count: index.budgets.count)
        var running = Array(repeating: 0, count: index.labelGroups.sets.labels.count)
        var blocking: [StringID: Int] = [:]
        for group in running.indices {
            // Once a group: it may have thousands of pods.
            guard let refusal = refusals.refusal(ofGroup: group) else { continue }
            index.labelGroups.forEachPod(in: group) { number in
                let facts = index.pods[number]
                guard facts.flags.contains(.running), !facts.isLeaving else { return }
                running[group] += 1
                guard !facts.isMirror, !facts.isDaemon, refusal.refuses(facts), let node = context.pod(number)?.node,
                    !node.isEmpty
                else { return }
                blocking[node, default: 0] += 1
            }
        }
        for position in index.budgets.indices {
            var shared = 0
            index.budgets[position].labelGroups.forEach { if refusals.isOverlapping($0) { shared += running[$0] } }
            overlaps[position] = shared
        }
        blockingByNode = blocking
    }

    /// Running pods of a budget that another one selects as well.
    func overlapping(budget: Int) -> Int {
        overlaps[budget]
    }

    /// Which budgets select the pods of each label group, and what they refuse. A pod's budgets are those of its labels:
    /// none, one, or several, of which it does not matter which.
    struct GroupRefusals {
        private static let noBudget = -1
        private static let severalBudgets = -2

        private var onlyBudget: [Int]
        /// The first two budgets of groups that several select.
        private var firstTwo: [Int: (Int, Int)] = [:]
        /// By budget, then that of several.
        private let refusals: [Refusal]

        init(_ index: ClusterIndex) {
            refusals = index.budgets.map { Refusal($0) } + [.ofSeveral]
            onlyBudget = Array(repeating: Self.noBudget, count: index.labelGroups.sets.labels.count)
            for position in index.budgets.indices {
                index.budgets[position].labelGroups
                    .forEach { group in
                        let other = onlyBudget[group]
                        if other >= 0 { firstTwo[group] = (other, position) }
                        onlyBudget[group] = other == Self.noBudget ? position : Self.severalBudgets
                    }
            }
        }

        /// What is refused of the group's pods; nil where no budget selects them.
        func refusal(ofGroup group: Int) -> Refusal? {
            let budget = onlyBudget[group]
            if budget == Self.noBudget { return nil }
            return refusals[budget == Self.severalBudgets ? refusals.count - 1 : budget]
        }

        /// The position of the only budget that selects the group's pods; nil where none or several do.
        func onlyBudget(ofGroup group: Int) -> Int? {
            onlyBudget[group] >= 0 ? onlyBudget[group] : nil
        }

        /// The positions of the budgets that select the group's pods, of several the first two.
        func budgets(ofGroup group: Int) -> [Int] {
            if let (first, second) = firstTwo[group] { return [first, second] }
            return onlyBudget(ofGroup: group).map { [$0] } ?? []
        }

        /// Whether several budgets select the group's pods.
        func isOverlapping(_ group: Int) -> Bool {
            onlyBudget[group] == Self.severalBudgets
        }
    }

    /// Whether the budgets that select a pod refuse its eviction now, as the eviction subresource decides
    /// (pkg/registry/core/pod/storage/eviction.go): two budgets are an error, an unready pod may go where the policy or
    /// a healthy rest allows it.
    struct Refusal {
        let ofReady: Bool
        let ofUnready: Bool

        /// Where several budgets select the pods.
        static let ofSeveral = Refusal(ofReady: true, ofUnready: true)

        private init(ofReady: Bool, ofUnready: Bool) {
            self.ofReady = ofReady
            self.ofUnready = ofUnready
        }

        /// Where that budget alone selects the pods.
        init(_ only: BudgetFacts) {
            let budget = only.budget
            let isRestHealthy = budget.currentHealthy >= budget.desiredHealthy && budget.desiredHealthy > 0
            ofReady = only.isStale || budget.disruptionsAllowed <= 0
            ofUnready = ofReady && !budget.evictsUnhealthyAlways && !isRestHealthy
        }

        /// Whether the pod's eviction is refused. Finished, pending and terminating pods go whatever budgets say
        /// (canIgnorePDB in the same file).
        func refuses(_ pod: PodFacts) -> Bool {
            guard pod.flags.contains(.running), !pod.isLeaving else { return false }
            return pod.flags.contains(.ready) ? ofReady : ofUnready
        }
    }
}
