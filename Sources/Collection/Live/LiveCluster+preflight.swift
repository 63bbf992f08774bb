import ClusterState
import ControlPlaneProbes
import KubernetesClient

extension LiveCluster {
    /// Between two readings of the API servers' metrics, which take a server as much as a scrape does.
    static let preflightInterval = Duration.seconds(3_600)
    /// Before the next reading where one failed.
    static let preflightRetry = Duration.seconds(30)
    /// Before the next reading where it was refused: as long as for lists. The right may be given meanwhile.
    static let preflightRefusedRetry = Duration.seconds(300)

    /// Reads which deprecated APIs were requested, until the task is cancelled.
    func readDeprecatedAPIs() async {
        guard settings.readsAPIServerMetrics else {
            await store.fix(.apiservermetrics, .disabled, reason: "--upgrade-preflight=false")
            return
        }
        await clock.limit(settings.probeInterval) { [store] in await store.untilAnswered(Self.addressSources) }
        while !Task.isCancelled {
            let pause =
                switch await readDeprecatedAPIsOnce() {
                case .ok: Self.preflightInterval
                case .absent: Self.preflightRefusedRetry
                default: Self.preflightRetry
                }
            do { try await clock.sleep(pause) } catch { return }
        }
    }

    /// Asks every API server instance that is known now. The configured address is asked only where no other is known: it
    /// may be a load balancer, behind which another instance answers each time.
    ///
    /// - Returns: The state of the source.
    @discardableResult
    func readDeprecatedAPIsOnce() async -> SourceState {
        let now = clock.now()
        let found = await store.withState { state in APIServerInstances.found(in: state, now: now) }
        var instances = APIServerInstances()
        var apiServers = instances.update(found: found, configured: settings.probes.apiServers, uptime: clock.uptime())
        if apiServers.isEmpty { apiServers = [ProbeEndpoint(endpoint.server)].compactMap(\.self) }
        let answers = await prober.metrics(of: apiServers)
        guard !Task.isCancelled else { return .notSynced }
        let known = await store.withState(\.deprecatedAPIs)
        let metrics = APIServerMetrics(answers, known: known)
        await store.setDeprecatedAPIs(metrics.requests, metrics.source.state, reason: metrics.source.reason)
        return metrics.source.state
    }
}
