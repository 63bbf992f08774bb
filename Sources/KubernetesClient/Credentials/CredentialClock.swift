/// The injected clock, seen as time elapsed since it was wrapped: `any Clock<Duration>` hides its instants.
struct CredentialClock: Sendable {
    /// Time since this value was made.
    let elapsed: @Sendable () -> Duration
    /// Returns once the duration has passed; throws when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void

    init(_ clock: any Clock<Duration>) {
        self = Self.wrap(clock)
    }

    private init(
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
    }

    private static func wrap<C: Clock>(_ clock: C) -> CredentialClock where C.Duration == Duration {
        let origin = clock.now
        return CredentialClock(
            elapsed: { origin.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        )
    }
}
