package import ClusterState

/// What a round of probes came to.
package struct ProbeOutcome: Sendable {
    /// The instances and members.
    package var results = ProbeResults()
    /// How the source `apiserver` stands by the answers alone, and why; nil before the first round.
    package var apiServer: (state: SourceState, reason: String)?
    /// How the source `etcd` stands by the answers alone, and why; nil before the first round.
    package var etcd: (state: SourceState, reason: String)?

    /// Creates the outcome of no round.
    package init() {}
}
