import ClusterState

/// Where workloads could run, zone by zone. Answers are kept by placement, of which there are few.
struct ZonePlacement {
    private let cluster: Cluster
    private let zoneKeys: [StringID]
    /// Usable nodes of each zone, one for each distinct set of taints: enough for placements that ask for no labels.
    private let taintClasses: [(zone: Int, taints: [Taint])]
    private var eligible: [PlacementID: Set<Int>] = [:]
    private var pinned: [PlacementID: Set<Int>?] = [:]

    init(_ cluster: Cluster) {
        self.cluster = cluster
        zoneKeys = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"]
            .compactMap(cluster.state.interner.find)
        var seen: Set<[Taint]> = []
        var byZone: [Int: Set<[Taint]>] = [:]
        var classes: [(Int, [Taint])] = []
        for (position, node) in cluster.index.nodes.enumerated() where node.isUsable {
            let zone = cluster.index.zoneOfNode[position]
            guard zone >= 0 else { continue }
            let hard = node.taints.filter { $0.effect != .preferNoSchedule }
            seen.insert(hard)
            if byZone[zone, default: []].insert(hard).inserted { classes.append((zone, hard)) }
        }
        taintClasses = classes
    }

    /// The placement that a workload's pods have: of its template, without one that of a pod.
    func placement(of workload: Workload, at position: Int) -> PlacementID? {
        if let template = workload.template { return cluster.state.interner.template(template).placement }
        var first: PlacementID?
        cluster.index.podsByWorkload.forEach(in: position) { number in
            if first == nil { first = cluster.pod(number)?.placement(cluster.state.interner) }
        }
        return first
    }

    /// The zones with a usable node that the placement admits, as positions.
    mutating func eligibleZones(_ id: PlacementID) -> Set<Int> {
        if let known = eligible[id] { return known }
        let interner = cluster.state.interner
        let placement = interner.placement(id)
        var zones: Set<Int> = []
        if placement.nodeSelector.isEmpty && placement.requiredAffinity == nil {
            for (zone, taints) in taintClasses where placement.tolerates(taints) { zones.insert(zone) }
        } else {
            for (position, node) in cluster.index.nodes.enumerated() where node.isUsable {
                let zone = cluster.index.zoneOfNode[position]
                guard zone >= 0, !zones.contains(zone),
                    placement.admits(labels: node.meta.labels, name: node.meta.name, interner),
                    placement.tolerates(node.taints)
                else { continue }
                zones.insert(zone)
            }
        }
        eligible[id] = zones
        return zones
    }

    /// How many usable nodes the placement admits, counted no further than two.
    func admitsSeveralNodes(_ id: PlacementID) -> Bool {
        let interner = cluster.state.interner
        let placement = interner.placement(id)
        var count = 0
        for node in cluster.index.nodes
        where node.isUsable && placement.admits(labels: node.meta.labels, name: node.meta.name, interner)
            && placement.tolerates(node.taints)
        {
            count += 1
            if count > 1 { return true }
        }
        return false
    }

    /// The zones that node selector and required affinity on the zone keys admit; nil where neither speaks of a zone.
    /// An alternative that does not speak of one admits every zone.
    mutating func requiredZones(_ id: PlacementID) -> Set<Int>? {
        if id == .none { return nil }
        if let known = pinned[id] { return known }
        let zones = requiredZones(cluster.state.interner.placement(id))
        pinned[id] = .some(zones)
        return zones
    }

    private func requiredZones(_ placement: Placement) -> Set<Int>? {
        let interner = cluster.state.interner
        let all = Set(cluster.index.zones.indices)
        var isSpoken = false
        var allowed = all
        func admitted(_ requirements: [LabelRequirement]) -> Set<Int> {
            all.filter { zone in
                requirements.allSatisfy { $0.matches(cluster.index.zones[zone], interner) }
            }
        }
        let selector = placement.nodeSelector.filter { zoneKeys.contains($0.key) }
        if !selector.isEmpty {
            isSpoken = true
            allowed.formIntersection(admitted(selector))
        }
        if let terms = placement.requiredAffinity {
            let own = terms.map { term in term.expressions.filter { zoneKeys.contains($0.key) } }
            if own.contains(where: { !$0.isEmpty }) {
                isSpoken = true
                allowed.formIntersection(own.reduce(into: Set<Int>()) { $0.formUnion(admitted($1)) })
            }
        }
        return isSpoken ? allowed : nil
    }
}
