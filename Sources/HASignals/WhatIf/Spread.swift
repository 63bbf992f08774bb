import ClusterState

/// How many pods are at each place, counted as they come.
struct PlaceCounts {
    /// Beyond so many places they are looked up in a dictionary.
    private static let searchLimit = 32

    /// The places with their pods, in the order in which they came: positions of nodes, or of zones.
    private(set) var entries: [(place: Int, count: Int)] = []
    private var positions: [Int: Int] = [:]

    /// Makes room for places: without it the entries grow step by step, which takes half the time of counting.
    mutating func reserve(_ count: Int) {
        entries.reserveCapacity(min(count, Self.searchLimit))
    }

    /// Adds pods at a place.
    mutating func add(_ place: Int, count: Int) {
        if entries.count <= Self.searchLimit {
            if let known = entries.firstIndex(where: { $0.place == place }) {
                entries[known].count += count
                return
            }
        } else {
            if positions.isEmpty {
                positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.place, $0) })
            }
            if let known = positions[place] {
                entries[known].count += count
                return
            }
            positions[place] = entries.count
        }
        entries.append((place, count))
    }

    /// Takes in other pods.
    mutating func add(_ other: PlaceCounts) {
        for entry in other.entries { add(entry.place, count: entry.count) }
    }

    /// How many places there are.
    var count: Int { entries.count }

    /// The only place; nil where there are none or several.
    var only: Int? { entries.count == 1 ? entries[0].place : nil }

    /// The pods of the place with the most; 0 without places.
    var most: Int { entries.lazy.map(\.count).max() ?? 0 }
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
        self.init(index.podsByWorkload[position], of: index.pods, index.zoneOfNode)
    }

    /// Where pods are, by their row numbers; the rest as in ``ClusterIndex``.
    init(_ rows: ArraySlice<Int32>, of pods: ContiguousArray<PodFacts>, _ zoneOfNode: [Int]) {
        byNode.reserve(rows.count)
        for row in rows where pods[Int(row)].isHealthy {
            healthy += 1
            byNode.add(Int(pods[Int(row)].node), count: 1)
        }
        // Few clusters have more than four zones.
        byZone.reserve(min(byNode.count, 4))
        for entry in byNode.entries {
            let zone = zoneOfNode[entry.place]
            if zone >= 0 { byZone.add(zone, count: entry.count) } else { areZonesKnown = false }
        }
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
