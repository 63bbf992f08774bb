import ClusterState
import Glibc

extension ClientClock {
    private static let start = ContinuousClock.now

    /// The machine's own.
    package static let system = ClientClock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
        },
        uptime: { start.duration(to: .now) },
        sleep: { try await Task.sleep(for: $0, clock: ContinuousClock()) }
    )
}
