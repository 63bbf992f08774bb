package import ClusterState

/// A recorded cluster: it is judged by the time of the recording, and each collection finds the same.
package struct RecordedSource: SignalSource {
    private let view: ClusterView

    /// Makes a source of a recording.
    package init(state: ClusterState, probes: ProbeResults, now: Timestamp) {
        // Seen once, at the moment of the recording: ages are those that it shows.
        var observations = Observations()
        observations.observe(state, probes: probes, now: now, uptime: 0)
        var state = state
        state.judgeSilence(probes)
        view = ClusterView(state: state, probes: probes, observations: observations, now: now, isRecording: true)
    }

    /// Runs the body over the recording, whatever the clocks say.
    package func withView<Result: Sendable>(
        now: Timestamp,
        uptime: Duration,
        _ body: @Sendable (ClusterView) -> Result
    ) async -> Result {
        body(view)
    }

    /// Returns at once: a recording gets no further.
    package func untilRead(_ sources: [Source]) async {}
}
