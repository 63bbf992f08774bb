import ClusterState

/// The revisions that controllers keep of their workloads: ReplicaSets of Deployments, ControllerRevisions of
/// StatefulSets and DaemonSets. Counted in one pass each, however many there are.
package struct RevisionFacts: Sendable {
    private struct Revisions {
        var count: Int32
        /// The highest revision number seen, and the hash that pods of it carry.
        var newest: Int64
        var hash: StringID
    }

    private var replicaSets: [UID: Int32] = [:]
    private var controllerRevisions: [UID: Revisions] = [:]

    init() {}

    init(_ state: ClusterState) {
        if state.status(of: .replicasets).state.givesFamilies { countReplicaSets(state) }
        if state.status(of: .controllerrevisions).state.givesFamilies { countControllerRevisions(state) }
    }

    private mutating func countReplicaSets(_ state: ClusterState) {
        // The ReplicaSets of a Deployment share one owner id: an array takes the place of 100,000 look-ups by UID.
        var counts = ContiguousArray<Int32>(repeating: 0, count: state.interner.listCapacity)
        var owners: [OwnerID] = []
        state.replicaSets.forEach { _, row in
            guard row.meta.owner != .none else { return }
            let slot = Int(row.meta.owner.value)
            if counts[slot] == 0 { owners.append(row.meta.owner) }
            counts[slot] += 1
        }
        replicaSets.reserveCapacity(owners.count)
        for id in owners {
            guard let owner = state.interner.owner(id) else { continue }
            replicaSets[owner.uid, default: 0] += counts[Int(id.value)]
        }
    }

    private mutating func countControllerRevisions(_ state: ClusterState) {
        let key = state.interner.find(.controllerRevisionHash)
        var slots = ContiguousArray<Int32>(repeating: -1, count: state.interner.listCapacity)
        var found: [(owner: OwnerID, revisions: Revisions)] = []
        state.controllerRevisions.forEach { _, row in
            guard row.meta.owner != .none else { return }
            var position = Int(slots[Int(row.meta.owner.value)])
            if position < 0 {
                position = found.count
                slots[Int(row.meta.owner.value)] = Int32(position)
                found.append((row.meta.owner, Revisions(count: 0, newest: .min, hash: .empty)))
            }
            found[position].revisions.count += 1
            if row.revision >= found[position].revisions.newest {
                found[position].revisions.newest = row.revision
                found[position].revisions.hash = key.flatMap { state.interner.label($0, in: row.meta.labels) } ?? .empty
            }
        }
        controllerRevisions.reserveCapacity(found.count)
        for (id, revisions) in found {
            guard let owner = state.interner.owner(id) else { continue }
            controllerRevisions[owner.uid] = revisions
        }
    }

    /// ReplicaSets of a Deployment beside the one of its template.
    func oldReplicaSets(of deployment: UID) -> Int {
        max(0, Int(replicaSets[deployment] ?? 0) - 1)
    }

    /// ControllerRevisions of a StatefulSet or DaemonSet beside the one of its template.
    func oldControllerRevisions(of owner: UID) -> Int {
        max(0, Int(controllerRevisions[owner]?.count ?? 0) - 1)
    }

    /// The label `controller-revision-hash` of the newest ControllerRevision; nil where there is none.
    func newestHash(of owner: UID) -> StringID? {
        guard let hash = controllerRevisions[owner]?.hash, !hash.isEmpty else { return nil }
        return hash
    }
}
