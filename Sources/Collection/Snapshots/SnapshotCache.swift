package import Exposition
import HASignals
import Synchronization

/// Holds the snapshot that is served; readers and the collection loop meet only here.
package final class SnapshotCache: Sendable {
    private struct State {
        var snapshot: Snapshot?
        /// Monotonic time at which each format was last asked for compressed.
        var askedAt: [ExpositionFormat: Duration] = [:]
    }

    /// How long a format is kept ready after its last request: several intervals of the slowest scrapers.
    private static let keepReadyFor = Duration.seconds(600)

    private let state = Mutex(State())

    /// Creates a cache that holds nothing yet.
    package init() {}

    /// The last snapshot, however old.
    package var latest: Snapshot? { state.withLock { $0.snapshot } }

    /// The last snapshot if it began less than `limit` ago, and if no collection that was due since is missing: a loop that
    /// hangs, a process that was stopped, or a machine that slept, must not serve old truth.
    ///
    /// - Parameters:
    ///   - uptime: Monotonic time.
    ///   - limit: `--stale-after`.
    ///   - interval: From the start of one collection to that of the next. After two of them, beside what the last
    ///     collection took, there is a gap.
    /// - Returns: The snapshot; nil where there is none that may be served.
    package func fresh(at uptime: Duration, within limit: Duration, interval: Duration) -> Snapshot? {
        guard let snapshot = latest else { return nil }
        let age = uptime - snapshot.startedAt
        return age < limit && age <= interval * 2 + snapshot.duration * 2 ? snapshot : nil
    }

    /// Replaces the snapshot, its renderings with it.
    package func publish(_ snapshot: Snapshot) {
        state.withLock { $0.snapshot = snapshot }
    }

    /// The formats to render at once after a collection.
    package func wantedFormats(at uptime: Duration) -> [ExpositionFormat] {
        state.withLock { state in
            ExpositionFormat.allCases.filter { format in
                state.askedAt[format].map { uptime - $0 < Self.keepReadyFor } ?? false
            }
        }
    }

    /// The compressed text of a snapshot: the ready one, or, for the first who asks for the format, one made now and
    /// kept.
    package func rendering(
        of snapshot: Snapshot,
        _ format: ExpositionFormat,
        at uptime: Duration
    ) async -> Rendering {
        let ready = state.withLock { state in
            state.askedAt[format] = uptime
            return state.snapshot?.number == snapshot.number ? state.snapshot?.renderings[format] : nil
        }
        if let ready = ready ?? snapshot.renderings[format] { return ready }
        let rendering = await Rendering.make(snapshot.signals.table, format: format)
        state.withLock { state in
            guard state.snapshot?.number == snapshot.number else { return }
            state.snapshot?.renderings[format] = rendering
        }
        return rendering
    }
}
