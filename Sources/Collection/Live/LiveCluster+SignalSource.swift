package import ClusterState
import KubernetesClient

extension LiveCluster: SignalSource {
    /// Runs the body where the state is kept.
    package func withView<Result: Sendable>(
        now: Timestamp,
        uptime: Duration,
        _ body: @Sendable (ClusterView) -> Result
    ) async -> Result {
        await collect(now: now, uptime: uptime) { state, probes, observations in
            body(
                ClusterView(
                    state: state,
                    probes: probes,
                    observations: observations,
                    now: now,
                    isRecording: false
                )
            )
        }
    }

    package func freeze() async {
        await store.freeze()
    }

    package func recoverFromGap() async {
        await confirm()
    }

    package func untilAnswered(_ sources: [Source]) async {
        await store.untilAnswered(sources)
    }

    package func untilProbesDiffer() async {
        await store.untilProbesDiffer()
    }

    /// Returns once each of the sources has been read, or is one that readiness does not wait for.
    package func untilRead(_ sources: [Source]) async {
        await store.untilRead(sources)
    }
}
