import ClusterState
import Collection
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ExporterServer

struct RouteTests {
    @Test(arguments: [
        (HTTPRequest.Method.get, "/", 200), (.head, "/", 200), (.post, "/", 405),
        (.get, "/metrics", 200), (.head, "/metrics", 200), (.put, "/metrics", 405), (.options, "/metrics", 405),
        (.get, "/metrics?x=1", 200), (.get, "/metrics/", 404), (.get, "/Metrics", 404),
        (.get, "/livez", 200), (.head, "/livez", 200), (.delete, "/livez", 405),
        (.get, "/readyz", 200), (.post, "/readyz", 405),
        (.get, "/report", 200), (.head, "/report", 200), (.post, "/report", 405), (.get, "/report/", 404),
        (.get, "/api/v1/report", 200), (.head, "/api/v1/report", 200), (.post, "/api/v1/report", 405),
        (.get, "/?severity=bad", 400), (.get, "/report?nothing=1", 400), (.get, "/?refresh=off", 200),
        (.get, "/node/none", 404), (.get, "/node/", 404), (.get, "/node", 404), (.get, "/node/a/b", 404),
        (.get, "/node/%", 404), (.post, "/node/none", 405), (.get, "/node/none?x=1", 400), (.get, "/zone/none", 404),
        (.get, "/application/none", 404), (.get, "/application/none/none", 404), (.get, "/application//x", 404),
        (.get, "/nothing", 404), (.post, "/nothing", 404), (.head, "/nothing", 404), (.get, "/../metrics", 404),
    ])
    func answersByPathAndMethod(_ method: HTTPRequest.Method, _ path: String, _ code: Int) async throws {
        let server = Samples.server()
        await server.collector.collect()
        let response = try await server.ask(method, path)
        #expect(response.status.code == code)
        #expect((response.headers[.allow] == "GET, HEAD") == (code == 405))
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test(
        arguments: ["/", "/metrics", "/livez", "/readyz", "/nothing", "/api/v1/report", "/zone/none", "/?area=bad"],
        ["identity", "gzip"]
    )
    func headHasTheLengthOfGet(_ path: String, _ encoding: String) async throws {
        let headers: HTTPFields = [.acceptEncoding: encoding]
        // A server each: what was answered before shows in the counters.
        func answer(_ method: HTTPRequest.Method) async throws -> TestResponse {
            let server = Samples.server(ClusterState())
            await server.collector.collect()
            return try await server.ask(method, path, headers)
        }
        let head = try await answer(.head)
        let get = try await answer(.get)
        #expect(head.body.readableBytes == 0)
        #expect(get.body.readableBytes > 0)
        #expect(head.headers[.contentLength] == String(get.body.readableBytes))
        #expect(head.headers[.contentType] == get.headers[.contentType])
        #expect(head.headers[.contentEncoding] == get.headers[.contentEncoding])
    }

    /// The server reads no further request there.
    @Test func tellsWhoAsksForAnotherProtocolToClose() async throws {
        let server = Samples.server()
        #expect(try await server.ask(.get, "/livez", [.upgrade: "h2c"]).headers[.connection] == "close")
        #expect(try await server.ask(.get, "/livez").headers[.connection] == nil)
    }

    @Test func servesMetricsUnderAnotherPath() async throws {
        let server = Samples.server(telemetryPath: "/ha")
        #expect(try await server.ask(.get, "/ha").status == .ok)
        #expect(try await server.ask(.get, "/metrics").status == .notFound)
        #expect(try await server.ask(.get, "/").text.contains("href=\"/ha\""))
    }

    @Test func servesMetricsAtTheRoot() async throws {
        let server = Samples.server(telemetryPath: "/")
        #expect(try await server.ask(.get, "/").text.contains("kube_ha_exporter_build_info"))
    }

    @Test func isNotReadyBeforeTheFirstCollection() async throws {
        let server = Samples.server()
        let response = try await server.ask(.get, "/readyz")
        #expect(response.status == .serviceUnavailable)
        #expect(response.text == "not ready: no collection is done yet\n")
        #expect(try await server.ask(.get, "/livez").status == .ok)
    }

    @Test func isNotReadyWhileASourceWasNeverRead() async throws {
        var state = Samples.emptyState
        state.sources[.pods] = SourceStatus(state: .notSynced)
        state.sources[.nodes] = SourceStatus(state: .unreachable)
        let server = Samples.server(state)
        await server.collector.collect()
        let response = try await server.ask(.get, "/readyz")
        #expect(response.status == .serviceUnavailable)
        #expect(response.text == "not ready: sources not read yet\nnodes: unreachable\npods: not_synced\n")
    }

    @Test(arguments: [SourceState.forbidden, .absent, .disabled])
    func doesNotWaitForWhatMayNotBeRead(_ refused: SourceState) async throws {
        var state = Samples.emptyState
        state.sources[.pods] = SourceStatus(state: refused)
        state.sources[.etcd] = SourceStatus(state: .unreachable)
        let server = Samples.server(state)
        await server.collector.collect()
        #expect(try await server.ask(.get, "/readyz").status == .ok)
    }

    @Test func staysReadyWhenASourceFailsLater() async throws {
        var state = Samples.emptyState
        var status = SourceStatus(state: .unreachable)
        status.lastSuccess = Timestamp(seconds: 1)
        state.sources[.pods] = status
        let server = Samples.server(state)
        await server.collector.collect()
        #expect(try await server.ask(.get, "/readyz").status == .ok)
    }
}
