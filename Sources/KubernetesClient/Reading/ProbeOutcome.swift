package import ClusterState

/// What a round of probes came to.
package struct ProbeOutcome: Sendable {
    /// The instances and members.
    package var results = ProbeResults()
    /// The state of the source `apiserver` by the answers alone, and why; nil before the first round.
    package var apiServer: (state: SourceState, reason: String)?
    /// The state of the source `etcd` by the answers alone, and why; nil before the first round.
    package var etcd: (state: SourceState, reason: String)?

    /// Where no API server instance was reached: whether an ordinary request that was begun after the round was answered.
    package var areRequestsAnswered = false
    /// Uptime at which the round was begun; nil before the first.
    package var beganAt: Duration?

    /// Creates the outcome of no round.
    package init() {}
}
