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
        // That an API is not there is told by ``fix(_:_:reason:)``; here it is the refusal of one that is.
        let state = failure.kind == .notFound ? nil : failure.sourceState
        setProblem(source, state, reason: "\(failure)", cause: failure.cause)
        tracks[source]?.fixed = nil
        refresh(source)
    }

    /// The source stands so whatever it answered: absent, or disabled.
    package func fix(_ source: Source, _ fixed: SourceState, reason: String) {
        tracks[source, default: SourceTrack()].fixed = fixed
        // What the API does not have is one cause, in whatever words each resource is refused.
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
    func hear(of source: Source, scope: Int) {
        guard tracks[source]?.heardAt.indices.contains(scope) == true else { return }
        tracks[source]?.heardAt[scope] = clock.uptime()
    }

    /// Works out how a source stands now.
    func refresh(_ source: Source) {
        var track = tracks[source] ?? SourceTrack()
        var limit = staleAfter
        if source == .leases {
            // They tell whether the cluster writes at this moment: only what was heard of them counts.
            track.lastSuccess = track.knownAt
            limit = min(staleAfter, LeaseCheck.longestSilence)
        }
        var now = track.state(at: clock.uptime(), staleAfter: limit)
        if now == .ok, track.fixed == nil, isUnconfirmed(track.lastSuccess) { now = .failing }
        state.sources[source, default: SourceStatus()].state = now
        state.sources[source]?.hasFailed = track.problem != nil
        resumeWaiters()
    }

    /// Has the log say what has changed since the last time. To be called about once a second.
    func tell() {
        var standings: [SourceLog.Standing] = []
        for source in Source.allCases {
            guard let track = tracks[source] else { continue }
            refresh(source)
            standings.append(
                SourceLog.Standing(source: source, state: state.status(of: source).state, problem: track.problem)
            )
        }
        log.tell(standings, at: clock.uptime())
    }

    /// Sets the API groups that discovery shows.
    package func setAPIGroups(_ groups: Set<String>) {
        state.apiGroups = groups
    }

    /// Sets what /version says.
    func setVersion(_ version: ServerVersion) {
        state.version = version
        synced(.version)
    }

    /// Sets what the API servers' metrics tell of deprecated APIs, and how that source stands.
    package func setDeprecatedAPIs(_ requests: DeprecatedAPIRequests, _ standing: SourceState, reason: String) {
        state.deprecatedAPIs = requests
        guard standing == .ok else { return fix(.apiservermetrics, standing, reason: reason) }
        tracks[.apiservermetrics, default: SourceTrack()].fixed = .ok
        tracks[.apiservermetrics]?.problem = nil
        state.sources[.apiservermetrics, default: SourceStatus()].lastSuccess = clock.now()
        refresh(.apiservermetrics)
    }

    /// How a source stands now.
    package func status(of source: Source) -> SourceStatus {
        refresh(source)
        return state.status(of: source)
    }
}
