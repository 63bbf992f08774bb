package import ClusterState

extension ClusterStore {
    /// Leases that were written so lately show that the cluster takes writes, in seconds: SIGNALS, area 2.
    private static let freshWrite = 60.0

    /// Takes in a round of probes.
    package func setProbes(_ outcome: ProbeOutcome) {
        probes = outcome
        for (source, verdict) in [(Source.apiserver, outcome.apiServer), (.etcd, outcome.etcd)] {
            tracks[source, default: SourceTrack()].lastSuccess = clock.uptime()
            guard let verdict, verdict.state.isUnknown else { continue }
            state.sources[source, default: SourceStatus()].errors["probe", default: 0] += 1
        }
        resumeWaiters()
    }

    /// Lends the state, the probes and the observations, advanced to this moment. Nothing changes meanwhile.
    ///
    /// - Parameters:
    ///   - now: Wall time.
    ///   - uptime: Monotonic time.
    ///   - body: The collection; it keeps nothing of what it is lent.
    /// - Returns: What the body returns.
    package func collect<Value: Sendable>(
        now: Timestamp,
        uptime: Duration,
        _ body: @Sendable (ClusterState, ProbeResults, Observations) -> Value
    ) -> Value {
        for source in Source.allCases where source != .apiserver && source != .etcd { refresh(source) }
        observations.observe(state, probes: probes.results, now: now, uptime: uptime.inSeconds)
        judgeProbes()
        return body(state, probes.results, observations)
    }

    /// Lends the state as it is, for what is to be asked of the control plane.
    package func withState<Value: Sendable>(_ body: @Sendable (ClusterState) -> Value) -> Value {
        body(state)
    }

    /// Nobody answering may mean that all are down, or that they cannot be seen from here. Lists that go on, and leases
    /// that are written, tell which; and where it is trust that is lacking, somebody is there.
    private func judgeProbes() {
        if let (answered, reason) = probes.apiServer {
            let isAnyListOK = tracks.contains { source, _ in
                APIResource.of(source) != nil && state.status(of: source).state == .ok
            }
            let isDown = answered == .unreachable && !probes.results.isAPIServerTrustLacking && !isAnyListOK
            judge(.apiserver, isDown ? .ok : answered, reason)
        }
        if let (answered, reason) = probes.etcd {
            let clusters = probes.results.etcdClusters
            let areWritesFresh = observations.writeAge(state).map { $0 <= Self.freshWrite } ?? false
            let isDown =
                answered == .unreachable && clusters.allSatisfy { $0.hasMemberList && !$0.isTrustLacking }
                && !areWritesFresh
            judge(.etcd, isDown ? .ok : answered, reason)
        }
    }

    private func judge(_ source: Source, _ verdict: SourceState, _ reason: String) {
        let age = tracks[source]?.lastSuccess.map { clock.uptime() - $0 } ?? .zero
        // Probes that are not asked any more tell nothing of now.
        let isStale = verdict == .ok && age >= staleAfter
        tracks[source]?.fixed = isStale ? .stale : verdict
        if verdict == .ok, !isStale {
            tracks[source]?.problem = nil
            state.sources[source, default: SourceStatus()].lastSuccess = clock.now()
        } else {
            let reason = isStale ? "no probe for \(age)" : reason
            setProblem(source, isStale ? .stale : verdict, reason: reason, cause: isStale ? "no probe" : reason)
        }
        refresh(source)
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
