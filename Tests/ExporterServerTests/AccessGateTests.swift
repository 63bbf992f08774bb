import ClusterState
import Collection
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import KubernetesClient
import Logging
import TestClocks
import Testing

@testable import ExporterServer

/// An API server that knows one token.
private struct OneToken: AccessReviewer {
    func review(_ token: String) async throws(RequestFailure) -> ReviewedUser? {
        token == "good" ? ReviewedUser(username: "prometheus") : nil
    }

    func mayReadMetrics(_: ReviewedUser) async throws(RequestFailure) -> Bool { true }
}

struct AccessGateTests {
    private static let paths =
        [
            "/", "/nothing", "/metrics/", "/debug/pprof", "/report/", "/node/a", "/zone/a", "/application/a/b",
            "/api/v1/report?x", "/report?severity=bad",
        ] + served

    /// What the server has a route of, but for what stays open; a prefix for all paths below it.
    private static let served = ExporterServer(ServerSettings(), cache: SnapshotCache()).responder.paths
        .filter { !AccessGate.openPaths.contains($0) }

    @Test func knowsEveryRoute() {
        #expect(
            Set(Self.served) == [
                "/metrics", "/", "/report", "/api/v1/report", "/node/", "/zone/", "/application/",
            ]
        )
    }

    private func web(_ text: String) throws -> WebAccess {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try WebAccess(path: file.path, clock: HandClock().clock, logger: Logger(label: "test"))
    }

    private func basic(_ text: String) -> HTTPFields {
        [.authorization: "Basic " + Data(text.utf8).base64EncodedString()]
    }

    /// bcrypt of `U*U` at cost 5 (crypt_blowfish's test vectors).
    private static let users = "basic_auth_users: {ann: $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW}"

    @Test(arguments: paths, [HTTPRequest.Method.get, .head, .post])
    func strangersGetNothing(_ path: String, _ method: HTTPRequest.Method) async throws {
        let server = Samples.server(access: try web(Self.users), reviewer: OneToken())
        await server.collector.collect()
        for headers in [
            HTTPFields(), basic("ann:wrong"), basic("bob:U*U"), basic("ann"), [.authorization: "Basic !"],
            [.authorization: "Bearer bad"], [.authorization: "Bearer "], [.authorization: "Digest x"],
            [.authorization: "good"],
        ] {
            let answer = try await server.ask(method, path, headers)
            #expect(answer.status == .unauthorized)
            #expect(method == .head || answer.text == "unauthorized\n")
            #expect(answer.headers[values: .wwwAuthenticate] == ["Basic", "Bearer"])
        }
    }

    @Test func thoseWhoMayEnterDo() async throws {
        let server = Samples.server(access: try web(Self.users), reviewer: OneToken())
        await server.collector.collect()
        for headers in [basic("ann:U*U"), [.authorization: "bearer good"], [.authorization: "Bearer  good"]] {
            #expect(try await server.ask(.get, "/metrics", headers).status == .ok)
            #expect(try await server.ask(.get, "/nothing", headers).status == .notFound)
        }
    }

    /// The kubelet has neither password nor token.
    @Test(arguments: ["/livez", "/readyz"])
    func healthIsOpen(_ path: String) async throws {
        let server = Samples.server(access: try web(Self.users), reviewer: OneToken())
        await server.collector.collect()
        #expect(try await server.ask(.get, path).status == .ok)
    }

    @Test func everyAnswerHasTheHeaders() async throws {
        let text = Self.users + "\nhttp_server_config: {headers: {X-Frame-Options: deny}}"
        let server = Samples.server(access: try web(text))
        for path in Self.paths + ["/livez"] {
            #expect(try await server.ask(.get, path).headers[HTTPField.Name("X-Frame-Options")!] == "deny")
        }
    }

    @Test func limitsTheRate() async throws {
        let server = Samples.server(access: try web("rate_limit: {interval: 1h, burst: 2}"))
        let codes = try await [
            server.ask(.get, "/").status.code, server.ask(.get, "/").status.code,
            server.ask(.get, "/").status.code, server.ask(.get, "/metrics").status.code,
        ]
        #expect(codes == [200, 200, 429, 429])
        // Else others could have the kubelet restart it.
        for _ in 0..<3 { #expect(try await server.ask(.get, "/livez").status == .ok) }
    }
}
