import ClusterState

/// What draining each node would meet. See SIGNALS, area 18, «Draining a node».
///
/// The time taken is that of the pods and of the distinct constraints, not of pods times nodes: see
/// ``PlacementClasses``.
struct DrainPlan {
    /// By position of the node.
    private(set) var counts: [DrainCounts]
    /// The pods and workloads that are obstacles, in order of the node.
    private(set) var obstacles: [SurvivalTable.ObstacleRow] = []
    /// Why evictions are refused: see ``SurvivalTable/refusals``.
    private(set) var reasons: [String] = []
    /// By the positions of budgets, a position in ``reasons``.
    private var reasonOfBudgets: [[Int]: Int32] = [:]
    private let context: CollectionContext
    private let refusals: Eviction.GroupRefusals
    /// By position of the budget: see ``onlyWorkload(ofBudget:_:)``.
    private var onlyWorkloads: [Int: SinglePlace] = [:]
    private var classes: PlacementClasses
    /// By group of classes that the same nodes admit, what the pods of the node at hand need together.
    private var needs: [Amounts] = []
    /// The groups that have such pods.
    private var groupsOfNode: [Int] = []

    /// The sources that it takes.
    static let needs: [SourceNeed] = [
        .pods, .nodes, .budgets, .workloads, .claims, .volumes,
    ]

    /// Works it out for every node.
    init(_ context: CollectionContext, _ places: WorkloadPlaces) {
        self.context = context
        counts = Array(repeating: DrainCounts(), count: context.index.nodes.count)
        refusals = Eviction.GroupRefusals(context.index)
        classes = PlacementClasses(context, free: context.index.capacity?.free ?? [])
        let workloads = Self.workloads(places, context)
        // Taken out of the context once: each read of them copies a value of many buffers.
        let index = context.index
        let interner = context.state.interner
        for node in counts.indices {
            addPods(node, index, interner)
            judgeRoomTogether(node)
            for workload in workloads[node] {
                let wanted = context.wanted(workload)
                if wanted >= 2, isKeptByBudget(workload, index, interner) { continue }
                let object = context.object(index.workloads[workload])
                add(wanted >= 2 ? .outage : .singleReplica, node, object)
            }
            counts[node].isSafe = isSafe(counts[node])
        }
    }

    private func isSafe(_ counts: DrainCounts) -> Bool {
        let hinders = [DrainObstacle.refused, .outage, .pinned, .barePod].contains { counts[$0] > 0 }
        return !hinders && (context.settings.isAutoscaled || counts[.noRoom] == 0)
    }

    /// By node, the workloads that want replicas and have every healthy pod there; those of DaemonSets stay, and
    /// placeholders are not missed.
    private static func workloads(_ places: WorkloadPlaces, _ context: CollectionContext) -> [[Int]] {
        var found: [[Int]] = Array(repeating: [], count: context.index.nodes.count)
        for (position, entry) in places.entries.enumerated() where entry.node.position >= 0 {
            let workload = context.index.workloads[position]
            guard workload.kind != .daemonSet, workload.arePodsKnown, context.wanted(position) > 0,
                !context.isPlaceholder(position)
            else { continue }
            found[entry.node.position].append(position)
        }
        return found
    }

    /// Whether a budget has the workload's pods evicted in turns, so that one is healthy all the time: it wants at least
    /// one healthy, and counts those of no other workload. Where it allows no disruption, the drain waits for moved pods to
    /// be healthy (pkg/registry/core/pod/storage/eviction.go answers 429).
    private mutating func isKeptByBudget(_ workload: Int, _ index: ClusterIndex, _ interner: Interner) -> Bool {
        var found: Set<Int?> = []
        index.podsByWorkload.forEach(in: workload) { number in
            guard index.pods[number].isHealthy, let pod = context.pod(number) else { return }
            found.insert(index.labelGroups.sets.position(of: pod.labels).flatMap(refusals.onlyBudget))
        }
        guard found.count == 1, case let position?? = found.first else { return false }
        let facts = index.budgets[position]
        guard facts.budget.desiredHealthy >= 1, !facts.isStale, !facts.budget.isSyncFailed else { return false }
        // Worked out once a budget: one may select thousands of pods, of thousands of workloads.
        let only = onlyWorkloads[position] ?? Self.onlyWorkload(ofBudget: facts, index)
        onlyWorkloads[position] = only
        return only.position == workload
    }

    /// The workload that every healthy pod of a budget belongs to.
    private static func onlyWorkload(ofBudget facts: BudgetFacts, _ index: ClusterIndex) -> SinglePlace {
        var found = SinglePlace()
        facts.labelGroups.forEach { group in
            guard !found.isSeveral else { return }
            index.labelGroups.forEachPod(in: group) { number in
                let pod = index.pods[number]
                // Pods of no workload are not a workload's own: they take a number that none has.
                if pod.isHealthy { found.add(pod.workload >= 0 ? Int(pod.workload) : index.workloads.count) }
            }
        }
        return found
    }

    private mutating func addPods(_ node: Int, _ index: ClusterIndex, _ interner: Interner) {
        index.podsByNode.forEach(in: node) { number in
            let facts = index.pods[number]
            guard Self.isMoved(facts), let pod = context.pod(number) else { return }
            counts[node].pods += 1
            if facts.isBare { add(.barePod, node, pod, interner) }
            if !index.budgets.isEmpty, let group = index.labelGroups.sets.position(of: pod.labels),
                refusals.refusal(ofGroup: group)?.refuses(facts) == true
            {
                add(.refused, node, pod, interner, labelGroup: group)
            }
            if pod.flags.contains(.placeholder) { return }
            let need = classes.need(of: pod, interner)
            if classes.classes[need.position].isPinned(to: node) { add(.pinned, node, pod, interner) }
            if !need.witnesses.has(other: node) { add(.noRoom, node, pod, interner) }
            let group = classes.groups[need.position]
            while needs.count <= group { needs.append(Amounts()) }
            if needs[group].pods == 0 { groupsOfNode.append(group) }
            needs[group] = needs[group] + need.amounts
        }
    }

    /// Whether a drain evicts the pod: not one that is finished or going already, nor one that belongs to the node.
    static func isMoved(_ facts: PodFacts) -> Bool {
        facts.isStaying && !facts.isMirror && !facts.isDaemon
    }

    /// Whether the pods that the same nodes admit or some of these, and all of them, find room together on the nodes that
    /// admit them.
    private mutating func judgeRoomTogether(_ node: Int) {
        var all = Amounts()
        var largest = Amounts()
        var isShort = false
        for group in groupsOfNode {
            let room = classes.room(ofClass: group, without: node)
            var need = needs[group]
            for other in groupsOfNode where other != group && classes.isClass(other, within: group) {
                need = need + needs[other]
            }
            if !need.isWithin(room) { isShort = true }
            all = all + needs[group]
            largest = largest.isWithin(room) ? room : largest
        }
        // What fits into the room of one group fits into that of all.
        if !isShort, groupsOfNode.count > 1, !all.isWithin(largest) {
            isShort = !all.isWithin(classes.room(ofClasses: groupsOfNode, without: node))
        }
        if isShort, counts[node][.noRoom] == 0 {
            add(.noRoom, node, context.object(context.index.nodes[node]))
        }
        for group in groupsOfNode { needs[group] = Amounts() }
        groupsOfNode.removeAll(keepingCapacity: true)
    }

    /// The position in ``reasons`` of why evictions of a group's pods are refused.
    private mutating func reason(ofGroup group: Int) -> Int32 {
        let budgets = refusals.budgets(ofGroup: group)
        if let known = reasonOfBudgets[budgets] { return known }
        let names = budgets.map { position in
            let meta = context.index.budgets[position].budget.meta
            return "PodDisruptionBudget \(context.text(meta.namespace))/\(context.text(meta.name))"
        }
        let text: String
        if let only = budgets.first, budgets.count == 1 {
            let isStale = context.index.budgets[only].isStale
            text = names[0] + (isStale ? " was changed, and its status is not up to date" : " allows no disruption")
        } else {
            text = "\(names.joined(separator: " and ")) select it, and evictions of pods of several budgets fail"
        }
        let position = Int32(reasons.count)
        reasons.append(text)
        reasonOfBudgets[budgets] = position
        return position
    }

    private mutating func add(
        _ obstacle: DrainObstacle,
        _ node: Int,
        _ pod: Pod,
        _ interner: Interner,
        labelGroup: Int? = nil
    ) {
        guard count(obstacle, node) else { return }
        keep(
            obstacle,
            node,
            FindingObject(kind: "Pod", namespace: context.text(pod.namespace(interner)), name: pod.name(interner)),
            refusal: labelGroup.map { reason(ofGroup: $0) } ?? -1
        )
    }

    private mutating func add(_ obstacle: DrainObstacle, _ node: Int, _ object: FindingObject) {
        if count(obstacle, node) { keep(obstacle, node, object) }
    }

    /// Counts an obstacle. Returns whether it is one of those that are kept by name.
    private mutating func count(_ obstacle: DrainObstacle, _ node: Int) -> Bool {
        counts[node][obstacle] += 1
        return counts[node][obstacle] <= context.settings.drainDetailLimit
    }

    private mutating func keep(_ obstacle: DrainObstacle, _ node: Int, _ object: FindingObject, refusal: Int32 = -1) {
        obstacles.append(
            SurvivalTable.ObstacleRow(
                node: Int32(node),
                detail: DrainDetail(obstacle: obstacle, object: object),
                refusal: refusal
            )
        )
    }
}

extension PlacementClasses {
    /// What the usable nodes that admit the pods of a class have left, without one node.
    func room(ofClass position: Int, without node: Int) -> Amounts {
        let own = classes[position]
        return own.isMember[node] ? own.total - free[node].atLeastZero : own.total
    }

    /// The same over the nodes that admit the pods of any of the classes, each node once.
    func room(ofClasses positions: [Int], without node: Int) -> Amounts {
        var total = Amounts()
        for other in free.indices where other != node && positions.contains(where: { classes[$0].isMember[other] }) {
            total = total + free[other].atLeastZero
        }
        return total
    }
}

extension CollectionContext {
    /// How many replicas a workload wants; where nobody says so, how many pods it has that are not finished.
    func wanted(_ position: Int) -> Int {
        if let desired = index.workloads[position].desired { return desired }
        var live = 0
        index.podsByWorkload.forEach(in: position) { number in
            if index.pods[number].isStaying { live += 1 }
        }
        return live
    }
}
