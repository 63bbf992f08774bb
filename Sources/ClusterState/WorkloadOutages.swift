/// The time during which each workload that wants replicas had none available, as far as collections found it so. See
/// SIGNALS, «Outages measured».
///
/// The time between two collections counts as the state found at its start, and only where the workload's source was ok
/// at both ends. Everything is kept by UID and forgotten with the workload.
package struct WorkloadOutages: Sendable {
    /// What was measured of one workload.
    package struct Measured: Hashable, Sendable {
        /// Seconds without an available replica.
        package var unavailableSeconds = 0.0
        /// Spells without an available replica that were seen to begin.
        package var outages = 0
        /// The length of the last of them that ended, in seconds; nil before one has.
        package var lastOutageSeconds: Double?
    }

    /// How a workload was found by the last collection.
    private enum Finding: UInt8 {
        /// It wants no replicas.
        case unwanted
        case available, unavailable
    }

    private struct Record {
        var measured = Measured()
        /// The length of the spell that goes on; nil where none does, or where its beginning was not seen.
        var spell: Double?
    }

    /// What is kept of the workloads of one source.
    private struct Kind {
        /// When the source was last found ok; nil where it was not the last time.
        var okAt: Double?
        var observedSeconds = 0.0
        var found: [UID: Finding] = [:]
        /// Only of workloads that were found unavailable once: most never are.
        var records: [UID: Record] = [:]
    }

    private var kinds: [Source: Kind] = [:]

    init() {}

    /// Takes in what there is now.
    mutating func observe(_ state: ClusterState, uptime: Double) {
        observe(.deployments, state, uptime) { add in
            state.deployments.forEach { add($1.uid, Int($1.replicas), Int($1.availableReplicas)) }
        }
        observe(.statefulsets, state, uptime) { add in
            state.statefulSets.forEach { add($1.uid, Int($1.replicas), Int($1.availableReplicas)) }
        }
        observe(.daemonsets, state, uptime) { add in
            state.daemonSets.forEach { add($1.uid, Int($1.desired), Int($1.available)) }
        }
        observe(.replicationcontrollers, state, uptime) { add in
            state.replicationControllers.forEach { add($1.uid, Int($1.replicas), Int($1.availableReplicas)) }
        }
        observe(.replicasets, state, uptime) { add in
            for (uid, replicas) in Self.ownReplicaSets(state) { add(uid, replicas.desired, replicas.available) }
        }
    }

    /// The replicas of ReplicaSets without controller, and summed up those of each controller that is not a Deployment.
    private static func ownReplicaSets(_ state: ClusterState) -> [UID: (desired: Int, available: Int)] {
        let interner = state.interner
        let deploymentKind = interner.find("Deployment")
        var sums: [UID: (desired: Int, available: Int)] = [:]
        state.replicaSets.forEach { _, row in
            let owner = interner.owner(row.meta.owner)
            if let owner, owner.kind == deploymentKind { return }
            let uid = owner?.uid ?? row.uid
            sums[uid, default: (0, 0)].desired += Int(row.replicas)
            sums[uid, default: (0, 0)].available += Int(row.availableReplicas)
        }
        return sums
    }

    private mutating func observe(
        _ source: Source,
        _ state: ClusterState,
        _ uptime: Double,
        _ each: ((UID, Int, Int) -> Void) -> Void
    ) {
        var kind = kinds[source] ?? Kind()
        // What a failing source held is still given, but nobody has seen that it holds.
        guard state.status(of: source).state == .ok else {
            kinds[source]?.okAt = nil
            return
        }
        let elapsed = kind.okAt.map { max(0, uptime - $0) } ?? 0
        kind.okAt = uptime
        kind.observedSeconds += elapsed
        var found: [UID: Finding] = [:]
        var records: [UID: Record] = [:]
        found.reserveCapacity(kind.found.count)
        each { uid, desired, available in
            let now: Finding = desired <= 0 ? .unwanted : available > 0 ? .available : .unavailable
            let before = kind.found[uid]
            found[uid] = now
            guard now == .unavailable || kind.records[uid] != nil else { return }
            records[uid] = Self.advanced(kind.records[uid] ?? Record(), from: before, to: now, by: elapsed)
        }
        kind.found = found
        kind.records = records
        kinds[source] = kind
    }

    private static func advanced(_ record: Record, from before: Finding?, to now: Finding, by elapsed: Double) -> Record
    {
        var record = record
        if before == .unavailable {
            record.measured.unavailableSeconds += elapsed
            record.spell = record.spell.map { $0 + elapsed }
        }
        if now == .unavailable {
            // Only what was available can go out: what is scaled up from nothing, or seen for the first time, has yet to
            // come up.
            if before == .available {
                record.measured.outages += 1
                record.spell = 0
            }
        } else if let spell = record.spell {
            record.measured.lastOutageSeconds = spell
            record.spell = nil
        }
        return record
    }

    /// What was measured of a workload of that source: nothing of one that was not seen yet.
    func measured(_ uid: UID, _ source: Source) -> Measured {
        kinds[source]?.records[uid]?.measured ?? Measured()
    }

    /// Seconds during which the workloads of the source were observed.
    func observedSeconds(_ source: Source) -> Double {
        kinds[source]?.observedSeconds ?? 0
    }
}
