package import ClusterState

extension ClusterStore {
    /// A round of probes begins.
    package func beginProbes() {
        areProbesWanted = false
    }

    /// Takes in a round of probes.
    ///
    /// - Returns: Whether it counts: a round that began before a gap was interrupted by it, and is ignored.
    package func setProbes(_ outcome: ProbeOutcome) -> Bool {
        if let gapAt, let began = outcome.beganAt, began < gapAt { return false }
        probes = outcome
        for (source, verdict) in [(Source.apiserver, outcome.apiServer), (.etcd, outcome.etcd)] {
            tracks[source, default: SourceTrack()].lastSuccess = clock.uptime()
            guard let verdict, verdict.state.isUnknown else { continue }
            state.sources[source, default: SourceStatus()].errors["probe", default: 0] += 1
        }
        resumeWaiters()
        return true
    }

    /// Records that the process did not run for some time until now: what was read before must be confirmed.
    package func noteGap() {
        gapAt = clock.uptime()
        areProbesWanted = true
        for source in Source.allCases where source != .apiserver && source != .etcd { refresh(source) }
    }

    /// Keeps in mind that what is read may not move any more; see ``Observations/freeze()``.
    package func freeze() {
        observations.freeze()
    }

    /// Sets what was measured of outages back to nothing; see ``Observations/restartOutages()``.
    package func restartOutages() {
        observations.restartOutages()
    }

    /// Notes that our own leader lease was seen to change; see ``Observations/noteOwnLeaseChange(at:)``.
    ///
    /// - Parameter uptime: Monotonic time.
    package func noteOwnLeaseChange(at uptime: Duration) {
        observations.noteOwnLeaseChange(at: uptime.inSeconds)
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
        updateProbeSources()
        collectedHealth = probes.results.health
        state.failingRequests.seconds = requestsFailingSince.map { (uptime - $0).inSeconds } ?? 0
        return body(state, probes.results, observations)
    }

    /// Lends the state as it is, for what is to be asked of the control plane.
    package func withState<Value: Sendable>(_ body: @Sendable (ClusterState) -> Value) -> Value {
        body(state)
    }

    /// Sets the state of the sources of probes: by the answers, where no instance answered by what else is known, and by
    /// the age of the round.
    private func updateProbeSources() {
        let verdicts = [(Source.apiserver, probes.apiServer), (.etcd, probes.etcd)]
        for (source, verdict) in verdicts {
            if let verdict { state.sources[source, default: SourceStatus()].state = verdict.state }
        }
        state.markUnreachableProbes(probes.results, areRequestsAnswered: probes.areRequestsAnswered)
        for (source, verdict) in verdicts {
            if let verdict { settle(source, state.status(of: source).state, verdict.reason) }
        }
    }

    /// Whether that success was before the last gap.
    func isUnconfirmed(_ success: Duration?) -> Bool {
        guard let gapAt, let success else { return false }
        return success < gapAt
    }

    private func settle(_ source: Source, _ verdict: SourceState, _ reason: String) {
        let age = tracks[source]?.lastSuccess.map { clock.uptime() - $0 } ?? .zero
        // The answers of probes that are no longer sent are outdated.
        let isStale = verdict == .ok && age >= staleAfter
        let isFromBeforeGap = verdict == .ok && isUnconfirmed(tracks[source]?.lastSuccess)
        let now: SourceState = isStale ? .stale : isFromBeforeGap ? .failing : verdict
        tracks[source]?.fixed = now
        if now == .ok {
            tracks[source]?.problem = nil
            state.sources[source, default: SourceStatus()].lastSuccess = clock.now()
        } else {
            let reason = isStale || isFromBeforeGap ? "no probe for \(age)" : reason
            // Which of the endpoints failed first, and with which words of TLS, may differ from round to round.
            setProblem(source, now, reason: reason, cause: "\(source.rawValue) \(now.rawValue)")
        }
        refresh(source)
    }
}
