package import ClusterState
package import Exposition
package import HASignals

/// What one collection left: everything that is served until the next one.
package struct Snapshot: Sendable {
    /// Counts collections, from 1.
    package let number: Int
    /// Samples, findings, areas.
    package let signals: SignalSnapshot
    /// The state of the sources.
    package let sources: [SourceFacts]
    /// Monotonic time at which it began: its age is counted from there.
    package let startedAt: Duration
    /// Wall time at which it ended.
    package let endedAt: Timestamp
    /// How long it took.
    package let duration: Duration
    /// How long each area took, in the order of the guidance.
    package let areaDurations: [(area: AreaName, duration: Duration)]
    /// The text of the samples, in the formats that were asked for.
    package var renderings: [ExpositionFormat: Rendering] = [:]

    /// Creates a snapshot without renderings.
    package init(
        number: Int,
        signals: SignalSnapshot,
        sources: [SourceFacts],
        startedAt: Duration,
        endedAt: Timestamp,
        duration: Duration,
        areaDurations: [(area: AreaName, duration: Duration)]
    ) {
        self.number = number
        self.signals = signals
        self.sources = sources
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.duration = duration
        self.areaDurations = areaDurations
    }

    /// What took the longest: an area by its name, or `index` for what is worked out before the areas run and the wait
    /// for the state.
    package var slowestPart: (name: String, duration: Duration) {
        let index = duration - areaDurations.reduce(.zero) { $0 + $1.duration }
        let area = areaDurations.max { $0.duration < $1.duration }
        guard let area, area.duration > index else { return ("index", index) }
        return (area.area.rawValue, area.duration)
    }
}
