/// All that changes: the scripted cluster, the watches that are open, the faults that last. One value behind one lock.
struct SimulatorState: Sendable {
    /// A watch to be ended after the lock is given back: ending it calls back into the simulator.
    struct Ending: Sendable {
        var continuation: OpenWatch.Continuation
        var isCut: Bool
    }

    /// A request that is not answered yet. It is asked again once its gate is finished.
    struct WaitingRequest: Sendable {
        var gate: AsyncStream<Void>.Continuation
        /// When its time is up, on the cluster's time; nil where it waits for as long as the fault lasts.
        var until: Duration?
    }

    var cluster: ScriptedCluster
    var watches: [Int: OpenWatch] = [:]
    var nextWatch = 0
    /// In the order in which they came.
    var faults: [SimulatedFault] = []
    var access = SimulatedAccess()
    /// Requests that wait for a fault to be cleared or for their time.
    var waiting: [WaitingRequest] = []
    /// Since when etcd has no quorum, on the cluster's time; nil while it has one.
    var quorumLostAt: Duration?
    var endings: [Ending] = []
    /// For audit ids and garbage, apart from the cluster's own so that requests do not change its course.
    var random: SplitMix64
    /// Time announced that makes no whole tick yet.
    var unspentTime: Duration = .zero
    /// How many requests each verb and resource has had: `list pods`.
    var requestCounts: [String: Int] = [:]
    /// How many lists of each resource ran out of time.
    var timedOutLists: [SimulatedResource: Int] = [:]

    init(cluster: ScriptedCluster, seed: UInt64) {
        self.cluster = cluster
        random = SplitMix64(seed: seed ^ 0x5EED)
    }

    /// Whether a fault lasts.
    func isActive(_ fault: SimulatedFault) -> Bool {
        faults.contains(fault)
    }

    /// Lets time pass, tick by tick.
    mutating func advance(by duration: Duration) {
        unspentTime += duration
        while unspentTime >= ScriptedCluster.tickLength {
            unspentTime -= ScriptedCluster.tickLength
            cluster.advanceOneTick()
            deliver()
            keepWatches()
            let now = cluster.now
            for request in waiting where request.until.map({ $0 <= now }) ?? false { request.gate.finish() }
            waiting.removeAll { $0.until.map { $0 <= now } ?? false }
        }
    }

    /// Sends every open watch the changes that it has not had.
    mutating func deliver() {
        guard !isActive(.hang) else { return }
        for id in watches.keys.sorted() { deliver(to: id) }
    }

    private mutating func deliver(to id: Int) {
        guard var watch = watches[id], !watch.isSilent else { return }
        guard watch.cursor >= cluster.store.compactedRevision || watch.cursor >= cluster.store.revision else {
            watch.continuation.yield(
                watch.error(.expiredWatch(watch.cursor, oldest: cluster.store.compactedRevision))
            )
            end(id)
            return
        }
        for event in cluster.store.events(watch.resource, after: watch.cursor) {
            watch.cursor = event.object.revision
            guard watch.wants(event.object) else { continue }
            watch.continuation.yield(watch.frame(event.change.rawValue, raw: event.object.payload))
        }
        watch.cursor = max(watch.cursor, cluster.store.revision)
        watches[id] = watch
    }

    /// Bookmarks each minute and before the end; the end at the time asked for.
    private mutating func keepWatches() {
        guard !isActive(.hang) else { return }
        let now = cluster.now
        for id in watches.keys.sorted() {
            guard var watch = watches[id], !watch.isSilent else { continue }
            if watch.deadline <= now {
                end(id)
                continue
            }
            // A real server sends the last one two seconds before it ends the watch.
            let isLast = !watch.hasSentLastBookmark && watch.deadline - now <= .seconds(2)
            // Without etcd the watch cache hears of no revision: a watch stays open and quiet.
            guard cluster.hasQuorum, watch.wantsBookmarks, watch.nextBookmark <= now || isLast else { continue }
            if watch.nextBookmark <= now { watch.nextBookmark += .seconds(60) }
            if isLast { watch.hasSentLastBookmark = true }
            watch.continuation.yield(watch.bookmark(watch.cursor, endsInitialEvents: false))
            watches[id] = watch
        }
    }

    /// Ends a watch, cleanly or not.
    mutating func end(_ id: Int, isCut: Bool = false) {
        guard let watch = watches.removeValue(forKey: id) else { return }
        endings.append(Ending(continuation: watch.continuation, isCut: isCut))
    }
}
