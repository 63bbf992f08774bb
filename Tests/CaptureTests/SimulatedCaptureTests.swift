import Capture
import ClusterSimulator
import ClusterState
import HTTPTransport
import KubernetesClient
import Recordings
import Synchronization
import TestFixtures
import Testing

/// Captures of a cluster that changes, refuses and fails meanwhile.
struct SimulatedCaptureTests {
    private static let templates = Result {
        var files: [String: [UInt8]] = [:]
        for name in RecordedTemplates.fileNames { files[name] = try? Fixture.healthy.bytes(name) }
        return try RecordedTemplates(files: files)
    }

    /// Does something before each request is answered, and may answer it.
    private struct Interfering: Transport {
        let inner: any Transport
        let interfere: @Sendable (TransportRequest) throws(TransportError) -> TransportResponse?

        func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
            if let answer = try interfere(request) { return answer }
            return try await inner.send(request)
        }
    }

    private static func cluster(pods: Int = 1_200) throws -> SimulatedCluster {
        try SimulatedCluster(
            plan: ClusterPlan(nodes: 9, pods: pods, zones: 3, podBytes: 0),
            templates: templates.get()
        )
    }

    private static func bench(
        _ cluster: SimulatedCluster,
        _ interfere: @escaping @Sendable (TransportRequest) throws(TransportError) -> TransportResponse? = { _ in nil }
    ) throws -> CaptureBench {
        try CaptureBench(
            Interfering(inner: SimulatorTransport(cluster: cluster), interfere: interfere),
            now: { Timestamp(seconds: Double(cluster.wallTime)) },
            onWait: { cluster.advance(by: $0) }
        )
    }

    /// Counts requests whose URL has the text.
    private final class Counter: Sendable {
        private let counts = Mutex<[String: Int]>([:])

        func next(_ text: String, _ request: TransportRequest) -> Int? {
            guard request.url.contains(text) else { return nil }
            return counts.withLock { counts in
                counts[text, default: 0] += 1
                return counts[text]
            }
        }
    }

    private static func podNames(_ cluster: SimulatedCluster) -> [String] {
        cluster.objects(.pods).map { "\($0.namespace)/\($0.name)" }
    }

    private static func podNames(_ bench: CaptureBench) throws -> [String] {
        let list = try ProtobufMessage(parsing: bench.bytes("core_v1_pods.pb").dropFirst(4)).message(2)
        #expect(list?.string(1, 3) == "")
        #expect(list?.integer(1, 4) == nil)
        return (list?.messages(2) ?? []).map { "\($0.string(1, 3) ?? "")/\($0.string(1, 1) ?? "")" }
    }

    @Test func recordsWhatTheClusterHolds() async throws {
        let cluster = try Self.cluster()
        cluster.advance(by: .seconds(30))
        let bench = try Self.bench(cluster)
        let result = try await bench.capture()
        #expect(result.sources.allSatisfy { $0.state == .ok })
        #expect(Set(result.sources.map(\.source)) == Set(Source.allCases))
        let recording = try bench.recording()
        #expect(recording.state.sources.values.allSatisfy { $0.state == .ok })
        for (resource, objects) in cluster.contents() {
            guard resource != .leases, let told = result.sources.first(where: { $0.source.rawValue == resource.plural })
            else { continue }
            #expect(told.objects == objects.count, "\(resource)")
        }
        #expect(recording.state.pods.count == cluster.objects(.pods).count)
        #expect(recording.state.nodeLeases.count == 9)
        #expect(recording.probes.apiServers.count == 3 && recording.probes.apiServers.allSatisfy { $0.isServing })
        #expect(recording.probes.etcdClusters.first?.members.count == 3)
        #expect(
            recording.state.deprecatedAPIs.all.map(\.name) == ["carts.v1beta1.shop.example.com", "endpoints.v1"]
        )
        #expect(recording.now.seconds == Double(cluster.wallTime))
        #expect(bench.waits.isEmpty)
    }

    /// The pages are those of one moment, whatever is written meanwhile.
    @Test func aListThatChangesIsOfOneMoment() async throws {
        let cluster = try Self.cluster()
        let atFirst = Mutex<[String]>([])
        let counter = Counter()
        let bench = try Self.bench(cluster) { request in
            guard let number = counter.next("/v1/pods?", request) else { return nil }
            if number == 1 { atFirst.withLock { $0 = Self.podNames(cluster) } }
            if number > 1 {
                cluster.churn(60)
                cluster.advance(by: .seconds(20))
            }
            return nil
        }
        _ = try await bench.capture(selection: ResourceSelection(sources: [.pods]))
        #expect(try Self.podNames(bench) == atFirst.withLock { $0 })
        #expect(Self.podNames(cluster) != atFirst.withLock { $0 })
    }

    /// A token that expires in mid-list: the list begins anew, and nothing of the first remains.
    @Test func anExpiredTokenBeginsTheListAnew() async throws {
        let cluster = try Self.cluster()
        let counter = Counter()
        let bench = try Self.bench(cluster) { request in
            if counter.next("/v1/pods?", request) == 3 {
                cluster.churn(60)
                cluster.advance(by: .seconds(20))
                try? cluster.inject(.compaction)
            }
            return nil
        }
        let result = try await bench.capture(selection: ResourceSelection(sources: [.pods]))
        let names = try Self.podNames(bench)
        #expect(names == Self.podNames(cluster))
        #expect(result.sources.first { $0.source == .pods }?.objects == names.count)
        // Two pages, the refusal, and three more.
        #expect(cluster.requestCounts["list pods"] == 6)
    }

    /// A page that breaks off is asked for again, and counts once.
    @Test func aPageThatBreaksOffCountsOnce() async throws {
        let cluster = try Self.cluster()
        let counter = Counter()
        let bench = try Self.bench(cluster) { request in
            guard counter.next("/v1/pods?", request) == 2 else { return nil }
            let whole = try? Fixture.healthy.bytes("core_v1_pods.pb")
            return RecordedAPIServer.answer(200, whole ?? [], cutAfter: 60)
        }
        _ = try await bench.capture(selection: ResourceSelection(sources: [.pods]))
        #expect(try Self.podNames(bench) == Self.podNames(cluster))
        #expect(bench.waits.count == 1)
        #expect(bench.progress.contains { $0.state == nil && $0.reason == "connection lost: cut" })
    }

    @Test func whatIsForbiddenIsWrittenDown() async throws {
        let cluster = try Self.cluster()
        try cluster.inject(.forbidden(.persistentVolumes))
        let bench = try Self.bench(cluster)
        let result = try await bench.capture()
        #expect(result.failed.isEmpty)
        #expect(result.sources.first { $0.source == .persistentvolumes }?.state == .forbidden)
        #expect(
            String(decoding: try bench.bytes("sources.json"), as: UTF8.self)
                == "{\n  \"persistentvolumes\": \"forbidden\"\n}\n"
        )
        let recording = try bench.recording()
        #expect(recording.state.status(of: .persistentvolumes).state == .forbidden)
        #expect(recording.state.status(of: .persistentvolumeclaims).state == .ok)
        #expect(try !bench.fileNames.contains("core_v1_persistentvolumes.pb"))
    }

    /// Leases of nodes and all others are in one file, of which one half may be forbidden.
    @Test func halfOfTheLeasesMayBeForbidden() async throws {
        let cluster = try Self.cluster()
        let bench = try Self.bench(cluster) { request in
            guard request.url.contains("/namespaces/kube-system/leases") else { return nil }
            return RecordedAPIServer.answer(403, Array(#"{"kind":"Status","code":403,"reason":"Forbidden"}"#.utf8))
        }
        _ = try await bench.capture()
        let state = try bench.recording().state
        #expect(state.status(of: .leases).state == .forbidden)
        #expect(state.status(of: .nodeleases).state == .ok)
        #expect(state.nodeLeases.count == 9)
        #expect(state.leases.count == 0)
    }

    @Test func whatIsNotServedIsAbsent() async throws {
        let cluster = try Self.cluster()
        let bench = try Self.bench(cluster) { request in
            guard request.url.hasSuffix("/apis") else { return nil }
            return RecordedAPIServer.answer(200, Array(#"{"groups":[{"versions":[{"groupVersion":"apps/v1"}]}]}"#.utf8))
        }
        _ = try await bench.capture()
        let state = try bench.recording().state
        #expect(state.status(of: .deployments).state == .ok)
        #expect(state.status(of: .gateways).state == .absent)
        #expect(state.status(of: .poddisruptionbudgets).state == .absent)
        #expect(cluster.requestCounts["list poddisruptionbudgets"] == nil)
    }

    @Test func whatIsExcludedIsDisabled() async throws {
        let cluster = try Self.cluster()
        let bench = try Self.bench(cluster)
        _ = try await bench.capture(selection: ResourceSelection(sources: [.pods, .nodes]))
        let state = try bench.recording().state
        #expect(state.status(of: .pods).state == .ok)
        #expect(state.status(of: .services).state == .disabled)
        await #expect(throws: CaptureError.nothingSelected) {
            let other = try Self.bench(cluster)
            _ = try await other.capture(selection: ResourceSelection(sources: [.version]))
        }
    }

    @Test func waitsForAServerThatIsBusy() async throws {
        let cluster = try Self.cluster()
        let counter = Counter()
        let bench = try Self.bench(cluster) { request in
            guard let number = counter.next("/v1/nodes?", request), number < 3 else { return nil }
            return RecordedAPIServer.answer(429, Array("busy".utf8), headers: [("retry-after", "7")])
        }
        let result = try await bench.capture()
        #expect(result.failed.isEmpty)
        #expect(bench.waits == [.seconds(7), .seconds(7)])
        #expect(try bench.recording().state.nodes.count == 9)
    }

    /// What fails for good is not in the recording, and all else is.
    @Test(arguments: [
        (SimulatedFault.internalError(.services), SourceState.notSynced), (.garbage(.services), .malformed),
    ])
    func whatFailsIsWrittenDown(_ fault: SimulatedFault, _ state: SourceState) async throws {
        let cluster = try Self.cluster()
        try cluster.inject(fault)
        let bench = try Self.bench(cluster)
        let result = try await bench.capture()
        #expect(result.failed.map(\.source) == [.services])
        let recording = try bench.recording()
        #expect(recording.state.status(of: .services).state == state)
        #expect(recording.state.sources.count { $0.value.state != .ok } == 1)
        #expect(try !bench.fileNames.contains { $0.contains("services") && $0.hasPrefix("core") })
    }

    /// Where nothing can be read there is one error, and nothing is left behind.
    @Test func nothingIsLeftWhereNothingCouldBeRead() async throws {
        let refused = TransportError.connectionFailed(host: "simulator.example:6443", reason: "refused")
        let gone = try Self.bench(Self.cluster()) { _ throws(TransportError) in throw refused }
        let server = CaptureBench.server
        await #expect(throws: CaptureError.unreachable(server: server, reason: "\(refused)")) {
            try await gone.capture()
        }
        #expect(!gone.isThere && gone.waits.isEmpty)

        let strange = try Self.cluster()
        try strange.inject(.tokenExpired(nil))
        let expired = try Self.bench(strange)
        let unauthorized = try await #require(throws: CaptureError.self) { try await expired.capture() }
        #expect("\(unauthorized)" == "cannot read \(server): 401 Unauthorized: Unauthorized")
        #expect(!expired.isThere)

        let closed = try Self.bench(Self.cluster()) { request in
            guard request.url.contains("?limit=") else { return nil }
            return RecordedAPIServer.answer(403, Array(#"{"kind":"Status","reason":"Forbidden","message":"no"}"#.utf8))
        }
        let forbidden = try await #require(throws: CaptureError.self) { try await closed.capture() }
        #expect("\(forbidden)" == "nothing could be read of \(server): 403 Forbidden: no")
        #expect(!closed.isThere)
    }

    /// A server that goes away is waited for once, not by every list.
    @Test func aServerThatGoesIsWaitedForOnce() async throws {
        let cluster = try Self.cluster()
        let bench = try Self.bench(cluster) { request throws(TransportError) in
            guard cluster.requestCounts["list services"] != nil else { return nil }
            throw .connectionLost(reason: "gone")
        }
        let result = try await bench.capture()
        #expect(result.failed.count > 15)
        #expect(bench.waits.reduce(.zero, +) <= .seconds(120))
        let state = try bench.recording().state
        #expect(state.status(of: .pods).state == .ok)
        #expect(state.status(of: .roles).state == .unreachable)
    }

    @Test func nothingIsAskedWhereTheFolderIsNotEmpty() async throws {
        let cluster = try Self.cluster()
        let bench = try Self.bench(cluster)
        _ = try await bench.capture(selection: ResourceSelection(sources: [.nodes]))
        let asked = cluster.requestCounts
        let folder = bench.folder
        let error = try await #require(throws: CaptureError.self) { try await bench.capture() }
        #expect(error == .notEmpty(folder))
        #expect(cluster.requestCounts == asked)
        #expect(try bench.recording().state.nodes.count == 9)
    }

    /// A server that gives the same token for ever is asked a few times and given up; the rest is recorded.
    @Test func aListThatRepeatsItsTokenIsGivenUp() async throws {
        let pods = Counter()
        let cluster = try Self.cluster(pods: 20)
        let bench = try Self.bench(cluster) { request throws(TransportError) in
            guard pods.next("/api/v1/pods?", request) != nil else { return nil }
            return RecordedAPIServer.answer(200, Self.podPage(token: "again"))
        }
        let result = try await bench.capture()
        #expect(result.failed.map(\.source) == [.pods])
        #expect(result.failed.first?.reason == "the list repeats a continue token")
        // The first page, then the second as often as an answer that is no list.
        #expect(pods.next("/api/v1/pods?", TransportRequest(url: "/api/v1/pods?")) == 1 + 3 + 1)
    }

    /// One pod and a token: `{1: {2: resourceVersion, 3: continue}, 2: {1: {1: name, 5: uid}}}` in its envelope.
    private static func podPage(token: String) -> [UInt8] {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        func text(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
        let list = field(1, text(2, "5") + text(3, token)) + field(2, field(1, text(1, "pod") + text(5, "uid")))
        return [0x6b, 0x38, 0x73, 0] + field(1, text(1, "v1") + text(2, "PodList")) + field(2, list)
    }
}
