package import ClusterState
import Glibc

/// The clocks that the server goes by, as values, so that tests bring their own.
package struct ExporterClock: Sendable {
    /// Wall time: for what the cluster itself wrote, and for people.
    package var now: @Sendable () -> Timestamp
    /// Time that only goes on, a suspended machine's included: for every age and interval.
    package var uptime: @Sendable () -> Duration
    /// Waits; ends early, by throwing, when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    /// Makes clocks of these functions.
    package init(
        now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }

    private static let start = ContinuousClock.now

    /// The machine's own.
    package static let system = ExporterClock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
        },
        uptime: { start.duration(to: .now) },
        sleep: { try await Task.sleep(for: $0, clock: ContinuousClock()) }
    )
}

extension Duration {
    /// The duration in seconds, as metrics have it.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
