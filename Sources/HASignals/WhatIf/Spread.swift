import ClusterState

/// How many pods are at each of a few places.
struct PlaceCounts {
    /// The places with their pods, in order of the place: positions of nodes, or of zones.
    private(set) var entries: [(place: Int, count: Int)] = []

    /// No pods.
    init() {}

    /// Counts a place as often as it is given.
    init(_ places: [Int]) {
        for place in places.sorted() {
            if let last = entries.last, last.place == place {
                entries[entries.count - 1].count += 1
            } else {
                entries.append((place, 1))
            }
        }
    }

    /// How many places there are.
    var count: Int { entries.count }

    /// The only place; nil where there are none or several.
    var only: Int? { entries.count == 1 ? entries[0].place : nil }

    /// The pods of the place with the most; 0 without places.
    var most: Int { entries.lazy.map(\.count).max() ?? 0 }

    /// Takes in other pods.
    mutating func add(_ other: PlaceCounts) {
        var sums = Dictionary(uniqueKeysWithValues: entries.lazy.map { ($0.place, $0.count) })
        for entry in other.entries { sums[entry.place, default: 0] += entry.count }
        entries = sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

/// Where the healthy pods of a workload are, and what would be left of them.
struct Spread {
    /// Healthy pods.
    var healthy = 0
    /// By position of the zone; only zones that are known.
    var byZone = PlaceCounts()
    /// By position of the node.
    var byNode = PlaceCounts()
    /// Whether the zone of every healthy pod is known.
    var areZonesKnown = true

    /// No pods.
    init() {}

    init(ofWorkload position: Int, _ index: ClusterIndex) {
        var nodes: [Int] = []
        nodes.reserveCapacity(index.podsByWorkload.count(of: position))
        index.podsByWorkload.forEach(in: position) { number in
            if index.pods[number].isHealthy { nodes.append(Int(index.pods[number].node)) }
        }
        let zones = nodes.map { index.zoneOfNode[$0] }.filter { $0 >= 0 }
        healthy = nodes.count
        byNode = PlaceCounts(nodes)
        byZone = PlaceCounts(zones)
        areZonesKnown = zones.count == nodes.count
    }

    /// Takes in the pods of another workload that does the same work.
    mutating func add(_ other: Spread) {
        healthy += other.healthy
        byZone.add(other.byZone)
        byNode.add(other.byNode)
        areZonesKnown = areZonesKnown && other.areZonesKnown
    }

    /// Healthy pods left after the worst zone loss; nil where a zone is not known.
    var survivingZoneLoss: Int? {
        areZonesKnown ? healthy - byZone.most : nil
    }

    /// Healthy pods left after the worst node loss.
    var survivingNodeLoss: Int {
        healthy - byNode.most
    }

    /// Most minus fewest healthy pods over the zones, those with none included; nil with fewer than two zones.
    func skew(over zones: Set<Int>) -> Int? {
        guard zones.count >= 2 else { return nil }
        let counts = byZone.entries.filter { zones.contains($0.place) }.map(\.count)
        let fewest = counts.count < zones.count ? 0 : counts.min() ?? 0
        return (counts.max() ?? 0) - fewest
    }
}
