import ClusterState
import Exposition
import KubernetesClient
import Logging
import Programs
import Synchronization
import TestClocks
import Testing

@testable import Collection
@testable import HASignals

struct CollectionLoopTests {
    /// A source of which each collection takes time.
    struct SlowSource: SignalSource {
        let clock: HandClock
        let took: Duration
        var state = Samples.emptyState
        var untilReadBody: @Sendable () async -> Void = {}
        var source: RecordedSource {
            RecordedSource(state: state, probes: ProbeResults(), now: Timestamp(seconds: 1))
        }

        func withContext<Result: Sendable>(
            _ settings: SignalSettings,
            now: Timestamp,
            uptime: Duration,
            _ body: @Sendable (CollectionContext) -> Result
        ) async -> Result {
            clock.advance(by: took)
            return await source.withContext(settings, now: now, uptime: uptime, body)
        }

        func untilRead(_ sources: [Source]) async { await untilReadBody() }
    }

    /// The waits of a loop that is stopped at the third.
    private func waits(
        took: Duration,
        _ state: ClusterState = Samples.emptyState,
        settings: SignalSettings = SignalSettings(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
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
            settings: settings,
            cache: cache,
            clock: clock
        )
        try await CollectionLoop(collector, interval: .seconds(15), clock: clock, logger: logger).run()
        return (waits.withLock { $0 }, cache.latest?.number ?? 0)
    }

    @Test func startsEachCollectionAnIntervalAfterTheLast() async throws {
        let (waits, collections) = try await waits(took: .seconds(4))
        #expect(waits == [.seconds(11), .seconds(11), .seconds(11)])
        #expect(collections == 3)
    }

    /// Three collections of 8 s each are said once; 7 s are less than half of 15 s.
    @Test func warnsOfCollectionsThatTakeMoreThanHalfTheInterval() async throws {
        func lines(took: Duration) async throws -> [String] {
            let lines = LogBox()
            let logger = Logger(label: "test") { _ in
                LineLogHandler(level: .info, format: .json, write: { line in lines.all.withLock { $0.append(line) } })
            }
            _ = try await waits(took: took, logger: logger)
            return lines.all.withLock { $0 }
        }
        let slow = try await lines(took: .seconds(8))
        #expect(slow.count == 1)
        #expect(slow.first?.contains(#""level":"warning""#) == true)
        #expect(slow.first?.contains(#""seconds":"8.0""#) == true)
        #expect(slow.first?.contains(#""slowest":"index""#) == true)
        #expect(try await lines(took: .seconds(7)).isEmpty)
    }

    /// Said at the first of three collections, with the line of the file.
    @Test func warnsOnceOfAnExemptionThatSilencesNothing() async throws {
        var settings = SignalSettings()
        settings.optOuts.exemptions = [Exemption(reason: "by design", line: 7)]
        let lines = LogBox()
        let logger = Logger(label: "test") { _ in
            LineLogHandler(level: .info, format: .json, write: { line in lines.all.withLock { $0.append(line) } })
        }
        _ = try await waits(took: .seconds(1), settings: settings, logger: logger)
        let told = lines.all.withLock { $0 }.filter { $0.contains("exemption") }
        #expect(told.count == 1)
        #expect(told.first?.contains(#""line":"7""#) == true)
        #expect(told.first?.contains(#""reason":"by design""#) == true)
    }

    private final class LogBox: Sendable {
        let all = Mutex<[String]>([])
    }

    @Test func namesTheAreaThatTookLongest() {
        func slowest(_ areas: [(area: AreaName, duration: Duration)]) -> String {
            Snapshot(
                number: 1,
                signals: SignalRunner.collect(
                    CollectionContext(
                        state: Samples.emptyState,
                        probes: ProbeResults(),
                        observations: Observations(),
                        settings: SignalSettings(),
                        now: Timestamp(seconds: 1),
                        isRecording: true
                    )
                ),
                sources: [],
                startedAt: .zero,
                endedAt: Timestamp(seconds: 1),
                duration: .seconds(10),
                areaDurations: areas
            )
            .slowestPart.name
        }
        #expect(
            slowest([(.nodes, .seconds(2)), (.networkPolicies, .seconds(5)), (.rbac, .seconds(1))])
                == "network_policies"
        )
        #expect(slowest([(.nodes, .seconds(2)), (.rbac, .seconds(3))]) == "index")
    }

    /// The first complete collection does not wait for the interval: it is made when the last source has been read.
    @Test func collectsAsSoonAsTheSourcesAreRead() async throws {
        let hand = HandClock()
        let cache = SnapshotCache()
        var clock = hand.clock
        let sleeps = Mutex(0)
        clock.sleep = { _ in
            // The first sleep is cut short by the sources, the second passes, the third ends the loop.
            let number = sleeps.withLock { count in
                count += 1
                return count
            }
            if number == 2 { return }
            if number > 2 { throw CancellationError() }
            let (never, feed) = AsyncStream<Void>.makeStream()
            defer { feed.finish() }
            for await _ in never {}
            throw CancellationError()
        }
        let collector = Collector(
            source: ReadAfterTheFirst(clock: hand),
            settings: SignalSettings(),
            cache: cache,
            clock: clock
        )
        let collected = Mutex(0)
        let loop = CollectionLoop(
            collector,
            interval: .seconds(15),
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onCollected: { collected.withLock { $0 += 1 } }
        )
        try await loop.run()
        #expect(collected.withLock { $0 } == 3)
        #expect(cache.latest?.number == 3)
    }

    /// Nothing is read at the first collection, everything at the second.
    final class ReadAfterTheFirst: SignalSource {
        let clock: HandClock
        private let collections = Mutex(0)

        init(clock: HandClock) { self.clock = clock }

        func withContext<Result: Sendable>(
            _ settings: SignalSettings,
            now: Timestamp,
            uptime: Duration,
            _ body: @Sendable (CollectionContext) -> Result
        ) async -> Result {
            let number = collections.withLock { count in
                count += 1
                return count
            }
            let state = number == 1 ? ClusterState() : Samples.emptyState
            return await RecordedSource(state: state, probes: ProbeResults(), now: now)
                .withContext(settings, now: now, uptime: uptime, body)
        }

        func untilRead(_ sources: [Source]) async {}
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
        let cache = SnapshotCache()
        let collector = Collector(
            source: RecordedSource(state: Samples.emptyState, probes: ProbeResults(), now: Timestamp(seconds: 1e9)),
            settings: SignalSettings(),
            cache: cache,
            clock: clock.clock
        )
        await collector.collect()
        let first = try #require(cache.latest?.signals)
        clock.advance(by: .seconds(3_600))
        await collector.collect()
        let second = try #require(cache.latest?.signals)
        #expect(first.now == second.now)
        var samples: [[String]] = [[], []]
        first.table.forEachSample { samples[0].append("\($0)") }
        second.table.forEachSample { samples[1].append("\($0)") }
        #expect(samples[0] == samples[1])
        #expect(!samples[0].isEmpty)
    }
}
