import ClusterState

/// What is wrong with a source, or why it is not read.
struct SourceProblem: Sendable {
    /// The state of the source while this lasts; nil where it only ages.
    var state: SourceState?
    /// One line for people.
    var reason: String
    /// What it has in common with the problems of other sources: see ``RequestFailure/cause``.
    var cause: String
    /// Uptime since which the source has not succeeded.
    var since: Duration
}
