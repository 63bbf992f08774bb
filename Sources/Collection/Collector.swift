import ClusterState
import Exposition
package import HASignals
package import KubernetesClient

/// Makes snapshots. What a source (a live cluster or a recording) knows goes in; the areas run over it, and the snapshot
/// that `serve`, `report` and the page render comes out. ``CollectionLoop`` calls it at every interval.
package struct Collector: Sendable {
    private let source: any SignalSource
    private let settings: SignalSettings
    private let cache: SnapshotCache
    private let clock: ClientClock
    private let isServing: @Sendable () -> Bool

    /// Creates a collector.
    ///
    /// - Parameters:
    ///   - source: What is collected from.
    ///   - settings: What the operator says of the cluster.
    ///   - cache: Where the snapshots are published.
    ///   - clock: The clocks.
    ///   - isServing: Whether this replica serves the cluster families at this moment. One that does not measures no
    ///     outages, so that the counters are 0 when it takes over: see SIGNALS, «Outages measured».
    package init(
        source: any SignalSource,
        settings: SignalSettings,
        cache: SnapshotCache,
        clock: ClientClock,
        isServing: @escaping @Sendable () -> Bool = { true }
    ) {
        self.source = source
        self.settings = settings
        self.cache = cache
        self.clock = clock
        self.isServing = isServing
    }

    /// What the last collection left.
    var latest: Snapshot? { cache.latest }

    /// Whether the last collection found sources that are still to be read for the first time.
    var isAwaitingSources: Bool {
        cache.latest?.sources.contains { $0.isAwaited } ?? true
    }

    /// Confirms what is known after a time in which the process did not run.
    func recoverFromGap() async {
        await source.recoverFromGap()
    }

    /// Returns once the control plane answers otherwise than it did for the last collection.
    func untilProbesDiffer() async {
        await source.untilProbesDiffer()
    }

    /// Returns once everything that is read has been answered for the first time, whatever the answer.
    func untilAnswered() async {
        await source.untilAnswered(SourceFacts.used)
    }

    /// Returns once there is no source left that is still to be read for the first time.
    func untilRead() async {
        await source.untilRead(SourceFacts.used)
    }

    /// Collects once. Samples and findings are made where the source keeps its state, texts outside.
    package func collect() async {
        let number = (cache.latest?.number ?? 0) + 1
        let startedAt = clock.uptime()
        if !isServing() { await source.restartOutages() }
        var snapshot = await source.withContext(settings, now: clock.now(), uptime: startedAt) {
            [clock, cache] context in
            Self.collect(context, clock, number: number, startedAt: startedAt, like: cache.latest?.signals.table)
        }
        if snapshot.signals.isFrozen { await source.freeze() }
        for format in cache.wantedFormats(at: clock.uptime()) {
            snapshot.renderings[format] = await Rendering.make(snapshot.signals.table, format: format)
        }
        cache.publish(snapshot)
    }

    private static func collect(
        _ context: CollectionContext,
        _ clock: ClientClock,
        number: Int,
        startedAt: Duration,
        like earlier: SampleTable?
    ) -> Snapshot {
        var areaDurations: [(area: AreaName, duration: Duration)] = []
        let signals = SignalRunner.collect(context, like: earlier) { area, work in
            let start = clock.uptime()
            work()
            areaDurations.append((area, clock.uptime() - start))
        }
        return Snapshot(
            number: number,
            signals: signals,
            sources: SourceFacts.all(context.state, context.probes),
            startedAt: startedAt,
            endedAt: clock.now(),
            duration: clock.uptime() - startedAt,
            areaDurations: areaDurations
        )
    }
}
