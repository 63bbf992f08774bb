import ClusterState
package import KubernetesClient
import Synchronization

/// Clocks that stand still until a test moves them.
package final class HandClock: Sendable {
    private let uptime = Mutex(Duration.seconds(100))

    /// Creates clocks whose monotonic time is 100 s.
    package init() {}

    /// Moves the monotonic clock on.
    package func advance(by duration: Duration) {
        uptime.withLock { $0 += duration }
    }

    /// The clocks as the server takes them. Waiting ends at once, by throwing: a loop collects once.
    package var clock: ClientClock {
        ClientClock(
            now: { Timestamp(seconds: 1_700_000_000) },
            uptime: { self.uptime.withLock { $0 } },
            sleep: { _ in throw CancellationError() }
        )
    }
}
