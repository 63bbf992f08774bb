import ClusterState

extension ServiceFacts {
    /// The node that every ready endpoint is on, by its position; −1 where there are several, none that is known, or none
    /// at all. What is written down as an address of no node is on none: it stays when a node goes.
    func onlyNode(_ index: ClusterIndex) -> Int {
        guard ready > 0, nodes.areKnown, nodes.count == 1 else { return -1 }
        return index.nodePositions[nodes.first] ?? -1
    }

    /// Whether one node could hold every ready endpoint, and it is not known whether it does.
    var isNodeUndecided: Bool {
        ready > 0 && !nodes.areKnown && nodes.count <= 1 && outside == 0
    }

    /// The zone that every ready endpoint is in, by its position; −1 likewise.
    func onlyZone(_ positions: [StringID: Int]) -> Int {
        guard ready > 0, zones.areKnown, zones.count == 1 else { return -1 }
        return positions[zones.first] ?? -1
    }

    /// Whether one zone could hold every ready endpoint, and it is not known whether it does.
    var isZoneUndecided: Bool {
        ready > 0 && !zones.areKnown && zones.count <= 1 && outside == 0
    }
}
