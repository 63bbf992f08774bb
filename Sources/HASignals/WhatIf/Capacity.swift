import ClusterState

/// Amounts of what pods request: cpu in millicores, memory in bytes, pods by number.
struct Amounts {
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
struct Capacity {
    /// Positions of nodes that take ordinary pods: usable, without a NoSchedule or NoExecute taint.
    let candidates: [Int]
    /// What has to find a place: requests of pods that are not bound to their node by kind, on candidates and on nodes
    /// that are not Ready and have no taint but those for that, and of those that the scheduler finds no node for.
    /// Placeholders, whose priority is below 0, make room and take none.
    private(set) var toPlace = Amounts()
    /// Of each node, what it offers less what its DaemonSet and mirror pods take.
    private(set) var room: [Amounts]
    /// Of each node, what it offers.
    private let allocatable: [Amounts]

    init(_ context: CollectionContext) {
        let index = context.index
        let interner = context.state.interner
        candidates = index.nodes.indices.filter { context.isCandidate(index.nodes[$0]) }
        allocatable = index.nodes.map {
            Amounts(
                milliCPU: $0.allocatable.milliCPU,
                memoryBytes: $0.allocatable.memoryBytes,
                pods: $0.allocatablePods
            )
        }
        room = allocatable
        var isCounted = index.nodes.map { node in
            !node.isReady && !node.taints.contains { $0.keepsPodsOff && !context.isTaintOfCondition($0) }
        }
        for candidate in candidates { isCounted[candidate] = true }
        var total = Amounts()
        var room = room
        context.state.pods.forEach { number, pod in
            guard number < index.pods.count, !pod.flags.isTerminal, !pod.flags.contains(.placeholder) else { return }
            let facts = index.pods[number]
            let node = Int(facts.node)
            let requests = interner.requests(pod.requests(interner))
            let amounts = Amounts(milliCPU: requests.milliCPU, memoryBytes: requests.memoryBytes, pods: 1)
            if facts.isDaemon || facts.isMirror {
                if node >= 0 { room[node] = room[node] - amounts }
            } else if !pod.deletion.isSet, node >= 0 ? isCounted[node] : pod.isUnschedulable {
                total = total + amounts
            }
        }
        toPlace = total
        self.room = room
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

extension CollectionContext {
    /// Whether a node takes ordinary pods: usable, without a NoSchedule or NoExecute taint, whatever its key.
    func isCandidate(_ node: Node) -> Bool {
        node.isUsable && !node.taints.contains { $0.keepsPodsOff }
    }

    /// Whether the control plane set the taint for a condition of the node (k8s.io/api/core/v1/well_known_taints.go).
    func isTaintOfCondition(_ taint: Taint) -> Bool {
        state.interner.withBytes(taint.key) { $0.starts(with: "node.kubernetes.io/".utf8) }
    }

    /// Whether the pods of a workload are placeholders, which make room for others and are pushed out by them: each has
    /// a priority below 0. False where it has no pod.
    func isPlaceholder(_ position: Int) -> Bool {
        var pods = 0
        var placeholders = 0
        index.podsByWorkload.forEach(in: position) { number in
            guard let pod = pod(number), !pod.flags.isTerminal else { return }
            pods += 1
            if pod.flags.contains(.placeholder) { placeholders += 1 }
        }
        return pods > 0 && placeholders == pods
    }
}
