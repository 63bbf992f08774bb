package import ClusterState

/// The clocks that the program goes by, as values, so that tests bring their own.
package struct ClientClock: Sendable {
    /// Wall time: for what the cluster itself wrote, and for people.
    package var now: @Sendable () -> Timestamp
    /// Time that only goes on, a suspended machine's included: for every age and interval.
    package var uptime: @Sendable () -> Duration
    /// Waits for that long; throws when the task is cancelled.
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
}
