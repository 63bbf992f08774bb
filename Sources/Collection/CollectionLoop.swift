import ClusterState
import HASignals
package import KubernetesClient
package import Logging
import ServiceLifecycle

/// Collects again and again, from the start of one collection to that of the next the interval.
///
/// At the start, the first complete collection is what everybody waits for: it follows as soon as the last source has
/// been read for the first time.
package struct CollectionLoop: ServiceLifecycle.Service {
    /// After so long, a source that has not been read will not be waited for.
    private static let firstReadingLimit = Duration.seconds(60)
    /// Between two collections at least, however often the answers of the control plane change.
    private static let shortestRest = Duration.seconds(2)

    private let collector: Collector
    private let interval: Duration
    private let clock: ClientClock
    private let logger: Logger
    private let onCollected: @Sendable () -> Void

    /// Creates a loop.
    ///
    /// - Parameters:
    ///   - collector: Makes the collections.
    ///   - interval: From the start of one to that of the next.
    ///   - clock: The clocks.
    ///   - logger: Where to warn of collections that take long.
    ///   - onCollected: Called after each collection, when the one before it has been let go.
    package init(
        _ collector: Collector,
        interval: Duration,
        clock: ClientClock,
        logger: Logger,
        onCollected: @escaping @Sendable () -> Void = {}
    ) {
        self.collector = collector
        self.interval = interval
        self.clock = clock
        self.logger = logger
        self.onCollected = onCollected
    }

    /// Runs until the program shuts down; a collection under way is finished.
    package func run() async throws {
        let begun = clock.uptime()
        var isComplete = false
        var isSlow = false
        var isAnswered = false
        var lastEnd: Duration?
        var reportedExemptions: Set<Exemption> = []
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            if let lastEnd, clock.uptime() - lastEnd > interval * 2 { await collector.recoverFromGap() }
            let start = clock.uptime()
            await collector.collect()
            let took = clock.uptime() - start
            lastEnd = start + took
            if took * 2 > interval, !isSlow { warn(took) }
            isSlow = took * 2 > interval
            for exemption in collector.latest?.signals.unusedExemptions ?? []
            where reportedExemptions.insert(exemption).inserted {
                warn(exemption)
            }
            onCollected()
            if !collector.isAwaitingSources { isComplete = true }
            let now = clock.uptime()
            let rest = interval - (now - start)
            guard rest > .zero else {
                await Task.yield()
                continue
            }
            let isWaiting = !isComplete && now - begun < Self.firstReadingLimit
            // Where everything fails from the start, that is to be said at once; once, or it would be said without end.
            let isFirst = isWaiting && !isAnswered
            isAnswered = true
            do {
                try await cancelWhenGracefulShutdown { [clock, collector, interval] in
                    let isEarly = try await withThrowingTaskGroup(of: Bool.self) { group in
                        group.addTask {
                            try await clock.sleep(rest)
                            return false
                        }
                        group.addTask {
                            guard isWaiting else {
                                await collector.untilProbesDiffer()
                                return true
                            }
                            if isFirst { await collector.untilAnswered() } else { await collector.untilRead() }
                            return false
                        }
                        defer { group.cancelAll() }
                        return try await group.next() ?? false
                    }
                    let early = min(interval, Self.shortestRest) - (clock.uptime() - start)
                    if isEarly, early > .zero { try await clock.sleep(early) }
                }
            } catch {
                return
            }
        }
    }

    /// Logs an exemption that silences nothing, once.
    private func warn(_ exemption: Exemption) {
        logger.warning(
            "an exemption of --rules-config silences nothing",
            metadata: ["line": "\(exemption.line)", "reason": "\(exemption.reason)"]
        )
    }

    /// Logs a collection that took more than half the interval, once until one takes less.
    private func warn(_ took: Duration) {
        let slowest = collector.latest?.slowestPart
        logger.warning(
            "a collection took longer than half of --interval",
            metadata: [
                "seconds": "\(took.inSeconds)",
                "interval_seconds": "\(interval.inSeconds)",
                "slowest": "\(slowest?.name ?? "")",
                "slowest_seconds": "\(slowest?.duration.inSeconds ?? 0)",
            ]
        )
    }
}
