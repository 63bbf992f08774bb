import Capture
import ClusterSimulator
import ClusterState
import HTTPTransport
import KubernetesClient
import KubernetesWire
import Recordings
import TestFixtures
import Testing

/// Captures of what real API servers and members answered.
struct RecordedCaptureTests {
    static func bench(_ server: RecordedAPIServer, _ fixture: Fixture) throws -> CaptureBench {
        let text = String(decoding: try fixture.bytes("recorded-at.txt"), as: UTF8.self).filter { !$0.isWhitespace }
        let now = try #require(Timestamp(rfc3339: text))
        return try CaptureBench(server, now: { now })
    }

    /// Joined from pages of seven, every file is what the server answered in one piece.
    @Test(arguments: [Fixture.healthy, .degraded])
    func joinedPagesAreTheWholeAnswer(_ fixture: Fixture) async throws {
        let server = try RecordedAPIServer(fixture)
        let bench = try Self.bench(server, fixture)
        _ = try await bench.capture(apiServers: server.endpoints("apiserver"), etcd: server.endpoints("etcd"))
        let names = try bench.fileNames.filter { $0.hasSuffix(".pb") && !$0.contains("leases") }
        #expect(names.count == 27)
        for name in names {
            #expect(try bench.bytes(name) == fixture.bytes(name), "\(name)")
        }
        let pages = server.requests.filter { $0.url.contains("/v1/pods?") }
        #expect(pages.count > 2 && pages.dropFirst().allSatisfy { $0.url.contains("&continue=") })
        for name in ["gateways", "httproutes"] {
            let file = "gateway.networking.k8s.io_v1_\(name).json"
            let joined = try JSONValue(parsing: bench.bytes(file))
            #expect(try joined["items"] == JSONValue(parsing: fixture.bytes(file))["items"])
            #expect(joined["metadata"]?["continue"]?.text == "")
        }
        #expect(try bench.bytes("version.json") == fixture.bytes("version.json"))
        #expect(try !bench.fileNames.contains { $0.hasSuffix(".part") || $0.contains("unfinished") })
    }

    /// A page may end anywhere in a chunk, and a chunk anywhere in an object.
    @Test(arguments: [(1, 1), (3, 17), (500, 1 << 20)])
    func anyPagesAndChunksGiveTheSame(_ pageSize: Int, _ chunkSize: Int) async throws {
        let server = try RecordedAPIServer(.healthy, pageSize: pageSize, chunkSize: chunkSize)
        let bench = try Self.bench(server, .healthy)
        _ = try await bench.capture(selection: ResourceSelection(sources: [.services, .httproutes]))
        let name = "core_v1_services.pb"
        #expect(try bench.bytes(name) == Fixture.healthy.bytes(name))
    }

    @Test(arguments: [Fixture.healthy, .degraded])
    func isJudgedAsTheClusterItself(_ fixture: Fixture) async throws {
        let server = try RecordedAPIServer(fixture)
        let bench = try Self.bench(server, fixture)
        let result = try await bench.capture(apiServers: server.endpoints("apiserver"), etcd: server.endpoints("etcd"))
        // No recording holds the metrics of API servers.
        #expect(result.failed.map(\.source) == [.apiservermetrics])
        let captured = Judgement(try bench.recording())
        let recorded = Judgement(try Recording.read(directory: fixture.path))
        #expect(!captured.findings.isEmpty)
        #expect(captured.findings.difference(from: recorded.findings).map { $0 } == [])
        #expect(captured.areas == recorded.areas)
    }

    /// Everybody who was recorded is asked, and nobody for Secrets or ConfigMaps.
    @Test func asksForNoSecrets() async throws {
        let server = try RecordedAPIServer(.healthy)
        let bench = try Self.bench(server, .healthy)
        _ = try await bench.capture(apiServers: server.endpoints("apiserver"), etcd: server.endpoints("etcd"))
        let paths = server.requests.map { $0.url.prefix { $0 != "?" } }
        #expect(paths.contains { $0.hasSuffix("/pods") })
        #expect(!paths.contains { $0.contains("secret") || $0.contains("configmap") })
        #expect(server.requests.allSatisfy { $0.method == "GET" || $0.url.contains("/v3/") })
        #expect(!server.requests.contains { $0.url.contains("watch") })
    }

    /// Objects of denied namespaces are left out, of protobuf and of JSON.
    @Test func leavesDeniedNamespacesOut() async throws {
        let server = try RecordedAPIServer(.healthy)
        let bench = try Self.bench(server, .healthy)
        _ = try await bench.capture(
            selection: ResourceSelection(sources: [.pods, .gateways, .namespaces], deniedNamespaces: ["edge", "shop"])
        )
        let state = try bench.recording().state
        let namespaces = Set(state.pods.all.map { state.interner.string($0.namespace(state.interner)) })
        #expect(!namespaces.isEmpty && namespaces.isDisjoint(with: ["edge", "shop"]))
        #expect(state.gateways.count == 0)
        #expect(state.namespaces.count > 2)
    }

    /// Of named namespaces each is listed by itself, and the parts make one list.
    @Test func joinsTheListsOfNamespaces() async throws {
        let server = try RecordedAPIServer(.healthy)
        let bench = try Self.bench(server, .healthy)
        _ = try await bench.capture(selection: ResourceSelection(namespaces: ["kube-system", "shop"]))
        let state = try bench.recording().state
        let namespaces = Set(state.pods.all.map { state.interner.string($0.namespace(state.interner)) })
        #expect(namespaces == ["kube-system", "shop"])
        #expect(!server.requests.contains { $0.url.contains("/v1/pods?") && !$0.url.contains("/namespaces/") })
    }
}
