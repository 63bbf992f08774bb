import ClusterState

/// Where workloads could run, zone by zone. Answers are kept by placement, of which there are few.
struct ZonePlacement {
    private let cluster: Cluster
    /// Usable nodes of each zone, one for each distinct set of taints: enough for placements that ask for no labels.
    private let taintClasses: [(zone: Int, taints: [Taint])]
    private var eligible: [PlacementID: Set<Int>] = [:]
    private var pinned: [PlacementID: Set<Int>?] = [:]

    init(_ cluster: Cluster) {
        self.cluster = cluster
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

    /// The zones with a usable node that a workload's placement admits, and that can attach the zone-bound volumes that
    /// its template names: all its pods share those.
    mutating func eligibleZones(of workload: Workload, _ id: PlacementID) -> Set<Int> {
        var zones = eligibleZones(id)
        for reach in sharedVolumes(workload) where reach.isZoneBound {
            zones = zones.filter { reach.zones?.contains(cluster.index.zones[$0]) ?? true }
        }
        return zones
    }

    /// Whether the template names a volume that one node alone can attach.
    func sharesNodeBoundVolume(_ workload: Workload) -> Bool {
        sharedVolumes(workload).contains { $0.isNodeBound }
    }

    /// What can attach each volume that a bound claim of the workload's template stands for.
    private func sharedVolumes(_ workload: Workload) -> [VolumeReach.Reach] {
        guard let template = workload.template else { return [] }
        return cluster.state.interner.template(template).claims
            .compactMap { cluster.index.volumes.reach(ofClaim: $0, in: workload.namespace) }
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
    /// An alternative that does not speak of one admits every zone. A CSI driver's key is a label of nodes like any
    /// other: the zones are those of the nodes that have it. An empty value is no zone.
    mutating func requiredZones(_ id: PlacementID) -> Set<Int>? {
        if id == .none { return nil }
        if let known = pinned[id] { return known }
        let zones = requiredZones(cluster.state.interner.placement(id))
        pinned[id] = .some(zones)
        return zones
    }

    private func requiredZones(_ placement: Placement) -> Set<Int>? {
        let interner = cluster.state.interner
        func onZones(_ requirements: [LabelRequirement]) -> [LabelRequirement] {
            requirements.filter { interner.isZoneKey($0.key) && ($0.op != .in || $0.values.contains { !$0.isEmpty }) }
        }
        let selector = onZones(placement.nodeSelector)
        let terms = placement.requiredAffinity?.map { onZones($0.expressions) }
        guard !selector.isEmpty || terms?.contains(where: { !$0.isEmpty }) == true else { return nil }
        var zones: Set<Int> = []
        for (node, zone) in zip(cluster.index.nodes, cluster.index.zoneOfNode) where zone >= 0 && !zones.contains(zone)
        {
            func meets(_ requirements: [LabelRequirement]) -> Bool {
                requirements.allSatisfy { $0.matches(interner.label($0.key, in: node.meta.labels), interner) }
            }
            if meets(selector), terms?.contains(where: meets) ?? true { zones.insert(zone) }
        }
        return zones
    }
}
