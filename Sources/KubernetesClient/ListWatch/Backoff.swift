/// How long to wait after one failure and the next: 800 ms doubling to 30 s, each with up to as much again at random,
/// begun again after two minutes without a failure. The numbers are those of client-go's reflector.
package struct Backoff: Sendable, Hashable {
    /// The first wait.
    package static let first = Duration.milliseconds(800)
    /// What the doubling ends at.
    package static let longest = Duration.seconds(30)
    /// How long without a failure until the waits begin again.
    package static let quiet = Duration.seconds(120)

    private var current = Self.first
    private var lastFailure: Duration?

    /// Creates a back-off that begins with the first wait.
    package init() {}

    /// The wait after a failure.
    ///
    /// - Parameters:
    ///   - now: Uptime of the failure.
    ///   - random: Spreads those who failed together.
    /// - Returns: From the present step up to twice that.
    package mutating func next(at now: Duration, using random: inout some RandomNumberGenerator) -> Duration {
        if let lastFailure, now - lastFailure >= Self.quiet { current = Self.first }
        lastFailure = now
        defer { current = min(current * 2, Self.longest) }
        return current + current * Double.random(in: 0..<1, using: &random)
    }
}
