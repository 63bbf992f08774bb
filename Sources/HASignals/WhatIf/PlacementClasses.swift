import ClusterState

/// The distinct constraints of pods that would have to be moved, and the room that each set of constraints leaves. There
/// are few: whether a pod finds a place is asked of its class and what it requests, not of every node.
struct PlacementClasses {
    /// What a pod's place depends on.
    private struct Key: Hashable {
        var placement: PlacementID
        /// Number of a set of volumes, see ``reachSet(of:_:)``; −1 where any node can attach them.
        var reaches: Int32
    }

    /// The class of a pod with what it requests.
    private struct Need: Hashable {
        var position: Int32
        var requests: RequestsID
    }

    private let context: CollectionContext
    /// By position of the node, what pods leave of it; placeholders are pushed out and take nothing.
    let free: [Amounts]
    private(set) var classes: [PlacementClass] = []
    /// By position of the class, that of the first with the same nodes: their pods have to share the room.
    private(set) var groups: [Int] = []
    private var groupOfMembers: [[Bool]: Int] = [:]
    private var positions: [Key: Int32] = [:]
    /// By placement id, the position of the class of pods without volumes; −1 while none is known.
    private var positionOfPlacement: [Int32]
    private var witnesses: [Need: PlacementClass.Witnesses] = [:]
    private var reachSets: [[Int]] = []
    private var reachNumbers: [[Int]: Int32] = [:]

    init(_ context: CollectionContext) {
        self.context = context
        free = Self.free(context)
        positionOfPlacement = Array(repeating: -1, count: context.state.interner.placementCapacity)
    }

    /// Of each node, what it offers less what all pods request that are bound to it and not finished.
    static func free(_ context: CollectionContext) -> [Amounts] {
        let interner = context.state.interner
        var free = context.index.nodes.map {
            Amounts(
                milliCPU: $0.allocatable.milliCPU,
                memoryBytes: $0.allocatable.memoryBytes,
                pods: $0.allocatablePods
            )
        }
        context.state.pods.forEach { number, pod in
            guard number < context.index.pods.count, !pod.flags.isTerminal, !pod.flags.contains(.placeholder) else {
                return
            }
            let node = Int(context.index.pods[number].node)
            if node >= 0 { free[node] = free[node] - Amounts(of: pod, interner) }
        }
        return free
    }

    /// The position of the pod's class in ``classes``.
    mutating func position(of pod: Pod, _ interner: Interner) -> Int {
        let placement = pod.placement(interner)
        let slot = Int(placement.value)
        if pod.claims == .none, slot < positionOfPlacement.count, positionOfPlacement[slot] >= 0 {
            return Int(positionOfPlacement[slot])
        }
        let key = Key(placement: placement, reaches: reachSet(of: pod, interner))
        let position = position(of: key)
        if key.reaches < 0, slot < positionOfPlacement.count { positionOfPlacement[slot] = Int32(position) }
        return position
    }

    private mutating func position(of key: Key) -> Int {
        if let known = positions[key] { return Int(known) }
        let position = classes.count
        positions[key] = Int32(position)
        let reaches = key.reaches < 0 ? [] : reachSets[Int(key.reaches)].map { context.index.volumes.reach(number: $0) }
        let found = PlacementClass(key.placement, reaches, free, context)
        classes.append(found)
        groups.append(groupOfMembers[found.isMember] ?? position)
        groupOfMembers[found.isMember] = groups[position]
        return position
    }

    /// Whether a pod of a class fits on a node other than the given one.
    mutating func fits(
        _ pod: Pod,
        ofClass position: Int,
        elsewhereThan node: Int,
        _ interner: Interner
    ) -> Bool {
        let need = Need(position: Int32(position), requests: pod.requests(interner))
        if let known = witnesses[need] { return known.has(other: node) }
        let found = classes[position].witnesses(interner.requests(need.requests))
        witnesses[need] = found
        return found.has(other: node)
    }

    /// The number of the set of what can attach the pod's bound volumes; −1 where any node can.
    private mutating func reachSet(of pod: Pod, _ interner: Interner) -> Int32 {
        var numbers: [Int] = []
        context.index.volumes.forEachVolume(of: pod, interner) { row in
            let number = context.index.volumes.reachNumber(ofRow: row)
            if number != 0, !numbers.contains(number) { numbers.append(number) }
        }
        if numbers.isEmpty { return -1 }
        numbers.sort()
        if let known = reachNumbers[numbers] { return known }
        let number = Int32(reachSets.count)
        reachNumbers[numbers] = number
        reachSets.append(numbers)
        return number
    }
}

/// A class of pods that may run on the same nodes, and what these have left.
struct PlacementClass {
    /// Two nodes on which a pod fits, so that one is left where the other is the one that is drained.
    struct Witnesses {
        /// Positions of nodes; −1 for none.
        var first: Int32 = -1
        var second: Int32 = -1

        /// Whether one of them is another node than that.
        func has(other node: Int) -> Bool {
            first >= 0 && Int(first) != node || second >= 0 && Int(second) != node
        }
    }

    /// A node with the two of most free memory among it and those before it.
    private struct Entry {
        var milliCPU: Int64
        var best: Int32
        var bestMemory: Int64
        var second: Int32 = -1
        var secondMemory = Int64.min
    }

    /// What all usable nodes that admit the pods have left, of no node less than nothing.
    private(set) var total = Amounts()
    /// By position of the node, whether it is usable and admits the pods.
    private(set) var isMember: [Bool]
    /// The only node that the pods' own constraints admit; −1 where there are none or several, or where nothing is
    /// constrained.
    private var onlyNode = -1
    /// A bound volume can be attached by one node alone.
    private let isBoundToNode: Bool
    /// The members with room for a pod, those with most free cpu first.
    private var entries: [Entry] = []

    /// Tries every node once.
    init(_ id: PlacementID, _ reaches: [VolumeReach.Reach], _ free: [Amounts], _ context: CollectionContext) {
        let interner = context.state.interner
        let placement = interner.placement(id)
        let zones = reaches.compactMap(\.zones)
        isBoundToNode = reaches.contains { $0.isNodeBound }
        isMember = Array(repeating: false, count: context.index.nodes.count)
        let isConstrained = !zones.isEmpty || !placement.nodeSelector.isEmpty || placement.requiredAffinity != nil
        var admitted = SinglePlace()
        var members: [Int] = []
        for (position, node) in context.index.nodes.enumerated() {
            guard zones.allSatisfy({ $0.contains(node.zone) }),
                placement.admits(labels: node.meta.labels, name: node.meta.name, interner)
            else { continue }
            admitted.add(position)
            guard node.isUsable, placement.tolerates(node.taints) else { continue }
            isMember[position] = true
            total = total + free[position].atLeastZero
            if free[position].pods >= 1 { members.append(position) }
        }
        if isConstrained, context.index.nodes.count > 1 { onlyNode = admitted.position }
        members.sort { free[$0].milliCPU > free[$1].milliCPU }
        entries.reserveCapacity(members.count)
        for member in members { append(member, free[member]) }
    }

    private mutating func append(_ node: Int, _ free: Amounts) {
        var entry = Entry(milliCPU: free.milliCPU, best: Int32(node), bestMemory: free.memoryBytes)
        if let last = entries.last {
            if last.bestMemory >= free.memoryBytes {
                entry.best = last.best
                entry.bestMemory = last.bestMemory
                let isSecond = last.second < 0 || free.memoryBytes > last.secondMemory
                entry.second = isSecond ? Int32(node) : last.second
                entry.secondMemory = isSecond ? free.memoryBytes : last.secondMemory
            } else {
                entry.second = last.best
                entry.secondMemory = last.bestMemory
            }
        }
        entries.append(entry)
    }

    /// Whether the pods of the class can run on that node alone.
    func isPinned(to node: Int) -> Bool {
        isBoundToNode || onlyNode == node
    }

    /// Two nodes on which what is requested fits, where there are as many. What is not requested fits everywhere
    /// (fitsRequest in pkg/scheduler/framework/plugins/noderesources/fit.go).
    func witnesses(_ requests: Resources) -> Witnesses {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if requests.milliCPU == 0 || entries[middle].milliCPU >= requests.milliCPU {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low > 0 else { return Witnesses() }
        let entry = entries[low - 1]
        var found = Witnesses()
        if requests.memoryBytes == 0 || entry.bestMemory >= requests.memoryBytes { found.first = entry.best }
        if entry.second >= 0, requests.memoryBytes == 0 || entry.secondMemory >= requests.memoryBytes {
            found.second = entry.second
        }
        return found
    }
}

extension Amounts {
    /// What a pod requests.
    init(of pod: Pod, _ interner: Interner) {
        let requests = interner.requests(pod.requests(interner))
        self.init(milliCPU: requests.milliCPU, memoryBytes: requests.memoryBytes, pods: 1)
    }

    /// Each amount, or nothing where it is below.
    var atLeastZero: Amounts {
        Amounts(milliCPU: max(0, milliCPU), memoryBytes: max(0, memoryBytes), pods: max(0, pods))
    }

    /// Whether every amount is within the other's.
    func isWithin(_ room: Amounts) -> Bool {
        milliCPU <= room.milliCPU && memoryBytes <= room.memoryBytes && pods <= room.pods
    }
}
