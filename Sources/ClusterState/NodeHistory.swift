/// What needs the past of nodes: the zones that had one Ready within 24 hours, without those that an autoscaler emptied,
/// and the nodes that were ever Ready. It holds no interned ids.
struct NodeHistory: Sendable {
    /// The nodes of a zone as they were last seen.
    private struct Zone {
        /// Whether each may be deleted as part of ordinary work: Ready, cordoned, or being deleted.
        var nodes: [UID: Bool] = [:]
        /// A node was deleted otherwise, and not every node has been Ready since.
        var hasLostNode = false
    }

    private static let seconds = 86_400.0

    private var zones: [String: Zone] = [:]
    /// Zones without a node whose nodes were all deleted as part of ordinary work.
    private var emptied: Set<String> = []
    /// When each set of zones that had a Ready node at one time was last seen.
    private var readySets: [Set<String>: Double] = [:]
    /// The nodes that were seen Ready.
    private(set) var onceReady: Set<UID> = []

    /// Takes in the nodes there are.
    mutating func observe(_ state: ClusterState, uptime: Double) {
        // The taint with which cluster-autoscaler begins to delete a node (ToBeDeletedTaint in utils/taints/taints.go).
        let leaving = state.interner.find("ToBeDeletedByClusterAutoscaler")
        var names: [StringID: String] = [:]
        var seen: [String: Zone] = [:]
        var ready: Set<String> = []
        var once: Set<UID> = []
        state.nodes.forEach { _, node in
            if node.isReady || onceReady.contains(node.uid) { once.insert(node.uid) }
            guard !node.zone.isEmpty else { return }
            let name = names[node.zone] ?? state.interner.string(node.zone)
            names[node.zone] = name
            seen[name, default: Zone()].nodes[node.uid] =
                node.isReady || node.isCordoned || node.meta.isTerminating || node.taints.contains { $0.key == leaving }
            if node.isReady { ready.insert(name) }
        }
        onceReady = once
        for (name, before) in zones {
            let hasLost = before.nodes.contains { uid, isOrdinary in !isOrdinary && state.nodes[uid] == nil }
            guard before.hasLostNode || hasLost else {
                if seen[name] == nil { emptied.insert(name) }
                continue
            }
            let areAllReady = seen[name]?.nodes.keys.allSatisfy { state.nodes[$0]?.isReady == true } ?? true
            seen[name]?.hasLostNode = !areAllReady
        }
        emptied.subtract(seen.keys)
        zones = seen
        readySets[ready] = uptime
        readySets = readySets.filter { uptime - $0.value <= Self.seconds }
    }

    /// The most zones with a Ready node at one time within the 24 hours before, those left out that are emptied now;
    /// nil before the first observation.
    func mostReadyZones(at uptime: Double) -> Int? {
        readySets.filter { uptime - $0.value <= Self.seconds }.keys.map { $0.subtracting(emptied).count }.max()
    }
}
