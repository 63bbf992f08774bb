import ClusterSimulator
import ClusterState
import Collection
import ExporterServer
import HASignals
import Hummingbird
import HummingbirdTesting
import KubernetesClient
import Synchronization
import TestClocks
import Testing

/// A collection that never ends must not have old truth served: the age of a snapshot is looked at when it is asked for.
struct StaleSnapshotTests {
    /// A source whose collections hang once it is told so.
    private final class HangingSource: SignalSource {
        let isHanging = Mutex(false)

        func withContext<Result: Sendable>(
            _ settings: SignalSettings,
            now: Timestamp,
            uptime: Duration,
            _ body: @Sendable (CollectionContext) -> Result
        ) async -> Result {
            if isHanging.withLock({ $0 }) {
                // Until it is cancelled, which nobody does.
                let (gate, _) = AsyncStream<Void>.makeStream()
                for await _ in gate {}
            }
            var state = ClusterState()
            for source in Source.allCases { state.sources[source] = SourceStatus(state: .ok) }
            return body(
                CollectionContext(
                    state: state,
                    probes: ProbeResults(),
                    observations: Observations(),
                    settings: settings,
                    now: now,
                    isRecording: false
                )
            )
        }

        func untilRead(_ sources: [Source]) async {}
    }

    private func ask(_ server: ExporterServer, _ path: String) async throws -> TestResponse {
        try await Application(responder: server.responder)
            .test(.router) { client in
                try await client.execute(uri: path, method: .get)
            }
    }

    @Test func aCollectionThatHangsLeavesTheExporterAlone() async throws {
        let clock = ManualClock()
        let times = ClientClock(
            now: { Timestamp(seconds: 1_800_000_000) },
            uptime: { clock.now.offset },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        )
        let source = HangingSource()
        var settings = ServerSettings()
        settings.collection.staleAfter = .seconds(60)
        let cache = SnapshotCache()
        let collector = Collector(source: source, settings: SignalSettings(), cache: cache, clock: times)
        let server = ExporterServer(settings, cache: cache, clock: times, processFacts: { ProcessFacts() })
        let executor = StepExecutor()
        for _ in 0..<3 {
            _ = executor.run { await collector.collect() }
            clock.advance(by: .seconds(15))
        }
        source.isHanging.withLock { $0 = true }
        let task = Task(executorPreference: executor) { await collector.collect() }
        defer {
            task.cancel()
            executor.drain()
        }
        executor.drain()
        // The last one began at 30 s, and the next hangs since 45 s.
        #expect(cache.latest?.number == 3)
        // Two intervals are as long as a collection may be away: SIGNALS, «After a gap in the collection loop».
        clock.advance(by: .seconds(15))
        #expect(Scrape(String(buffer: try await ask(server, "/metrics").body)).has("kube_ha_area_status"))
        clock.advance(by: .seconds(1))
        executor.drain()
        let said = Scrape(String(buffer: try await ask(server, "/metrics").body))
        #expect(!said.has("kube_ha_area_status"))
        #expect(!said.has("kube_ha_findings"))
        #expect(said.value("kube_ha_exporter_leader") == 0)
        #expect(said.names.allSatisfy { !$0.hasPrefix("kube_ha_") || $0.hasPrefix("kube_ha_exporter_") })
        // What it says of itself goes on, and tells that nothing is collected.
        #expect(said.value("kube_ha_exporter_collections_total") == 3)
        #expect(said.value("kube_ha_exporter_last_collection_timestamp_seconds") == 1_800_000_000)
        #expect(try await ask(server, "/livez").status == .ok)
    }

    /// The process was stopped for a while: the first scrape refuses what was collected before, though it is not older than
    /// `--stale-after`.
    @Test func aSnapshotFromBeforeAGapIsRefused() async throws {
        let bench = try FaultBench(staleAfter: .seconds(300))
        _ = try await bench.start()
        bench.clock.advance(by: .seconds(30))
        let fresh = try await bench.scrape()
        #expect(fresh.has("kube_ha_area_status"))
        #expect(fresh.value("kube_ha_exporter_leader") == 1)
        bench.clock.advance(by: .seconds(1))
        let said = try await bench.scrape()
        #expect(!said.has("kube_ha_area_status"))
        #expect(said.value("kube_ha_exporter_leader") == 0)
        #expect(said.has("kube_ha_exporter_source_up"))
    }
}
