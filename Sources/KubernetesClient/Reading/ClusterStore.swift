import ClusterState
import KubernetesWire
package import Logging

/// Owns what is known of the cluster. Bytes are decoded into it here, chunk by chunk, and collections borrow it here:
/// nobody else sees it, nothing is copied, and nobody ever sees half a list.
package actor ClusterStore {
    /// A list above which it pays to have the allocator give back what the old one took.
    private static let largeList = 1_000

    var state = ClusterState()
    var tracks: [Source: SourceTrack] = [:]
    var log: SourceLog
    let filters: [Source: NamespaceFilter]
    let staleAfter: Duration
    let clock: ClientClock
    /// Bodies being read, by number: what is left of them is in their parsers.
    var pages: [Int: PageReading] = [:]
    var watches: [Int: WatchReading] = [:]
    private var lastReading = 0
    private var generations: [Source: Int] = [:]
    private let afterLargeList: @Sendable () -> Void
    var observations = Observations()
    /// Uptime of the first failure that ``ClusterState/ClusterState/failingRequests`` counts.
    var requestsFailingSince: Duration?
    /// Uptime of the last gap in which the process did not run; nil where there was none.
    var gapAt: Duration?
    var probes = ProbeOutcome()
    /// Who was healthy at the last collection; nil before the first.
    var collectedHealth: Set<String>?
    /// Whether something failed that a round of probes can explain.
    var areProbesWanted = false
    /// Who waits for something to come about, by number.
    var waiters: [Int: Waiter] = [:]

    /// Creates a store of which nothing is known.
    ///
    /// - Parameters:
    ///   - selection: What is read.
    ///   - staleAfter: After so long without success, a source is stale.
    ///   - clock: The clocks.
    ///   - logger: Takes a line for each change of a source's state.
    ///   - afterLargeList: Called when a large list was swapped in: `malloc_trim` belongs here.
    package init(
        selection: ResourceSelection = ResourceSelection(),
        staleAfter: Duration,
        clock: ClientClock,
        logger: Logger,
        afterLargeList: @escaping @Sendable () -> Void = {}
    ) {
        var filters: [Source: NamespaceFilter] = [:]
        for resource in APIResource.all { filters[resource.source] = NamespaceFilter(resource, selection) }
        self.filters = filters
        self.staleAfter = staleAfter
        self.clock = clock
        log = SourceLog(logger)
        self.afterLargeList = afterLargeList
    }

    /// A number for a body to be read.
    func nextReading() -> Int {
        lastReading += 1
        return lastReading
    }

    // MARK: Lists as a whole

    /// Begins to stage a list. Bodies of the source that are still being read are read no further.
    ///
    /// - Returns: How many objects the source holds.
    func beginList(_ source: Source) -> Int {
        dropReadings(of: source)
        tracks[source, default: SourceTrack()].listBeganAt = clock.uptime()
        APIResource.of(source)?.change(.begin, in: &state)
        return count(source)
    }

    /// Puts the staged list in its place.
    ///
    /// - Parameters:
    ///   - source: What was listed.
    ///   - scopes: The number of its parts, all of which were.
    func commitList(_ source: Source, scopes: Int) {
        dropReadings(of: source)
        APIResource.of(source)?.change(.commit, in: &state)
        state.sources[source, default: SourceStatus()].relists += 1
        tracks[source, default: SourceTrack()].hasSynced = true
        let listedAt = tracks[source]?.listBeganAt ?? clock.uptime()
        tracks[source]?.lastProgressAt = Array(repeating: listedAt, count: scopes)
        state.sweepIfDue()
        if count(source) > Self.largeList { afterLargeList() }
    }

    /// Drops what was staged.
    func abandonList(_ source: Source) {
        dropReadings(of: source)
        APIResource.of(source)?.change(.abandon, in: &state)
        state.sweepIfDue()
    }

    /// Drops all objects of a source.
    func clear(_ source: Source) {
        dropReadings(of: source)
        APIResource.of(source)?.change(.clear, in: &state)
        tracks[source]?.hasSynced = false
        tracks[source]?.lastProgressAt = []
        state.sweepIfDue()
    }

    /// The number of the list or set of watches of a source that is under way. A body opens with the number that it was
    /// asked for under, so that a late one of an older list is passed over.
    func generation(of source: Source) -> Int { generations[source, default: 0] }

    /// The watches of the source are closed: what they still bring is passed over, and so is what is opened for them late.
    func dropReadings(of source: Source) {
        generations[source, default: 0] += 1
        for (number, page) in pages where page.resource.source == source { pages[number] = nil }
        for (number, watch) in watches where watch.resource.source == source { watches[number] = nil }
    }

    /// How many objects a source holds.
    private func count(_ source: Source) -> Int {
        APIResource.of(source)?.count(in: state) ?? 0
    }
}
