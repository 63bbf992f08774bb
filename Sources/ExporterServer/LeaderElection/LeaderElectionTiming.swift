/// The durations of a leader election, by default those of client-go's users (component-base/config/v1alpha1/defaults.go).
package struct LeaderElectionTiming: Sendable, Equatable {
    /// `--leader-elect-lease-duration`: how long the others wait after they last saw the lease change. Whole seconds.
    package var leaseDuration = Duration.seconds(15)
    /// `--leader-elect-renew-deadline`: how long a holder counts on its last renewal; shorter than the lease, so that
    /// clocks that run at different speeds do no harm.
    package var renewDeadline = Duration.seconds(10)
    /// `--leader-elect-retry-period`: time between two attempts.
    package var retryPeriod = Duration.seconds(2)

    /// By what part of ``retryPeriod`` a replica that does not hold the lease may wait longer: `JitterFactor` of client-go.
    private static let jitter = 1.2

    /// Creates the defaults.
    package init() {}

    /// How long one request may take: as `NewFromKubeconfig` of client-go's resourcelock, half of the renew deadline and
    /// at least a second.
    package var requestTimeout: Duration { max(renewDeadline / 2, min(.seconds(1), renewDeadline)) }

    /// From one failed request to the end of the next at most: the longest wait and two requests, with a second to spare.
    var longestAttemptGap: Duration { retryPeriod * (1 + Self.jitter) + requestTimeout * 2 + .seconds(1) }

    /// A time without a sign of life after which the process counts as having been stopped: what it knew of the API server
    /// before tells nothing any more.
    var longestTickGap: Duration { renewDeadline / 2 }

    /// The time between two signs of life.
    var tickInterval: Duration { min(longestTickGap / 4, .milliseconds(500)) }

    /// The time from the end of one attempt to the start of the next.
    ///
    /// - Parameters:
    ///   - isHolder: Whether the lease is ours: then there is no jitter.
    ///   - random: From 0 to 1, so that replicas do not write at the same moment.
    /// - Returns: The time to wait.
    func wait(isHolder: Bool, random: Double) -> Duration {
        isHolder ? retryPeriod : retryPeriod * (1 + Self.jitter * random)
    }

    /// Which of the durations cannot be used: its flag, its value, and why; nil where all can. The rules of
    /// `NewLeaderElector` in client-go.
    package var problem: (flag: String, text: String, reason: String)? {
        let lease = "--leader-elect-lease-duration"
        let deadline = "--leader-elect-renew-deadline"
        let retry = "--leader-elect-retry-period"
        if leaseDuration < .seconds(1) || leaseDuration.components.attoseconds != 0 {
            return (lease, "\(leaseDuration)", "must be whole seconds, at least 1s")
        }
        if leaseDuration > .seconds(3_600) { return (lease, "\(leaseDuration)", "must be at most 1h") }
        if leaseDuration <= renewDeadline { return (lease, "\(leaseDuration)", "must be longer than \(deadline)") }
        if retryPeriod < .milliseconds(10) { return (retry, "\(retryPeriod)", "must be at least 10ms") }
        if renewDeadline <= retryPeriod * Self.jitter {
            return (deadline, "\(renewDeadline)", "must be longer than 1.2 times \(retry)")
        }
        return nil
    }
}
