package import ClusterState

extension ClusterStore {
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
        observations.observe(
            state,
            probes: probes.results,
            now: now,
            uptime: uptime.inSeconds,
            leasesKnownAt: tracks[.leases]?.knownAt?.inSeconds
        )
        judgeProbes()
        return body(state, probes.results, observations)
    }

    /// Lends the state as it is, for what is to be asked of the control plane.
    package func withState<Value: Sendable>(_ body: @Sendable (ClusterState) -> Value) -> Value {
        body(state)
    }

    /// How the sources of probes stand: by the answers, where nobody answered by what else is known, and by how long ago
    /// anybody was asked.
    private func judgeProbes() {
        let verdicts = [(Source.apiserver, probes.apiServer), (.etcd, probes.etcd)]
        for (source, verdict) in verdicts {
            if let verdict { state.sources[source, default: SourceStatus()].state = verdict.state }
        }
        state.judgeSilence(probes.results, observations, isRecording: false)
        for (source, verdict) in verdicts {
            if let verdict { settle(source, state.status(of: source).state, verdict.reason) }
        }
    }

    private func settle(_ source: Source, _ verdict: SourceState, _ reason: String) {
        let age = tracks[source]?.lastSuccess.map { clock.uptime() - $0 } ?? .zero
        // Probes that are not asked any more tell nothing of now.
        let isStale = verdict == .ok && age >= staleAfter
        tracks[source]?.fixed = isStale ? .stale : verdict
        if verdict == .ok, !isStale {
            tracks[source]?.problem = nil
            state.sources[source, default: SourceStatus()].lastSuccess = clock.now()
        } else {
            let reason = isStale ? "no probe for \(age)" : reason
            let now = isStale ? .stale : verdict
            // Which of the endpoints failed first, and with which words of TLS, may differ from round to round.
            setProblem(source, now, reason: reason, cause: "\(source.rawValue) \(now.rawValue)")
        }
        refresh(source)
    }
}
