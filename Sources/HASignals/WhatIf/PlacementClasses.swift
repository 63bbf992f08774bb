import ClusterState

/// The distinct constraints of pods that would have to be moved, and the room that each set of constraints leaves. There
/// are few: whether a pod finds a place is asked of its class and what it requests, not of every node.
struct PlacementClasses {
    /// What pods of a shape with the same volumes have in common.
    struct Need: BitwiseCopyable {
        /// Position in ``classes``.
        let position: Int
        let amounts: Amounts
        /// Where such a pod fits.
        let witnesses: PlacementClass.Witnesses
    }

    private struct NeedKey: Hashable {
        var shape: PodTemplateFactsID
        /// Number of a set of volumes, see ``reachSet(of:_:)``; −1 where any node can attach them.
        var reaches: Int32
    }

    private struct ClassKey: Hashable {
        var placement: PlacementID
        var reaches: Int32
    }

    private let context: CollectionContext
    /// By position of the node, what pods leave of it.
    let free: [Amounts]
    private(set) var classes: [PlacementClass] = []
    /// By position of the class, that of the first with the same nodes: their pods have to share the room.
    private(set) var groups: [Int] = []
    private var groupOfMembers: [[Bool]: Int] = [:]
    private var areWithin: [[Int]: Bool] = [:]
    private var positions: [ClassKey: Int] = [:]
    private var needs: [Need] = []
    private var needNumbers: [NeedKey: Int32] = [:]
    /// By list id of the shape, the number of the need of pods without volumes; −1 while none is known.
    private var needOfShape: ContiguousArray<Int32>
    private var reachSets: [[Int]] = []
    private var reachNumbers: [[Int]: Int32] = [:]

    /// Nothing is tried yet.
    ///
    /// - Parameters:
    ///   - context: What is known of the cluster.
    ///   - free: By position of the node, what pods leave of it.
    init(_ context: CollectionContext, free: [Amounts]) {
        self.context = context
        self.free = free
        needOfShape = ContiguousArray(repeating: -1, count: context.state.interner.listCapacity)
    }

    /// Whether every usable node that admits the pods of a class admits those of the other one.
    mutating func isClass(_ inner: Int, within outer: Int) -> Bool {
        if let known = areWithin[[inner, outer]] { return known }
        let found = zip(classes[inner].isMember, classes[outer].isMember).allSatisfy { !$0 || $1 }
        areWithin[[inner, outer]] = found
        return found
    }

    /// What the pod needs, and where it fits.
    mutating func need(of pod: Pod, _ interner: Interner) -> Need {
        let slot = Int(pod.shape.value)
        if pod.claims == .none, needOfShape[slot] >= 0 { return needs[Int(needOfShape[slot])] }
        let key = NeedKey(shape: pod.shape, reaches: reachSet(of: pod, interner))
        let number = number(ofNeed: key, pod, interner)
        if key.reaches < 0 { needOfShape[slot] = number }
        return needs[Int(number)]
    }

    private mutating func number(ofNeed key: NeedKey, _ pod: Pod, _ interner: Interner) -> Int32 {
        if let known = needNumbers[key] { return known }
        let position = position(of: ClassKey(placement: pod.placement(interner), reaches: key.reaches))
        let witnesses = classes[position].witnesses(interner.requests(pod.requests(interner)))
        let number = Int32(needs.count)
        needNumbers[key] = number
        needs.append(Need(position: position, amounts: Amounts(of: pod, interner), witnesses: witnesses))
        return number
    }

    private mutating func position(of key: ClassKey) -> Int {
        if let known = positions[key] { return known }
        let position = classes.count
        positions[key] = position
        let reaches = key.reaches < 0 ? [] : reachSets[Int(key.reaches)].map { context.index.volumes.reach(number: $0) }
        let found = PlacementClass(key.placement, reaches, free, context)
        classes.append(found)
        groups.append(groupOfMembers[found.isMember] ?? position)
        groupOfMembers[found.isMember] = groups[position]
        return position
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
    struct Witnesses: BitwiseCopyable {
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
        isBoundToNode = reaches.contains { $0.isNodeBound }
        isMember = Array(repeating: false, count: context.index.nodes.count)
        let isConstrained =
            reaches.contains(where: \.isConstrained) || !placement.nodeSelector.isEmpty
            || placement.requiredAffinity != nil
        var admitted = SinglePlace()
        var members: [Int] = []
        for (position, node) in context.index.nodes.enumerated() {
            guard reaches.allSatisfy({ $0.admits(position, zone: node.zone) }),
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
