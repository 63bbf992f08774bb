import ClusterState

/// Amounts of what pods request: cpu in millicores, memory in bytes, pods by number.
struct Amounts: Sendable {
    var milliCPU: Int64 = 0
    var memoryBytes: Int64 = 0
    var pods: Int64 = 0

    static func + (left: Amounts, right: Amounts) -> Amounts {
        Amounts(
            milliCPU: saturatingAdd(left.milliCPU, right.milliCPU),
            memoryBytes: saturatingAdd(left.memoryBytes, right.memoryBytes),
            pods: saturatingAdd(left.pods, right.pods)
        )
    }

    static func - (left: Amounts, right: Amounts) -> Amounts {
        Amounts(
            milliCPU: saturatingSubtract(left.milliCPU, right.milliCPU),
            memoryBytes: saturatingSubtract(left.memoryBytes, right.memoryBytes),
            pods: saturatingSubtract(left.pods, right.pods)
        )
    }

    /// The amounts with the names that the label `resource` has for them.
    var named: [(resource: String, amount: Int64)] {
        [("cpu", milliCPU), ("memory", memoryBytes), ("pods", pods)]
    }
}

/// What would have to be placed after a loss, and what room there is. See SIGNALS, area 8, «Capacity ratio».
struct Capacity: Sendable {
    /// Positions of nodes that take ordinary pods: usable, without a NoSchedule or NoExecute taint.
    let candidates: [Int]
    /// What has to find a place: requests of pods that are not bound to their node by kind, on candidates and on nodes
    /// that are not Ready and have no taint but those for that, and of those that the scheduler finds no node for.
    /// Placeholders, whose priority is below 0, make room and take none.
    private(set) var toPlace = Amounts()
    /// Of each node, what it offers less what its DaemonSet and mirror pods take.
    private(set) var room: [Amounts]
    /// Of each node, what it offers less what all pods request that are bound to it and not finished; placeholders are
    /// pushed out and take nothing.
    private(set) var free: [Amounts]
    /// Of each node, what it offers.
    private let allocatable: [Amounts]

    /// Works it out for the nodes of an index, which has its pods already.
    init(_ state: ClusterState, _ index: ClusterIndex) {
        let interner = state.interner
        candidates = index.nodes.indices.filter { index.nodes[$0].isCandidate }
        allocatable = index.nodes.map {
            Amounts(
                milliCPU: $0.allocatable.milliCPU,
                memoryBytes: $0.allocatable.memoryBytes,
                pods: $0.allocatablePods
            )
        }
        room = allocatable
        free = allocatable
        var isCounted = index.nodes.map { node in
            !node.isReady && !node.taints.contains { $0.keepsPodsOff && !interner.isTaintOfCondition($0) }
        }
        for candidate in candidates { isCounted[candidate] = true }
        var total = Amounts()
        var room = room
        var free = free
        state.pods.forEach { number, pod in
            guard number < index.pods.count, !pod.flags.isTerminal, !pod.flags.contains(.placeholder) else { return }
            let facts = index.pods[number]
            let node = Int(facts.node)
            let amounts = Amounts(of: pod, interner)
            if node >= 0 { free[node] = free[node] - amounts }
            if facts.isDaemon || facts.isMirror {
                if node >= 0 { room[node] = room[node] - amounts }
            } else if !pod.deletion.isSet, node >= 0 ? isCounted[node] : pod.isUnschedulable {
                total = total + amounts
            }
        }
        toPlace = total
        self.room = room
        self.free = free
    }

    /// The room over the candidates for which the condition holds.
    func room(where isLeft: (Int) -> Bool) -> Amounts {
        candidates.reduce(Amounts()) { isLeft($1) ? $0 + room[$1] : $0 }
    }

    /// Requests over room; +Inf where there is no room for what has to be placed, 0 where there is nothing to place.
    static func ratio(_ wanted: Int64, _ given: Int64) -> Double {
        if given <= 0 { return wanted > 0 ? .infinity : 0 }
        return Double(wanted) / Double(given)
    }

    /// Requests over room by resource, after the loss of the candidate with the most of the resource; nil with fewer
    /// than two candidates. Of several with as much, the one whose loss leaves the least room.
    func ratiosAfterNodeLoss() -> [(resource: String, ratio: Double)]? {
        guard candidates.count >= 2 else { return nil }
        let all = room { _ in true }
        return toPlace.named.enumerated()
            .map { position, wanted in
                let most = candidates.map { allocatable[$0].named[position].amount }.max() ?? 0
                let largest = candidates.filter { allocatable[$0].named[position].amount == most }
                let lost = largest.map { room[$0].named[position].amount }.max() ?? 0
                return (
                    wanted.resource, Self.ratio(wanted.amount, saturatingSubtract(all.named[position].amount, lost))
                )
            }
    }

    /// The same after the loss of a zone, by its position; nil with fewer than two candidates.
    func ratiosAfterZoneLoss(_ zone: Int, _ index: ClusterIndex) -> [(resource: String, ratio: Double)]? {
        guard candidates.count >= 2 else { return nil }
        let left = room { index.zoneOfNode[$0] != zone }
        return toPlace.named.enumerated()
            .map { position, wanted in
                (wanted.resource, Self.ratio(wanted.amount, left.named[position].amount))
            }
    }
}

extension Pod {
    /// Whether the scheduler finds no node for it.
    var isUnschedulable: Bool {
        node.isEmpty && flags.contains(.unschedulable) && !flags.isTerminal
    }
}

extension Node {
    /// Whether it takes ordinary pods: usable, without a NoSchedule or NoExecute taint, whatever its key.
    fileprivate var isCandidate: Bool {
        isUsable && !taints.contains { $0.keepsPodsOff }
    }
}

extension Interner {
    /// Whether the control plane set the taint for a condition of the node (k8s.io/api/core/v1/well_known_taints.go).
    fileprivate func isTaintOfCondition(_ taint: Taint) -> Bool {
        withBytes(taint.key) { $0.starts(with: "node.kubernetes.io/".utf8) }
    }
}

extension CollectionContext {
    /// Whether the pods of a workload are placeholders, which make room for others and are pushed out by them: each has
    /// a priority below 0. False where it has no pod.
    func isPlaceholder(_ position: Int) -> Bool {
        var pods = 0
        var placeholders = 0
        index.podsByWorkload.forEach(in: position) { number in
            let flags = index.pods[number].flags
            guard !flags.isTerminal else { return }
            pods += 1
            if flags.contains(.placeholder) { placeholders += 1 }
        }
        return pods > 0 && placeholders == pods
    }
}
