import ServiceLifecycle

/// Collects again and again, from the start of one collection to that of the next the interval.
///
/// At the start, while sources are still to be read for the first time, collections follow one another more closely: the
/// first complete one is what everybody waits for. They take a quarter of one core at most.
package struct CollectionLoop: Service {
    /// The least time between the starts of two collections at the start.
    private static let firstPace = Duration.milliseconds(250)
    /// After so long, a source that has not been read will not be hurried.
    private static let patience = Duration.seconds(60)

    private let collector: Collector
    private let interval: Duration
    private let clock: ExporterClock

    /// Creates a loop.
    package init(_ collector: Collector, interval: Duration, clock: ExporterClock) {
        self.collector = collector
        self.interval = interval
        self.clock = clock
    }

    /// Runs until the program shuts down; a collection under way is finished.
    package func run() async throws {
        let begun = clock.uptime()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let start = clock.uptime()
            await collector.collect()
            let now = clock.uptime()
            let isWaiting = collector.isAwaitingSources && now - begun < Self.patience
            let pace = isWaiting ? min(interval, max(Self.firstPace, (now - start) * 4)) : interval
            let rest = pace - (now - start)
            guard rest > .zero else {
                await Task.yield()
                continue
            }
            do {
                try await cancelWhenGracefulShutdown { [clock] in try await clock.sleep(rest) }
            } catch {
                return
            }
        }
    }
}
