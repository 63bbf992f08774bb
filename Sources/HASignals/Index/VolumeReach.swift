package import ClusterState

/// Which zones and nodes can attach each PersistentVolume, and which volumes a pod's claims are bound to. See SIGNALS,
/// area 10.
package struct VolumeReach: Sendable {
    /// What can attach a volume.
    package struct Reach: Sendable {
        /// Zones by name; nil where any can.
        package var zones: Set<StringID>?
        /// Positions of nodes; nil where the zones tell all that is known.
        var nodes: Set<Int>?
        /// Whether one node alone can.
        package var isNodeBound: Bool

        /// Whether one zone alone can.
        package var isZoneBound: Bool { zones?.count == 1 }

        /// Whether some nodes cannot.
        var isConstrained: Bool { nodes != nil || zones != nil }

        /// Whether the node at a position can, which is in that zone.
        func admits(_ node: Int, zone: StringID) -> Bool {
            nodes?.contains(node) ?? zones?.contains(zone) ?? true
        }
    }

    private struct ClaimKey: Hashable {
        var namespace: StringID
        var name: StringID
    }

    /// One for each distinct node affinity: volumes of a zone have the same.
    private var reaches: [Reach] = [Reach(zones: nil, isNodeBound: false)]
    /// By row number of the volumes' table, a position in ``reaches``.
    private var reachOfVolume: ContiguousArray<Int32> = []
    /// Row numbers of the volumes that claims are bound to.
    private var volumeOfClaim: [ClaimKey: Int32] = [:]

    init() {}

    init(_ state: ClusterState, nodes: [Node], positions: StringPositions) {
        guard state.status(of: .persistentvolumes).state.givesFamilies else { return }
        var known: [[NodeSelectorTerm]: Int32] = [:]
        var knownZones: [[StringID]: Int32] = [:]
        var matcher = NodeMatcher(state.interner, nodes, positions)
        var rowOfName = ContiguousArray<Int32>(repeating: -1, count: state.interner.stringCapacity)
        var reachOfVolume = ContiguousArray<Int32>(repeating: 0, count: state.persistentVolumes.capacity)
        var reaches = reaches
        state.persistentVolumes.forEach { number, volume in
            rowOfName[Int(volume.meta.name.value)] = Int32(number)
            guard let terms = volume.nodeAffinity else {
                if volume.labelZones.isEmpty { return }
                if let position = knownZones[volume.labelZones] {
                    reachOfVolume[number] = position
                    return
                }
                knownZones[volume.labelZones] = Int32(reaches.count)
                reachOfVolume[number] = Int32(reaches.count)
                reaches.append(Reach(zones: Set(volume.labelZones), isNodeBound: false))
                return
            }
            if let position = known[terms] {
                reachOfVolume[number] = position
                return
            }
            known[terms] = Int32(reaches.count)
            reachOfVolume[number] = Int32(reaches.count)
            reaches.append(matcher.reach(of: terms))
        }
        self.reaches = reaches
        self.reachOfVolume = reachOfVolume
        guard state.status(of: .persistentvolumeclaims).state.givesFamilies else { return }
        var claims: [ClaimKey: Int32] = [:]
        claims.reserveCapacity(state.persistentVolumeClaims.count)
        state.persistentVolumeClaims.forEach { _, claim in
            guard claim.phase == .bound, !claim.volume.isEmpty else { return }
            let row = rowOfName[Int(claim.volume.value)]
            if row >= 0 { claims[ClaimKey(namespace: claim.meta.namespace, name: claim.meta.name)] = row }
        }
        volumeOfClaim = claims
    }

    /// Whether no claim is bound: then no pod needs to be looked at.
    var isEmpty: Bool { volumeOfClaim.isEmpty }

    /// Calls the body with the row number of each volume that the pod's claims are bound to.
    func forEachVolume(of pod: Pod, _ interner: Interner, _ body: (Int) -> Void) {
        guard pod.claims != .none, !volumeOfClaim.isEmpty else { return }
        let namespace = pod.namespace(interner)
        for position in 0..<interner.count(pod.claims) {
            let name = StringID(value: interner.word(pod.claims, position))
            if let row = volumeOfClaim[ClaimKey(namespace: namespace, name: name)] { body(Int(row)) }
        }
    }

    /// What can attach the volume that a claim is bound to; nil where it is bound to none.
    func reach(ofClaim name: StringID, in namespace: StringID) -> Reach? {
        volumeOfClaim[ClaimKey(namespace: namespace, name: name)].map { reach(ofRow: Int($0)) }
    }

    /// What can attach a volume, by its row number.
    func reach(ofRow number: Int) -> Reach {
        reaches[reachNumber(ofRow: number)]
    }

    /// The number of what can attach a volume: volumes of the same number can be attached by the same; 0 by any node.
    func reachNumber(ofRow number: Int) -> Int {
        number < reachOfVolume.count ? Int(reachOfVolume[number]) : 0
    }

    /// What can attach the volumes of a number.
    func reach(number: Int) -> Reach { reaches[number] }
}

/// Finds the nodes that a volume's affinity matches, by the labels it asks for rather than by trying every node.
private struct NodeMatcher {
    private let interner: Interner
    private let nodes: [Node]
    private let positions: StringPositions
    /// Nodes by the value of a label, for the keys that were asked for.
    private var byLabel: [StringID: [StringID: [Int]]] = [:]

    init(_ interner: Interner, _ nodes: [Node], _ positions: StringPositions) {
        self.interner = interner
        self.nodes = nodes
        self.positions = positions
    }

    /// Zones of a volume are those of the nodes that its affinity matches; where none match (its zone or node is gone),
    /// those that the affinity itself names, and one node where it names that alone.
    mutating func reach(of terms: [NodeSelectorTerm]) -> VolumeReach.Reach {
        var matched: Set<Int> = []
        for term in terms {
            for position in candidates(term)
            where term.matches(labels: nodes[position].meta.labels, name: nodes[position].meta.name, interner) {
                matched.insert(position)
            }
        }
        var zones: Set<StringID> = []
        var isNodeBound = matched.count == 1
        if matched.isEmpty {
            for requirement in terms.flatMap(\.expressions) where requirement.op == .in {
                if interner.isZoneKey(requirement.key) { zones.formUnion(requirement.values.filter { !$0.isEmpty }) }
            }
            let named = terms.map(namedNodes)
            isNodeBound = !named.contains(nil) && Set(named.compactMap(\.self).joined()).count == 1
        } else {
            for position in matched where !nodes[position].zone.isEmpty { zones.insert(nodes[position].zone) }
        }
        return VolumeReach.Reach(
            zones: zones.isEmpty ? nil : zones,
            nodes: matched.isEmpty ? nil : matched,
            isNodeBound: isNodeBound
        )
    }

    /// The nodes that a term names: by `metadata.name`, by `kubernetes.io/hostname`, or by the key of a driver of local
    /// volumes (`topology.topolvm.io/node`); nil where it names none.
    private func namedNodes(_ term: NodeSelectorTerm) -> Set<StringID>? {
        let keys = ["kubernetes.io/hostname", "/node", "/nodename"]
        let own = term.expressions.filter { requirement in
            requirement.op == .in && keys.contains { interner.string(requirement.key).hasSuffix($0) }
        }
        return (own + term.fields.filter { $0.op == .in }).map { Set($0.values) }.min { $0.count < $1.count }
    }

    /// The nodes that can match a term at all.
    private mutating func candidates(_ term: NodeSelectorTerm) -> [Int] {
        var fewest: [Int]?
        for requirement in term.expressions where requirement.op == .in {
            let own = requirement.values.flatMap { nodesByValue(of: requirement.key)[$0] ?? [] }
            if own.count < fewest?.count ?? .max { fewest = own }
        }
        if fewest == nil, let field = term.fields.first(where: { $0.op == .in }) {
            fewest = field.values.compactMap { positions[$0] }
        }
        return fewest ?? Array(nodes.indices)
    }

    private mutating func nodesByValue(of key: StringID) -> [StringID: [Int]] {
        if let known = byLabel[key] { return known }
        var found: [StringID: [Int]] = [:]
        for (position, node) in nodes.enumerated() {
            if let value = interner.label(key, in: node.meta.labels) { found[value, default: []].append(position) }
        }
        byLabel[key] = found
        return found
    }
}
