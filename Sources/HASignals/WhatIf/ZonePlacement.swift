import ClusterState

/// Where workloads could run, zone by zone. Answers are kept by placement, of which there are few.
struct ZonePlacement {
    private let context: CollectionContext
    /// Usable nodes of each zone, one for each distinct set of taints: enough for placements that ask for no labels.
    private let taintClasses: [(zone: Int, taints: [Taint])]
    private var eligible: [PlacementID: Set<Int>] = [:]
    private var pinned: [PlacementID: Set<Int>?] = [:]

    init(_ context: CollectionContext) {
        self.context = context
        var seen: Set<[Taint]> = []
        var byZone: [Int: Set<[Taint]>] = [:]
        var classes: [(Int, [Taint])] = []
        for (position, node) in context.index.nodes.enumerated() where node.isUsable {
            let zone = context.index.zoneOfNode[position]
            guard zone >= 0 else { continue }
            let hard = node.taints.filter { $0.effect != .preferNoSchedule }
            seen.insert(hard)
            if byZone[zone, default: []].insert(hard).inserted { classes.append((zone, hard)) }
        }
        taintClasses = classes
    }

    /// The placement that a workload's pods have: of its template, without one that of a pod.
    func placement(of workload: Workload, at position: Int) -> PlacementID? {
        if let template = workload.template { return context.state.interner.template(template).placement }
        var first: PlacementID?
        context.index.podsByWorkload.forEach(in: position) { number in
            if first == nil { first = context.pod(number)?.placement(context.state.interner) }
        }
        return first
    }

    /// The zones with a usable node that the placement admits, as positions.
    mutating func eligibleZones(_ id: PlacementID) -> Set<Int> {
        if let known = eligible[id] { return known }
        let interner = context.state.interner
        let placement = interner.placement(id)
        var zones: Set<Int> = []
        if placement.nodeSelector.isEmpty && placement.requiredAffinity == nil {
            for (zone, taints) in taintClasses where placement.tolerates(taints) { zones.insert(zone) }
        } else {
            for (position, node) in context.index.nodes.enumerated() where node.isUsable {
                let zone = context.index.zoneOfNode[position]
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
            zones = zones.filter { reach.zones?.contains(context.index.zones[$0]) ?? true }
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
        return context.state.interner.template(template).claims
            .compactMap { context.index.volumes.reach(ofClaim: $0, in: workload.namespace) }
    }

    /// How many usable nodes the placement admits, counted no further than two.
    func admitsSeveralNodes(_ id: PlacementID) -> Bool {
        let interner = context.state.interner
        let placement = interner.placement(id)
        var count = 0
        for node in context.index.nodes
        where node.isUsable && placement.admits(labels: node.meta.labels, name: node.meta.name, interner)
            && placement.tolerates(node.taints)
        {
            count += 1
            if count > 1 { return true }
        }
        return false
    }

    /// The zones that node selector and required affinity on the zone keys admit; nil where neither restricts the
    /// zone. An alternative that does not restrict it admits every zone. A CSI driver's key is a label of nodes like any
    /// other: the zones are those of the nodes that have it. An empty value is no zone.
    mutating func requiredZones(_ id: PlacementID) -> Set<Int>? {
        if id == .none { return nil }
        if let known = pinned[id] { return known }
        let zones = requiredZones(context.state.interner.placement(id))
        pinned[id] = .some(zones)
        return zones
    }

    private func requiredZones(_ placement: Placement) -> Set<Int>? {
        let interner = context.state.interner
        func onZones(_ requirements: [LabelRequirement]) -> [LabelRequirement] {
            requirements.filter { interner.isZoneKey($0.key) && ($0.op != .in || $0.values.contains { !$0.isEmpty }) }
        }
        let selector = onZones(placement.nodeSelector)
        let terms = placement.requiredAffinity?.map { onZones($0.expressions) }
        guard !selector.isEmpty || terms?.contains(where: { !$0.isEmpty }) == true else { return nil }
        var zones: Set<Int> = []
        for (node, zone) in zip(context.index.nodes, context.index.zoneOfNode) where zone >= 0 && !zones.contains(zone)
        {
            func meets(_ requirements: [LabelRequirement]) -> Bool {
                requirements.allSatisfy { $0.matches(interner.label($0.key, in: node.meta.labels), interner) }
            }
            if meets(selector), terms?.contains(where: meets) ?? true { zones.insert(zone) }
        }
        return zones
    }
}

extension ZonePlacement {
    /// Healthy pods that could not run in any other zone, by zone: their bound volumes and what they ask of the zone
    /// leave that one only. DaemonSets' pods are meant for their nodes and left out.
    mutating func pinnedPods() -> [Int: Int] {
        let interner = context.state.interner
        let volumes = context.index.volumes
        let positions = StringPositions(context.index.zones, interner)
        let pods = context.index.pods
        var pinned: [Int: Int] = [:]
        // By the number of what can attach a volume: there are few.
        var zonesOfReach: [Int: Set<Int>] = [:]
        context.state.pods.forEach { number, pod in
            guard number < pods.count, pods[number].isHealthy, !pods[number].isDaemon else { return }
            var allowed = requiredZones(pod.placement(interner))
            volumes.forEachVolume(of: pod, interner) { volume in
                let number = volumes.reachNumber(ofRow: volume)
                guard let zones = volumes.reach(number: number).zones else { return }
                let reachable = zonesOfReach[number] ?? Set(zones.map { positions[$0] ?? -1 })
                zonesOfReach[number] = reachable
                allowed = allowed.map { $0.intersection(reachable) } ?? reachable
            }
            if let allowed, allowed.count == 1, let zone = allowed.first { pinned[zone, default: 0] += 1 }
        }
        return pinned
    }
}
