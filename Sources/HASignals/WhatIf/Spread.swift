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
