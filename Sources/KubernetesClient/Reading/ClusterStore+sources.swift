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

    /// A request of the source has failed.
    func failed(_ source: Source, stage: String, _ failure: RequestFailure) {
        state.sources[source, default: SourceStatus()].errors[stage, default: 0] += 1
        tracks[source, default: SourceTrack()].problem = (failure.sourceState, "\(failure)")
        tracks[source]?.fixed = nil
        refresh(source)
    }

    /// The source stands so whatever it answered: absent, or disabled.
    package func fix(_ source: Source, _ fixed: SourceState, reason: String) {
        tracks[source, default: SourceTrack()].fixed = fixed
        tracks[source]?.problem = (fixed, reason)
        refresh(source)
    }

    /// A source without resource has answered for the first time: from now on it ages.
    func synced(_ source: Source) {
        tracks[source, default: SourceTrack()].hasSynced = true
        succeeded(source)
    }

    /// Works out how a source stands now.
    func refresh(_ source: Source) {
        let track = tracks[source] ?? SourceTrack()
        let now = track.state(at: clock.uptime(), staleAfter: staleAfter)
        state.sources[source, default: SourceStatus()].state = now
        log.note(source, now, track.problem?.reason)
        resumeWaiters()
    }

    /// Sets what /version says.
    func setVersion(_ version: ServerVersion) {
        state.version = version
        synced(.version)
    }

    /// How a source stands now.
    package func status(of source: Source) -> SourceStatus {
        refresh(source)
        return state.status(of: source)
    }
}
