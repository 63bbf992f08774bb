import ClusterState

/// States built in code.
enum Samples {
    /// A state in which every source is ok and nothing is held.
    static var emptyState: ClusterState {
        var state = ClusterState()
        for source in Source.allCases { state.sources[source] = SourceStatus(state: .ok) }
        return state
    }
}
