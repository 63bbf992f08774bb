package import ClusterState
package import HASignals
import KubernetesClient

extension LiveCluster: SignalSource {
    /// Runs the body where the state is kept.
    package func withContext<Result: Sendable>(
        _ settings: SignalSettings,
        now: Timestamp,
        uptime: Duration,
        _ body: @Sendable (CollectionContext) -> Result
    ) async -> Result {
        await collect(now: now, uptime: uptime) { state, probes, observations in
            body(
                CollectionContext(
                    state: state,
                    probes: probes,
                    observations: observations,
                    settings: settings,
                    now: now,
                    isRecording: false
                )
            )
        }
    }

    package func freeze() async {
        await store.freeze()
    }

    package func restartOutages() async {
        await store.restartOutages()
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
