import ClusterState
import ControlPlaneProbes
import KubernetesClient

extension LiveCluster {
    /// Time between two checks whether everything has been read.
    private static let lookInterval = Duration.milliseconds(50)
    /// What credentials that were wanted all the time may take once the deadline is over.
    private static let credentialLimit = Duration.seconds(1)
    /// Time between two checks whether a lease has changed, each of which goes over all workloads.
    private static let leaseInterval = Duration.milliseconds(500)

    /// Reads everything once, asks the control plane once, and runs the body over what is known then, as a report in a
    /// pipeline needs it. Instead of ``read()``, and once only.
    ///
    /// Everything that may be read is waited for, up to the limit: a server that is busy, or a connection that breaks,
    /// passes. Where all that was asked has failed and nothing came, there is nothing to wait for; if that is because no
    /// API server serves, the body says so.
    ///
    /// - Parameters:
    ///   - limit: How long is waited.
    ///   - body: What is to be done with what is known.
    /// - Returns: What the body returns; nil where nothing could be read.
    package func readOnce<Value: Sendable>(
        within limit: Duration,
        _ body: @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await reader.run() }
            defer { group.cancelAll() }
            let awaited = reader.sources + [.version]
            let start = clock.uptime()
            var wait = await store.initialWait(for: awaited)
            while wait == .some, clock.uptime() - start < limit {
                do { try await clock.sleep(Self.lookInterval) } catch { return nil }
                wait = await store.initialWait(for: awaited)
            }
            // Whom to ask is known now that the lists have ended, so that one round is enough.
            let mayAsk = await hasCredentials()
            var outcome = ProbeOutcome()
            if mayAsk {
                var instances = APIServerInstances()
                await probe(&instances, &outcome)
            }
            _ = await store.setProbes(outcome)
            if !settings.readsAPIServerMetrics {
                await store.fix(.apiservermetrics, .disabled, reason: "--upgrade-preflight=false")
            } else if mayAsk, await store.hasReadAny(of: reader.sources) {
                // A server may take a minute over its metrics, and what is waited for is told by the limit.
                let left = max(limit - (clock.uptime() - start), settings.probes.timeout)
                await clock.limit(left) { _ = await readDeprecatedAPIsOnce() }
            }
            if await store.hasReadAny(of: reader.sources) {
                await seeLeasesChange(until: start + limit)
            } else if !isOutage(outcome) {
                return nil
            }
            return await body()
        }
    }

    /// Whether there are credentials to ask with. Where a credential plugin hangs there are none: the deadline is to end
    /// it at once.
    private func hasCredentials() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = try? await credentials.authorization()
                return true
            }
            group.addTask {
                try? await clock.sleep(Self.credentialLimit)
                return false
            }
            let isAnswered = await group.next() ?? false
            group.cancelAll()
            return isAnswered
        }
    }

    /// Whether it is for the API servers' sake that nothing can be read: none serves, or none is reached by any way, and
    /// that not for want of trust.
    private func isOutage(_ outcome: ProbeOutcome) -> Bool {
        let results = outcome.results
        if results.isAnyAPIServerReachable { return outcome.apiServer?.state == .ok && results.isNoneServing }
        return !results.apiServers.isEmpty && !results.isAPIServerTrustLacking && !outcome.areRequestsAnswered
    }

    /// Leases as they are listed may be as old as an outage: until one of them changes nothing shows that the cluster
    /// writes. Takes 2 s in one that does.
    private func seeLeasesChange(until end: Duration) async {
        while clock.uptime() < end {
            let isOver = await collect(now: clock.now(), uptime: clock.uptime()) { state, _, observations in
                state.leases.count == 0 || !state.status(of: .leases).state.givesFamilies
                    || observations.haveLeasesChanged
            }
            if isOver { return }
            do { try await clock.sleep(Self.leaseInterval) } catch { return }
        }
    }

    /// Whether any list has ended.
    package var hasReadAnything: Bool {
        get async { await store.hasReadAny(of: reader.sources) }
    }

    /// The namespaces that the settings name and the cluster does not have; empty where its Namespaces are not known.
    package var missingNamespaces: [String] {
        get async {
            let named = settings.selection.namespaces
            return await store.withState { state in
                guard state.status(of: .namespaces).state.givesFamilies else { return [] }
                let known = Set(state.namespaces.all.map { state.interner.string($0.meta.name) })
                return named.filter { !known.contains($0) }
            }
        }
    }

    /// Why nothing could be read, in a line; nil where nothing has failed.
    package var firstProblem: String? {
        get async { await store.firstProblem(of: reader.sources) }
    }
}
