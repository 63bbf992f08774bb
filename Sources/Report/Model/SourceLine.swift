package import ClusterState

/// How a source stood when a report was made.
package struct SourceLine: Sendable {
    package var source: Source
    package var state: SourceState
    /// Why it is not ok; empty where it is, and where nobody told.
    package var reason: String
    /// Objects held; nil for what holds none, and where nothing was received yet.
    package var objects: Int?
    /// When it was last heard of; nil where it never was, and in recordings.
    package var lastSuccess: Timestamp?
    /// Seconds from then to the moment of the report.
    package var age: Double?

    /// Creates a line.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - status: Its status.
    ///   - objects: Objects held.
    ///   - now: The moment of the report, by the clock that ``SourceStatus/lastSuccess`` was read from.
    package init(_ source: Source, _ status: SourceStatus, objects: Int?, now: Timestamp) {
        self.source = source
        state = status.state
        reason = status.reason
        self.objects = objects
        lastSuccess = status.lastSuccess
        age = status.lastSuccess.map { max(0, now.seconds - $0.seconds) }
    }
}
