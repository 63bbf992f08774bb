import ClusterState
import Exposition
import Synchronization
import Testing

@testable import ExporterServer
@testable import HASignals

struct CollectionLoopTests {
    /// A source of which each collection takes time.
    struct SlowSource: SignalSource {
        let clock: HandClock
        let took: Duration
        var state = Samples.emptyState
        var source: RecordedSource {
            RecordedSource(state: state, probes: ProbeResults(), now: Timestamp(seconds: 1))
        }

        func withView<Result: Sendable>(
            now: Timestamp,
            uptime: Duration,
            _ body: @Sendable (ClusterView) -> Result
        ) async -> Result {
            clock.advance(by: took)
            return await source.withView(now: now, uptime: uptime, body)
        }
    }

    /// The waits of a loop that is stopped at the third.
    private func waits(
        took: Duration,
        _ state: ClusterState = Samples.emptyState
    ) async throws -> (waits: [Duration], collections: Int) {
        let hand = HandClock()
        let waits = Mutex<[Duration]>([])
        var clock = hand.clock
        clock.sleep = { duration in
            hand.advance(by: duration)
            let count = waits.withLock {
                $0.append(duration)
                return $0.count
            }
            if count == 3 { throw CancellationError() }
        }
        let cache = SnapshotCache()
        let collector = Collector(
            source: SlowSource(clock: hand, took: took, state: state),
            settings: SignalSettings(),
            cache: cache,
            clock: clock
        )
        try await CollectionLoop(collector, interval: .seconds(15), clock: clock).run()
        return (waits.withLock { $0 }, cache.latest?.number ?? 0)
    }

    @Test func startsEachCollectionAnIntervalAfterTheLast() async throws {
        let (waits, collections) = try await waits(took: .seconds(4))
        #expect(waits == [.seconds(11), .seconds(11), .seconds(11)])
        #expect(collections == 3)
    }

    /// Nobody waits an interval for the first complete collection.
    @Test func followsCloselyWhileSourcesAreStillToBeRead() async throws {
        let (waits, collections) = try await waits(took: .milliseconds(10), ClusterState())
        #expect(waits == [.milliseconds(240), .milliseconds(240), .milliseconds(240)])
        #expect(collections == 3)
    }

    @Test func measuresACollection() async throws {
        let hand = HandClock()
        let cache = SnapshotCache()
        let collector = Collector(
            source: SlowSource(clock: hand, took: .seconds(4)),
            settings: SignalSettings(),
            cache: cache,
            clock: hand.clock
        )
        await collector.collect()
        let snapshot = try #require(cache.latest)
        #expect(snapshot.startedAt == .seconds(100))
        #expect(snapshot.duration == .seconds(4))
        #expect(snapshot.endedAt == Timestamp(seconds: 1_700_000_000))
        let timed = snapshot.areaDurations.map { $0.area }
        let names = allAreas.map { $0.name }
        #expect(timed == names)
    }

    @Test func findsTheSameInARecordingEachTime() async throws {
        let clock = HandClock()
        let server = Samples.server(Samples.emptyState, clock)
        await server.collector.collect()
        let first = try #require(server.cache.latest?.signals)
        clock.advance(by: .seconds(3_600))
        await server.collector.collect()
        let second = try #require(server.cache.latest?.signals)
        #expect(first.now == second.now)
        var samples: [[String]] = [[], []]
        first.table.forEachSample { samples[0].append("\($0)") }
        second.table.forEachSample { samples[1].append("\($0)") }
        #expect(samples[0] == samples[1])
        #expect(!samples[0].isEmpty)
    }
}
