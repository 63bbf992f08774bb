package import ClusterState
package import HASignals

/// A recorded cluster: `now` is the time of the recording, and every collection has the same result.
package struct RecordedSource: SignalSource {
    private let state: ClusterState
    private let probes: ProbeResults
    private let observations: Observations
    private let now: Timestamp

    /// Makes a source of a recording.
    package init(state: ClusterState, probes: ProbeResults, now: Timestamp) {
        // Seen once, at the moment of the recording: ages are those that it shows.
        var observations = Observations()
        observations.observe(state, probes: probes, now: now, uptime: 0)
        var state = state
        state.markUnreachableProbes(probes)
        self.state = state
        self.probes = probes
        self.observations = observations
        self.now = now
    }

    /// Runs the body over the recording; the clocks are ignored.
    package func withContext<Result: Sendable>(
        _ settings: SignalSettings,
        now _: Timestamp,
        uptime: Duration,
        _ body: @Sendable (CollectionContext) -> Result
    ) async -> Result {
        body(
            CollectionContext(
                state: state,
                probes: probes,
                observations: observations,
                settings: settings,
                now: now,
                isRecording: true
            )
        )
    }

    /// Returns at once: a recording gets no further.
    package func untilRead(_ sources: [Source]) async {}
}
