import ClusterState

/// Where the healthy pods of a workload are, and what would be left of them.
struct Spread {
    /// Healthy pods.
    var healthy = 0
    /// By position of the zone; only zones that are known.
    var byZone: [Int: Int] = [:]
    /// By position of the node.
    var byNode: [Int: Int] = [:]
    /// Whether the zone of every healthy pod is known.
    var areZonesKnown = true

    /// No pods.
    init() {}

    init(ofWorkload position: Int, _ index: ClusterIndex) {
        index.podsByWorkload.forEach(in: position) { number in
            guard index.pods[number].isHealthy else { return }
            healthy += 1
            byNode[Int(index.pods[number].node), default: 0] += 1
            let zone = index.zone(ofPod: number)
            if zone >= 0 {
                byZone[zone, default: 0] += 1
            } else {
                areZonesKnown = false
            }
        }
    }

    /// Takes in the pods of another workload that does the same work.
    mutating func add(_ other: Spread) {
        healthy += other.healthy
        byZone.merge(other.byZone, uniquingKeysWith: +)
        byNode.merge(other.byNode, uniquingKeysWith: +)
        areZonesKnown = areZonesKnown && other.areZonesKnown
    }

    /// Healthy pods left after the worst zone loss; nil where a zone is not known.
    var survivingZoneLoss: Int? {
        areZonesKnown ? healthy - (byZone.values.max() ?? 0) : nil
    }

    /// Healthy pods left after the worst node loss.
    var survivingNodeLoss: Int {
        healthy - (byNode.values.max() ?? 0)
    }

    /// Most minus fewest healthy pods over the zones, those with none included; nil with fewer than two zones.
    func skew(over zones: Set<Int>) -> Int? {
        guard zones.count >= 2 else { return nil }
        let counts = zones.map { byZone[$0] ?? 0 }
        return (counts.max() ?? 0) - (counts.min() ?? 0)
    }
}

/// What the loss of each zone or node would do, counted over everything that is judged.
struct LossCounts {
    var unavailable: [Int: Int] = [:]
    var degraded: [Int: Int] = [:]

    /// Takes in a workload's healthy pods by place.
    mutating func add(_ byPlace: [Int: Int], healthy: Int) {
        for (place, count) in byPlace {
            if count == healthy { unavailable[place, default: 0] += 1 } else { degraded[place, default: 0] += 1 }
        }
    }
}

/// The budgets that would fall below desiredHealthy with the loss of a zone or node.
struct BudgetLosses {
    private(set) var byZone: [Int: Int] = [:]
    private(set) var byNode: [Int: Int] = [:]

    init(_ cluster: Cluster) {
        let index = cluster.index
        // Counted by position in arrays that are made once: dictionaries a budget would take ten times as long.
        var perNode = Array(repeating: 0, count: index.nodes.count)
        var perZone = Array(repeating: 0, count: index.zones.count)
        var nodes: [Int] = []
        for facts in index.budgets {
            var healthy = 0
            facts.labelGroups.forEach { group in
                index.labelGroups.forEachPod(in: group) { number in
                    guard index.pods[number].isHealthy else { return }
                    healthy += 1
                    let node = Int(index.pods[number].node)
                    if perNode[node] == 0 { nodes.append(node) }
                    perNode[node] += 1
                }
            }
            let needed = Int(facts.budget.desiredHealthy)
            for node in nodes {
                if healthy - perNode[node] < needed { byNode[node, default: 0] += 1 }
                if index.zoneOfNode[node] >= 0 { perZone[index.zoneOfNode[node]] += perNode[node] }
                perNode[node] = 0
            }
            // A zone in which none of its pods is takes none of them along.
            for zone in perZone.indices where perZone[zone] > 0 {
                if healthy - perZone[zone] < needed { byZone[zone, default: 0] += 1 }
                perZone[zone] = 0
            }
            nodes.removeAll(keepingCapacity: true)
        }
    }
}
