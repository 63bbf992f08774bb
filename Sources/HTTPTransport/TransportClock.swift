/// A monotonic clock, as the time elapsed since it was wrapped: for the limits of requests, and for credentials.
///
/// `any Clock<Duration>` hides its instants; durations from a common origin are all that is needed, and tests can
/// hand in a clock they advance themselves. Wall time and time over a suspension are those of `ClientClock`.
package struct TransportClock: Sendable {
    /// Time since this value was made.
    package let elapsed: @Sendable () -> Duration
    /// Returns once `elapsed` has reached the given value, at once where it has; throws when the task is cancelled.
    let sleep: @Sendable (_ until: Duration) async throws -> Void

    /// Returns once the duration has passed; throws when the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        try await sleep(elapsed() + duration)
    }

    /// Wraps a clock.
    package init(_ clock: any Clock<Duration>) {
        self = Self.wrap(clock)
    }

    private init(
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (_ until: Duration) async throws -> Void
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
    }

    private static func wrap<C: Clock>(_ clock: C) -> TransportClock where C.Duration == Duration {
        let origin = clock.now
        return TransportClock(
            elapsed: { origin.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
        )
    }
}
