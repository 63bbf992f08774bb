/// What needs the past: how long ago things were seen to change, and the most there has been of something.
///
/// Advanced once a collection by ``observe(_:probes:now:uptime:)``, which is pure: the same inputs give the same value.
/// Empty after a start and on recordings; each reader says what it then gives. Its size is bounded by the objects there
/// are: what is gone is forgotten. It holds no interned ids, since a sweep would not know of them.
package struct Observations: Sendable {
    /// One lease as it was last seen.
    package struct LeaseSight: Hashable, Sendable {
        var holder: String
        var renewed: Timestamp?
        /// Uptime when it was last seen to change (or first seen), less the age it had then.
        var changedAt: Double
        /// Whether it was seen to change since the start.
        package var hasChanged: Bool
        /// Its age in seconds at first sight; nil once it was seen to change.
        package var ageAtFirstSight: Double?
    }

    private var leases: [UID: LeaseSight] = [:]
    /// The end of their ages: when the leases held were last known to be those of the cluster.
    private var leaseUptime = 0.0
    private var nodeLeases: [UID: LeaseSight] = [:]
    /// What the areas read may not move any more: see ``freeze()``.
    package private(set) var isFrozen = false
    /// When our own leader lease was last seen to change; nil where it never was, and without an election.
    private var ownLeaseChangedAt: Double?
    private var nodeLeaseLists = -1
    private var nodeLeaseListUptime = 0.0
    /// Since when each node's condition Ready stands as it does, by the node and by when that was seen.
    private var readiness: [UID: (since: Seconds, seenAt: Double)] = [:]
    private var nodes = NodeHistory()
    /// The most API server addresses at one time within 24 hours.
    private var apiServers = WindowMaximum()
    /// Workloads that served at some time, as far as that was seen since the start.
    private var servedWorkloads: Set<UID> = []
    /// Services that had a ready endpoint at some time since the start.
    private var everServed: Set<UID> = []
    /// The leader's raft index of the round before, by etcd cluster.
    private var leaderIndex: [String: UInt64] = [:]
    private var newLeaderIndex: [String: UInt64] = [:]
    private var outages = WorkloadOutages()
    /// The clock of the last ``observe(_:probes:now:uptime:)``.
    private var uptime = 0.0
    private var firstUptime: Double?

    /// Creates observations of nothing.
    package init() {}

    /// Takes in what there is now.
    ///
    /// - Parameters:
    ///   - state: The cluster.
    ///   - probes: What the control plane answered in this round.
    ///   - now: Wall time, for what the cluster itself wrote.
    ///   - uptime: Monotonic seconds, for everything that is "seen".
    ///   - leasesKnownAt: Monotonic seconds at which the leases were last known to be those of the cluster: by an event
    ///     or bookmark of their watch, or by a list; nil for now. No lease is older than that: a watch that has died
    ///     looks like a control plane that writes nothing, and must not be taken for one.
    package mutating func observe(
        _ state: ClusterState,
        probes: ProbeResults,
        now: Timestamp,
        uptime: Double,
        leasesKnownAt: Double? = nil
    ) {
        self.uptime = uptime
        leaseUptime = min(uptime, leasesKnownAt ?? uptime)
        firstUptime = firstUptime ?? uptime
        observeLeases(state, now: now, uptime: uptime)
        observeReadiness(state, uptime: uptime)
        observeMaxima(state, uptime: uptime)
        observeWorkloads(state)
        observeServices(state)
        outages.observe(state, uptime: uptime)
        leaderIndex = newLeaderIndex
        newLeaderIndex = [:]
        for cluster in probes.etcdClusters {
            guard let leader = cluster.leader, let index = leader.raftIndex else { continue }
            newLeaderIndex[cluster.name] = index
        }
    }

    private mutating func observeLeases(_ state: ClusterState, now: Timestamp, uptime: Double) {
        func sight(_ spec: LeaseSpec, _ before: LeaseSight?, at uptime: Double) -> LeaseSight {
            let holder = state.interner.string(spec.holder)
            if let before {
                if before.holder == holder && before.renewed == spec.renewed { return before }
                return LeaseSight(holder: holder, renewed: spec.renewed, changedAt: uptime, hasChanged: true)
            }
            let age = spec.renewed.map { max(0, now.seconds - $0.seconds) } ?? 0
            return LeaseSight(
                holder: holder,
                renewed: spec.renewed,
                changedAt: uptime - age,
                hasChanged: false,
                ageAtFirstSight: age
            )
        }
        var seen: [UID: LeaseSight] = [:]
        state.leases.forEach { _, lease in
            let before = leases[lease.uid]
            let now = sight(lease.spec, before, at: leaseUptime)
            if let before, before != now { isFrozen = false }
            seen[lease.uid] = now
        }
        leases = seen
        // Node leases are listed once a minute: both ends of their age are times of lists.
        let lists = state.status(of: .nodeleases).relists
        if lists != nodeLeaseLists {
            nodeLeaseLists = lists
            nodeLeaseListUptime = uptime
            var seen: [UID: LeaseSight] = [:]
            seen.reserveCapacity(state.nodeLeases.count)
            state.nodeLeases.forEach { seen[$1.uid] = sight($1.spec, nodeLeases[$1.uid], at: uptime) }
            nodeLeases = seen
        }
    }

    private mutating func observeServices(_ state: ClusterState) {
        guard state.status(of: .services).state.givesFamilies, state.status(of: .endpointslices).state.givesFamilies
        else { return }
        struct Key: Hashable {
            var namespace: StringID
            var name: StringID
        }
        var served: Set<Key> = []
        state.endpointSlices.forEach { _, slice in
            guard !slice.service.isEmpty, slice.endpoints.contains(where: \.isReady) else { return }
            served.insert(Key(namespace: slice.meta.namespace, name: slice.service))
        }
        var known: Set<UID> = []
        state.services.forEach { _, service in
            let key = Key(namespace: service.meta.namespace, name: service.meta.name)
            if served.contains(key) || everServed.contains(service.uid) { known.insert(service.uid) }
        }
        everServed = known
    }

    private mutating func observeReadiness(_ state: ClusterState, uptime: Double) {
        guard state.status(of: .nodes).state.givesFamilies else { return }
        // When it was seen is not known of the nodes that are there at the start: the newest renewal of the list tells.
        let newest = readiness.isEmpty ? nodeLeases.values.compactMap(\.renewed?.seconds).max() : nil
        var seen: [UID: (since: Seconds, seenAt: Double)] = [:]
        seen.reserveCapacity(state.nodes.count)
        state.nodes.forEach { _, node in
            if let before = readiness[node.uid], before.since == node.readySince {
                seen[node.uid] = before
            } else {
                let isOlder = newest.map { node.readySince.timestamp.seconds <= $0 } ?? false
                seen[node.uid] = (node.readySince, isOlder ? -.infinity : uptime)
            }
        }
        readiness = seen
    }

    private mutating func observeMaxima(_ state: ClusterState, uptime: Double) {
        if state.status(of: .nodes).state.givesFamilies {
            nodes.observe(state, uptime: uptime)
        }
        if state.status(of: .endpointslices).state.givesFamilies {
            apiServers.add(state.apiServerAddresses.count, at: uptime)
        }
    }

    private mutating func observeWorkloads(_ state: ClusterState) {
        var now: Set<UID> = []
        let before = servedWorkloads
        func add(_ uid: UID, _ available: Int32) {
            if available > 0 || before.contains(uid) { now.insert(uid) }
        }
        state.deployments.forEach { add($1.uid, max($1.availableReplicas, $1.hasCompletedRollout ? 1 : 0)) }
        state.statefulSets.forEach { add($1.uid, $1.availableReplicas) }
        state.daemonSets.forEach { add($1.uid, $1.available) }
        state.replicationControllers.forEach { add($1.uid, $1.availableReplicas) }
        // A workload of another controller's kind (Argo Rollouts) is known by its ReplicaSets alone: theirs is its past.
        state.replicaSets.forEach { add(state.interner.owner($1.meta.owner)?.uid ?? $1.uid, $1.availableReplicas) }
        // What a pod tells of its workload goes with the pod. Pods of one owner share its id: each is looked up once.
        var isSeen = ContiguousArray<Bool>(repeating: false, count: state.interner.listCapacity)
        state.pods.forEach { _, pod in
            guard pod.flags.hasBeenReady, pod.owner != .none, !isSeen[Int(pod.owner.value)] else { return }
            isSeen[Int(pod.owner.value)] = true
            guard let owner = state.interner.owner(pod.owner) else { return }
            now.insert(state.replicaSets[owner.uid].flatMap { state.interner.owner($0.meta.owner)?.uid } ?? owner.uid)
        }
        servedWorkloads = now
    }

    /// Keeps in mind that the control plane was seen not to write, or could not be seen to. Only a lease that is seen to
    /// change ends it: that the rules which told of it cannot be evaluated any more proves nothing.
    package mutating func freeze() {
        isFrozen = true
    }

    /// Sets what was measured of outages back to nothing: a replica does not count while another one is scraped.
    package mutating func restartOutages() {
        outages = WorkloadOutages()
    }

    /// Notes that our own leader lease was seen to change: the API server accepted a write.
    ///
    /// - Parameter uptime: Monotonic seconds.
    package mutating func noteOwnLeaseChange(at uptime: Double) {
        ownLeaseChangedAt = max(uptime, ownLeaseChangedAt ?? uptime)
        isFrozen = false
    }

    // MARK: Readers

    /// Whether any of the leases held was seen to change since the start: until then their list may be as old as the
    /// outage.
    package var haveLeasesChanged: Bool { leases.values.contains { $0.hasChanged } }

    /// Seconds by which the lease's renewal is behind the newest of its list, by the clocks of those who renewed them; nil
    /// for one not observed and one that nobody ever renewed. It tells at first sight what an exporter that has just
    /// started cannot have seen, and does not depend on the exporter's clock.
    package func leaseLag(_ uid: UID) -> Double? {
        Self.lag(of: uid, in: leases)
    }

    /// The same of a node's lease among node leases.
    package func nodeLeaseLag(_ uid: UID) -> Double? {
        Self.lag(of: uid, in: nodeLeases)
    }

    private static func lag(of uid: UID, in sights: [UID: LeaseSight]) -> Double? {
        guard let own = sights[uid]?.renewed else { return nil }
        return sights.values.compactMap(\.renewed?.seconds).max().map { max(0, $0 - own.seconds) }
    }

    /// Seconds between the first observation and the last.
    package var span: Double { uptime - (firstUptime ?? uptime) }

    /// Seconds from when the lease was last seen to change, at first sight from its renewal, to when it was last known
    /// to stand so. nil for one not observed, and for one that nobody ever renewed nor was seen to change.
    package func leaseAge(_ uid: UID) -> Double? {
        guard let sight = leases[uid], sight.hasChanged || sight.renewed != nil else { return nil }
        return Self.microseconds(leaseUptime - sight.changedAt)
    }

    /// The part of ``leaseAge(_:)`` that passed under observation, on our own clock: what it was at first sight compares
    /// two machines' clocks, and a clock that is off is no lease that has expired. The same as the age once the lease was
    /// seen to change.
    package func watchedLeaseAge(_ uid: UID) -> Double? {
        Self.watched(leaseAge(uid), leases[uid])
    }

    /// Seconds since any leader or identity lease in kube-system, or our own leader lease, was last seen to change, over
    /// those that changed at least once since the start; nil where none did. It tells whether the cluster still accepts
    /// writes.
    package func writeAge(_ state: ClusterState) -> Double? {
        var youngest = ownLeaseChangedAt.map { Self.microseconds(max(0, uptime - $0)) }
        state.leases.forEach { _, lease in
            guard leases[lease.uid]?.hasChanged == true, state.isIdentity(lease) || state.isLeader(lease),
                let age = leaseAge(lease.uid)
            else { return }
            youngest = min(youngest ?? age, age)
        }
        return youngest
    }

    /// How the lease was last seen.
    package func leaseSight(_ uid: UID) -> LeaseSight? {
        leases[uid]
    }

    /// The same of a node's lease, as of the last list.
    package func nodeLeaseAge(_ uid: UID) -> Double? {
        guard let sight = nodeLeases[uid], sight.hasChanged || sight.renewed != nil else { return nil }
        return Self.microseconds(nodeLeaseListUptime - sight.changedAt)
    }

    /// Whether the node's lease was seen to change since the start.
    package func hasNodeLeaseChanged(_ uid: UID) -> Bool {
        nodeLeases[uid]?.hasChanged ?? false
    }

    /// The part of ``nodeLeaseAge(_:)`` that passed under observation; see ``watchedLeaseAge(_:)``.
    package func watchedNodeLeaseAge(_ uid: UID) -> Double? {
        Self.watched(nodeLeaseAge(uid), nodeLeases[uid])
    }

    /// Whether node leases were listed since the node's condition Ready was seen to change. A lease listed before that is
    /// no heartbeat of a node that came back.
    package func hasListedNodeLeases(sinceReadinessOf node: UID) -> Bool {
        nodeLeaseListUptime > readiness[node]?.seenAt ?? -.infinity
    }

    private static func watched(_ age: Double?, _ sight: LeaseSight?) -> Double? {
        age.map { microseconds($0 - (sight?.ageAtFirstSight ?? 0)) }
    }

    /// At least 0, in whole microseconds: what a Lease's times are written in. More digits would only be what is lost
    /// when two large numbers are subtracted.
    private static func microseconds(_ seconds: Double) -> Double {
        seconds <= 0 ? 0 : (seconds * 1e6).rounded() / 1e6
    }

    /// The most zones with a Ready node at one time within 24 hours, without those that an autoscaler emptied.
    package var mostReadyZones: Int? { nodes.mostReadyZones(at: uptime) }

    /// Whether the node was seen Ready since the start.
    package func wasReady(node uid: UID) -> Bool {
        nodes.onceReady.contains(uid)
    }

    /// The most addresses in the slices of default/kubernetes at one time within 24 hours.
    package var mostAPIServers: Int? { apiServers.maximum(at: uptime) }

    /// Whether the workload was seen to serve since the start: it was available, a rollout of it had come to its end, or
    /// a pod of it was Ready or told that it had been.
    package func hasServed(_ uid: UID) -> Bool {
        servedWorkloads.contains(uid)
    }

    /// What was measured of the outages of a workload, by the source that tells of it.
    package func outages(of uid: UID, _ source: Source) -> WorkloadOutages.Measured {
        outages.measured(uid, source)
    }

    /// Seconds during which the workloads of a source were observed.
    package func observedSeconds(of source: Source) -> Double {
        outages.observedSeconds(source)
    }

    /// Whether the Service had a ready endpoint at some time since the start.
    package func hadReadyEndpoint(_ uid: UID) -> Bool {
        everServed.contains(uid)
    }

    /// The leader's raft index of the round before this one; nil in the first round.
    package func previousLeaderIndex(cluster: String) -> UInt64? {
        leaderIndex[cluster]
    }
}

/// The maximum of a number over the last 24 hours: falling maxima with the time that each was last seen. A number that
/// is not less than an earlier one hides it, so there are never more entries than different numbers.
struct WindowMaximum: Sendable {
    private static let seconds = 86_400.0
    private var falling: [(uptime: Double, maximum: Int)] = []

    mutating func add(_ value: Int, at uptime: Double) {
        while let last = falling.last, last.maximum <= value { falling.removeLast() }
        falling.append((uptime, value))
        falling.removeAll { uptime - $0.uptime > Self.seconds }
    }

    func maximum(at uptime: Double) -> Int? {
        falling.first { uptime - $0.uptime <= Self.seconds }?.maximum
    }
}
