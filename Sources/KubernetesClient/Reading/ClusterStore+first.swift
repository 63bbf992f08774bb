package import ClusterState

/// Whether the first reading of everything is worth waiting for.
package enum InitialWait: Sendable, Hashable {
    /// All that may be read has been read.
    case over
    /// Something is still to come.
    case some
    /// All that was asked has failed, and nothing has come.
    case futile
}

extension ClusterStore {
    /// The progress of the first reading.
    ///
    /// - Parameter sources: The sources that are read.
    /// - Returns: Whether to wait.
    package func initialWait(for sources: [Source]) -> InitialWait {
        let awaited = sources.filter { source in
            let track = tracks[source] ?? SourceTrack()
            if track.hasSynced || track.fixed != nil { return false }
            // Rights do not come by waiting.
            return track.problem?.state != .forbidden && track.problem?.state != .unauthorized
        }
        guard !awaited.isEmpty else { return .over }
        let haveAllFailed = awaited.allSatisfy { tracks[$0]?.problem != nil }
        return haveAllFailed && !hasReadAny(of: sources) ? .futile : .some
    }

    /// Whether anything has been read.
    package func hasReadAny(of sources: [Source]) -> Bool {
        sources.contains { tracks[$0]?.hasSynced ?? false }
    }

    /// Why the first of the sources that failed did, in a line; nil where none has.
    package func firstProblem(of sources: [Source]) -> String? {
        sources.lazy.compactMap { self.tracks[$0]?.problem?.reason }.first
    }
}
