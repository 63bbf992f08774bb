import ClusterState

/// A place, or whatever else has a position, as long as everything that was added is there.
struct SinglePlace: BitwiseCopyable {
    private static let several: Int32 = -2

    private var value: Int32 = -1

    /// The position of the place that holds everything; −1 where nothing was added or there are several.
    var position: Int { max(-1, Int(value)) }

    /// Whether there are several places.
    var isSeveral: Bool { value == Self.several }

    /// Adds something at a place.
    mutating func add(_ position: Int) {
        if value == -1 {
            value = Int32(position)
        } else if value != Int32(position) {
            value = Self.several
        }
    }
}

/// Where the healthy pods of each workload are, as far as one node or zone holds them all.
struct WorkloadPlaces {
    /// Where those of one workload are.
    struct Entry: BitwiseCopyable {
        /// Healthy pods.
        var healthy: Int32 = 0
        /// Positions in ``ClusterIndex/nodes`` and ``ClusterIndex/zones``.
        var node = SinglePlace()
        var zone = SinglePlace()
        /// A healthy pod is in no zone that is known.
        var hasUnknownZone = false

        /// The zone that holds every healthy pod; −1 where there is none, and where that is not known.
        var onlyZone: Int { hasUnknownZone ? -1 : zone.position }

        /// Whether a zone could hold every healthy pod, and it is not known whether it does.
        var isZoneUndecided: Bool { hasUnknownZone && !zone.isSeveral }
    }

    /// By position of the workload.
    private(set) var entries: ContiguousArray<Entry>

    /// Works out the places, in one pass over the pods.
    init(_ index: ClusterIndex) {
        var entries = ContiguousArray(repeating: Entry(), count: index.workloads.count)
        for facts in index.pods where facts.isHealthy && facts.workload >= 0 {
            let node = Int(facts.node)
            let zone = index.zoneOfNode[node]
            entries[Int(facts.workload)].healthy += 1
            entries[Int(facts.workload)].node.add(node)
            if zone >= 0 {
                entries[Int(facts.workload)].zone.add(zone)
            } else {
                entries[Int(facts.workload)].hasUnknownZone = true
            }
        }
        self.entries = entries
    }
}
