import ClusterState

/// What the loss of each zone or node would do, counted over everything that is judged.
struct LossCounts {
    /// Workloads that would lose every healthy pod, by position of the zone or node.
    private(set) var unavailable: [Int]
    /// Workloads that would lose some of their healthy pods, likewise.
    private(set) var degraded: [Int]

    /// No losses of so many places.
    init(count: Int) {
        unavailable = Array(repeating: 0, count: count)
        degraded = unavailable
    }

    /// Takes in a workload's healthy pods by place.
    mutating func add(_ places: PlaceCounts, healthy: Int) {
        for entry in places.entries {
            if entry.count == healthy { unavailable[entry.place] += 1 } else { degraded[entry.place] += 1 }
        }
    }
}

/// What the loss of each zone and of each node would do to workloads.
struct WorkloadLosses {
    private(set) var zones: LossCounts
    private(set) var nodes: LossCounts

    init(_ index: ClusterIndex) {
        zones = LossCounts(count: index.zones.count)
        nodes = LossCounts(count: index.nodes.count)
    }

    /// Takes in a workload's healthy pods.
    mutating func add(_ spread: Spread) {
        zones.add(spread.byZone, healthy: spread.healthy)
        nodes.add(spread.byNode, healthy: spread.healthy)
    }
}

extension CollectionContext {
    /// The number of Services whose every ready endpoint is in one zone, by the zone's name.
    func servicesInOneZone() -> [StringID: Int] {
        var lost: [StringID: Int] = [:]
        for position in index.services.indices {
            let zones = index.services[position].zones
            if zones.areKnown, zones.count == 1 { lost[zones.first, default: 0] += 1 }
        }
        return lost
    }
}
