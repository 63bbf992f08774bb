import ClusterState
import Collection
import Exposition
import HTTPTypes
import Testing

@testable import ExporterServer
@testable import HASignals

struct OwnFamiliesTests {
    @Test func areNamedByTheRules() {
        let families = OwnFamilies.all.map(\.descriptor)
        #expect(families.flatMap { $0.problems() } == [])
        let cluster = SignalRunner.allFamilies.map(\.descriptor)
        #expect(FamilyDescriptor.problems(between: cluster + families) == [])
    }

    private func table(_ state: ClusterState) async throws -> SampleTable {
        let server = Samples.server(state)
        await server.collector.collect()
        return OwnFamilies.table(of: try #require(server.cache.latest), isFresh: true)
    }

    @Test(arguments: SourceState.allCases)
    func tellEachStateOfASource(_ state: SourceState) async throws {
        var cluster = Samples.emptyState
        cluster.sources[.pods] = SourceStatus(state: state)
        let table = try await table(cluster)
        let isWanted = state != .absent && state != .disabled
        let up = table.value(of: "kube_ha_exporter_source_up", labels: [("source", "pods")])
        #expect(up == (isWanted ? (state == .ok ? 1 : 0) : nil))
        for other in SourceState.allCases {
            let value = table.value(
                of: "kube_ha_exporter_source_state",
                labels: [("source", "pods"), ("state", other.rawValue)]
            )
            #expect(value == (other == state ? 1 : 0))
        }
        let objects = table.value(of: "kube_ha_exporter_source_objects", labels: [("source", "pods")])
        #expect(objects == (state.givesFamilies ? 0 : nil))
    }

    @Test func countWhatASourceDid() async throws {
        var cluster = Samples.emptyState
        var status = SourceStatus(state: .stale)
        status.lastSuccess = Timestamp(seconds: 12.5)
        status.events = 3
        status.relists = 2
        status.receivedBytes = 4_096
        status.errors = ["watch": 5]
        cluster.sources[.nodes] = status
        let table = try await table(cluster)
        let nodes = [("source", "nodes")]
        #expect(table.value(of: "kube_ha_exporter_source_last_success_timestamp_seconds", labels: nodes) == 12.5)
        #expect(table.value(of: "kube_ha_exporter_source_events_total", labels: nodes) == 3)
        #expect(table.value(of: "kube_ha_exporter_source_relists_total", labels: nodes) == 2)
        #expect(table.value(of: "kube_ha_exporter_source_received_bytes_total", labels: nodes) == 4_096)
        let errors = nodes + [("stage", "watch")]
        #expect(table.value(of: "kube_ha_exporter_source_errors_total", labels: errors) == 5)
        #expect(table.value(of: "kube_ha_exporter_source_events_total", labels: [("source", "etcd")]) == nil)
    }

    @Test(arguments: [SourceState.ok, .disabled, .unauthorized])
    func tellWhenOurCertificateExpires(_ state: SourceState) async throws {
        var cluster = Samples.emptyState
        var status = SourceStatus(state: state)
        status.clientCertificateExpiry = Timestamp(seconds: 1_900_000_000)
        cluster.sources[.apiserver] = status
        let expiries = try await table(cluster)
            .samples(of: "kube_ha_exporter_client_certificate_expiry_timestamp_seconds")
        #expect(expiries.compactMap { $0["source"] } == ["apiserver"])
        let value = try await table(cluster)
            .value(
                of: "kube_ha_exporter_client_certificate_expiry_timestamp_seconds",
                labels: [("source", "apiserver")]
            )
        #expect(value == 1_900_000_000)
    }

    @Test func timeEveryArea() async throws {
        let table = try await table(Samples.emptyState)
        let areas = table.samples(of: "kube_ha_exporter_collection_area_duration_seconds").compactMap { $0["area"] }
        let names = allAreas.map { $0.name.rawValue }
        #expect(areas == names)
    }

    @Test func countRequestsByKnownPath() async throws {
        let server = Samples.server()
        _ = try await server.ask(.get, "/metrics")
        _ = try await server.ask(.post, "/metrics")
        _ = try await server.ask(.get, "/a")
        _ = try await server.ask(.get, "/b\"x")
        let lines = try await server.ask(.get, "/metrics").text.split(separator: "\n")
            .filter { $0.hasPrefix("kube_ha_exporter_http_requests_total{") }
        #expect(
            lines == [
                "kube_ha_exporter_http_requests_total{path=\"/metrics\",code=\"200\"} 1",
                "kube_ha_exporter_http_requests_total{path=\"/metrics\",code=\"405\"} 1",
                "kube_ha_exporter_http_requests_total{path=\"other\",code=\"404\"} 2",
            ]
        )
    }

    @Test func leaveOutWhatTheSystemDoesNotTell() {
        let table = OwnFamilies.tableOfMoment(snapshot: nil, requests: [:], process: ProcessFacts())
        #expect(table.families.contains { $0.name.description == "process_cpu_seconds_total" })
        #expect(table.samples(of: "process_cpu_seconds_total").isEmpty)
    }

    @Test func readTheProcessFromProc() {
        var facts = ProcessFacts()
        // A name with a space and parentheses, then 50 fields.
        let fields = ["S"] + (4...52).map(String.init)
        facts.read(
            stat: "42 (a) b( c) " + fields.joined(separator: " ") + "\n",
            bootTime: 1_000,
            ticksPerSecond: 10,
            pageSize: 4_096
        )
        #expect(facts.cpuSeconds == Double(14 + 15) / 10)
        #expect(facts.startTimeSeconds == 1_000 + 2.2)
        #expect(facts.virtualMemoryBytes == 23)
        #expect(facts.residentMemoryBytes == 24 * 4_096)
        #expect(ProcessFacts.bootTime("cpu 1 2\nbtime 77\nx 1\n") == 77)
        #expect(ProcessFacts.bootTime("cpu 1 2\n") == nil)
    }

    @Test func findTheRunningProcess() {
        let facts = ProcessFacts.current()
        #expect((facts.residentMemoryBytes ?? 0) > 1_000_000)
        #expect((facts.openFileDescriptors ?? 0) > 2)
        #expect((facts.startTimeSeconds ?? 0) > 1_600_000_000)
    }

    /// What an old snapshot says of a source is no news: the source is not up. What it counted stays counted, and what
    /// does not exist here stays so.
    @Test func oldSnapshotsSayThatSourcesAreStale() async throws {
        var cluster = Samples.emptyState
        var status = SourceStatus(state: .ok)
        status.events = 3
        cluster.sources[.pods] = status
        cluster.sources[.gateways] = SourceStatus(state: .absent)
        let server = Samples.server(cluster)
        await server.collector.collect()
        let snapshot = try #require(server.cache.latest)
        func value(_ family: String, _ labels: [(String, String)], isFresh: Bool) -> Double? {
            OwnFamilies.table(of: snapshot, isFresh: isFresh)
                .value(of: "kube_ha_exporter_source_\(family)", labels: labels)
        }
        let pods = [("source", "pods")]
        #expect(value("up", pods, isFresh: true) == 1)
        #expect(value("up", pods, isFresh: false) == 0)
        #expect(value("state", pods + [("state", "ok")], isFresh: false) == 0)
        #expect(value("state", pods + [("state", "stale")], isFresh: false) == 1)
        #expect(value("objects", pods, isFresh: false) == nil)
        #expect(value("events_total", pods, isFresh: false) == 3)
        #expect(value("up", [("source", "gateways")], isFresh: false) == nil)
        #expect(value("state", [("source", "gateways"), ("state", "absent")], isFresh: false) == 1)
    }
}
