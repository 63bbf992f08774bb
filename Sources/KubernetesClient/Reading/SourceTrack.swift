import ClusterState

/// The progress and problems of a source, from which its state at a moment follows.
struct SourceTrack: Sendable {
    /// How long an attempt may have failed without a success since until the source is failing: SIGNALS, source states.
    static let failingAfter = Duration.seconds(30)

    /// A state set from outside: absent, disabled, or the result of probes.
    var fixed: SourceState?
    /// What failed last, unless something succeeded since. Without a state the source only ages.
    var problem: SourceProblem?
    /// Uptime of the last success.
    var lastSuccess: Duration?
    /// Whether a list has ended since the start.
    var hasSynced = false
    /// Uptime at which the list under way was begun.
    var listBeganAt: Duration?
    /// Uptime of the last progress of each part of the resource: an event or bookmark of its watch, or a list.
    /// What is held of the part was then what the cluster held.
    var lastProgressAt: [Duration] = []

    /// Uptime at which all that is held was last known to be what the cluster holds; nil before the first list.
    var knownAt: Duration? { lastProgressAt.min() }

    /// Its state.
    ///
    /// A refusal holds at once. A fault that may pass makes the source failing after ``failingAfter``: an API server that is
    /// restarted must not make all areas unknown, one that is gone must.
    func state(at now: Duration, staleAfter: Duration) -> SourceState {
        if let fixed { return fixed }
        if let state = problem?.state, state == .forbidden || state == .unauthorized { return state }
        guard hasSynced, let lastSuccess else { return problem?.state ?? .notSynced }
        guard now - lastSuccess >= staleAfter else {
            guard let problem, now - problem.since >= Self.failingAfter else { return .ok }
            return .failing
        }
        return problem?.state ?? .stale
    }
}
