package import ClusterState

extension ClusterStore {
    /// The source has answered.
    package func succeeded(_ source: Source) {
        tracks[source, default: SourceTrack()].lastSuccess = clock.uptime()
        tracks[source]?.problem = nil
        tracks[source]?.fixed = nil
        state.sources[source, default: SourceStatus()].lastSuccess = clock.now()
        refresh(source)
    }

    /// A list has ended, or a watch was opened: what every client of the cluster is answered, we are.
    func requestSucceeded() {
        state.failingRequests = FailingRequests()
        requestsFailingSince = nil
    }

    /// A list or watch that was begun has failed.
    func requestFailed(_ failure: RequestFailure) {
        guard failure.isServersFault else { return }
        state.failingRequests.count += 1
        requestsFailingSince = requestsFailingSince ?? clock.uptime()
    }

    /// A request of the source has failed.
    func failed(_ source: Source, stage: String, _ failure: RequestFailure) {
        requestFailed(failure)
        if tracks[source]?.problem == nil, failure.kind == .unreachable || failure.kind == .transient {
            areProbesWanted = true
        }
        state.sources[source, default: SourceStatus()].errors[stage, default: 0] += 1
        // An absent API is set by ``fix(_:_:reason:)``; this is the refusal of one that exists.
        let state = failure.kind == .notFound ? nil : failure.sourceState
        setProblem(source, state, reason: "\(failure)", cause: failure.cause)
        tracks[source]?.fixed = nil
        refresh(source)
    }

    /// Sets the state of the source regardless of its answers: absent, or disabled.
    package func fix(_ source: Source, _ fixed: SourceState, reason: String) {
        tracks[source, default: SourceTrack()].fixed = fixed
        // Resources that the API does not have share one cause, although each is refused with another message.
        setProblem(source, fixed, reason: reason, cause: fixed == .absent ? fixed.rawValue : reason)
        refresh(source)
    }

    /// Sets what is wrong with a source; since when stays as it was.
    func setProblem(_ source: Source, _ state: SourceState?, reason: String, cause: String) {
        let since = tracks[source]?.problem?.since ?? clock.uptime()
        tracks[source, default: SourceTrack()].problem =
            SourceProblem(state: state, reason: reason, cause: cause, since: since)
    }

    /// Sets when the certificate that we show to a source expires; nil where we show none.
    package func setClientCertificateExpiry(_ source: Source, _ expiry: Timestamp?) {
        state.sources[source, default: SourceStatus()].clientCertificateExpiry = expiry
    }

    /// A source without resource has answered for the first time: from now on it ages.
    func synced(_ source: Source) {
        tracks[source, default: SourceTrack()].hasSynced = true
        succeeded(source)
    }

    /// A watch has brought something of a part of the source: up to now, all there was.
    func recordProgress(of source: Source, scope: Int) {
        guard tracks[source]?.lastProgressAt.indices.contains(scope) == true else { return }
        tracks[source]?.lastProgressAt[scope] = clock.uptime()
    }

    /// Returns the state of a source now.
    func refresh(_ source: Source) {
        var track = tracks[source] ?? SourceTrack()
        var limit = staleAfter
        if source == .leases {
            // They show whether the cluster accepts writes now: only events, bookmarks and lists of them count.
            track.lastSuccess = track.knownAt
            limit = min(staleAfter, LeaseCheck.longestSilence)
        }
        var now = track.state(at: clock.uptime(), staleAfter: limit)
        if now == .ok, track.fixed == nil, isUnconfirmed(track.lastSuccess) { now = .failing }
        state.sources[source, default: SourceStatus()].state = now
        state.sources[source]?.hasFailed = track.problem != nil
        state.sources[source]?.reason = now == .ok ? "" : track.problem?.reason ?? ""
        resumeWaiters()
    }

    /// Logs what has changed since the last call; to be called about once a second.
    func logSourceChanges() {
        var entries: [SourceLog.Entry] = []
        for source in Source.allCases {
            guard let track = tracks[source] else { continue }
            refresh(source)
            entries.append(
                SourceLog.Entry(source: source, state: state.status(of: source).state, problem: track.problem)
            )
        }
        log.update(entries, at: clock.uptime())
    }

    /// Sets the API groups that discovery shows.
    package func setAPIGroups(_ groups: Set<String>) {
        state.apiGroups = groups
    }

    /// Sets the version of the API server.
    func setVersion(_ version: ServerVersion) {
        state.version = version
        synced(.version)
    }

    /// Sets the requests of deprecated APIs that the API servers' metrics count, and the state of that source.
    package func setDeprecatedAPIs(_ requests: DeprecatedAPIRequests, _ verdict: SourceState, reason: String) {
        state.deprecatedAPIs = requests
        guard verdict == .ok else { return fix(.apiservermetrics, verdict, reason: reason) }
        tracks[.apiservermetrics, default: SourceTrack()].fixed = .ok
        tracks[.apiservermetrics]?.problem = nil
        state.sources[.apiservermetrics, default: SourceStatus()].lastSuccess = clock.now()
        refresh(.apiservermetrics)
    }

    /// The state of a source now.
    package func status(of source: Source) -> SourceStatus {
        refresh(source)
        return state.status(of: source)
    }
}
