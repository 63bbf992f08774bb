package import ClusterState

/// How far a source has been captured.
package struct CapturedSource: Sendable, Hashable {
    /// The source.
    package var source: Source
    /// Its state; nil while it is being read.
    package var state: SourceState?
    /// Objects, instances or members so far.
    package var objects = 0
    /// Bytes received so far.
    package var bytes = 0
    /// Why it is not ok, or what is being waited for; nil where there is nothing to say.
    package var reason: String?

    /// Creates a source of which nothing was read.
    package init(_ source: Source, _ state: SourceState? = nil, reason: String? = nil) {
        self.source = source
        self.state = state
        self.reason = reason
    }
}

/// What a capture came to.
package struct CaptureResult: Sendable, Hashable {
    /// Every source, in the order in which they were captured.
    package var sources: [CapturedSource] = []

    /// The sources that failed although they may be read: the recording lacks them.
    package var failed: [CapturedSource] {
        sources.filter { captured in
            guard let state = captured.state, state.isUnknown else { return false }
            // What may not be read is a property of the credentials. Members or API servers that cannot be seen from
            // here are no failure of the capture: their answers, or that there are none, are in the recording.
            return state != .forbidden && captured.source != .etcd && captured.source != .apiserver
        }
    }
}
