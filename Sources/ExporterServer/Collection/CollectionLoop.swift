import ServiceLifecycle

/// Collects again and again, from the start of one collection to that of the next the interval.
package struct CollectionLoop: Service {
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
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let start = clock.uptime()
            await collector.collect()
            let rest = interval - (clock.uptime() - start)
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
