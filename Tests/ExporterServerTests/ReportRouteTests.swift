import ClusterState
import Collection
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestClocks
import Testing

@testable import ExporterServer
@testable import HASignals

struct ReportRouteTests {
    /// Two zones with a node each.
    private static var state: ClusterState {
        var state = Samples.emptyState
        for (number, name) in ["w-1", "w-2"].enumerated() {
            var node = Node(
                meta: ObjectMeta(uid: UID(high: 0, low: UInt64(number + 1)), name: state.interner.intern(name))
            )
            node.zone = state.interner.intern("zone-\(number)")
            node.ready = .isTrue
            state.nodes.upsert(node)
        }
        return state
    }

    private func collected(_ clock: HandClock = HandClock()) async -> CollectedServer {
        let server = Samples.server(Self.state, clock)
        await server.collector.collect()
        return server
    }

    // MARK: Page

    @Test func thePageMayLoadNothing() async throws {
        let answer = try await collected().ask(.get, "/")
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(!policy.contains("unsafe") && !policy.contains("script"))
        // The hash is that of the bytes between the tags (CSP 3, 6.7.3.3).
        let text = answer.text
        let start = try #require(text.range(of: "<style>")).upperBound
        let end = try #require(text.range(of: "</style>")).lowerBound
        let hash = Data(SHA256.hash(data: Data(text[start..<end].utf8))).base64EncodedString()
        #expect(policy.contains("style-src 'sha256-\(hash)';"))
        #expect(!text.contains("<script") && !text.contains("style=") && !text.contains("onclick"))
    }

    /// As exporter-toolkit's landing page: name, version, and links with descriptions.
    @Test(arguments: ["/", "/report"])
    func theLandingPageIsPartOfIt(_ path: String) async throws {
        let text = try await collected().ask(.get, path).text
        for piece in [
            "<h2>kube-ha-exporter</h2>", "Version \(BuildInfo.version)",
            "<a href=\"/metrics\">Metrics</a>: for Prometheus",
            "<a href=\"/livez\">", "<a href=\"/readyz\">", "<a href=\"/api/v1/report\">",
        ] {
            #expect(text.contains(piece), "\(piece)")
        }
        #expect(!text.contains("replica leads"))
    }

    @Test func aPageBeforeTheFirstCollectionSaysSo() async throws {
        let server = Samples.server()
        let answer = try await server.ask(.get, "/")
        #expect(answer.status == .ok)
        #expect(answer.text.contains("No collection is done yet"))
        #expect(answer.text.contains("<a href=\"/metrics\">"))
        #expect(try await server.ask(.get, "/node/w-1").status == .serviceUnavailable)
        let report = try await server.ask(.get, "/api/v1/report")
        #expect(report.status == .serviceUnavailable)
        #expect(report.headers[.retryAfter] == "5")
    }

    @Test func anOldSnapshotIsSaidToBeOld() async throws {
        let clock = HandClock()
        let server = await collected(clock)
        #expect(try await !server.ask(.get, "/").text.contains("This is old"))
        clock.advance(by: .seconds(301))
        #expect(try await server.ask(.get, "/").text.contains("This is old: the last collection began 301 s ago"))
    }

    @Test(arguments: ["/node/w-1", "/node/w%2D1", "/zone/zone-0", "/node/w-1?refresh=off"])
    func placesHavePages(_ path: String) async throws {
        let answer = try await collected().ask(.get, path)
        #expect(answer.status == .ok)
        #expect(answer.text.contains(path.contains("node") ? "<h1>Node w-1</h1>" : "<h1>Zone zone-0</h1>"))
    }

    @Test(
        arguments: [
            ("/node/%3Cscript%3E", 404, "There is no node &lt;script&gt; in what was read at"),
            ("/application/a/b", 404, "There is no application a/b"), ("/node/%ff", 404, "percent-encoded"),
            ("/?severity=%3Cb%3E", 400, "severity=&lt;b&gt; is not known; write one of critical, warning, info."),
            ("/?area=x", 400, "area=x is not known"), ("/?sort=x", 400, "sort=x is not known"),
            ("/?refresh=0", 400, "refresh=0 is no time; write off, or seconds from 5 to 3600."),
            ("/?findings=0", 400, "findings=0 is no part of a list"), ("/?x=1", 400, "x is no parameter"),
            ("/?area=etcd&area=etcd", 400, "is given twice"), ("/?namespace=%zz", 400, "is no percent-encoded UTF-8"),
        ] as [(String, Int, String)]
    )
    func whatIsNotUnderstoodIsSaid(_ path: String, _ code: Int, _ text: String) async throws {
        let answer = try await collected().ask(.get, path)
        #expect(answer.status.code == code)
        #expect(answer.text.contains(text))
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
    }

    // MARK: Conditions

    @Test(arguments: ["/", "/node/w-1", "/api/v1/report"])
    func whoHasItGetsItNotAgain(_ path: String) async throws {
        let server = await collected()
        let first = try await server.ask(.get, path)
        let tag = try #require(first.headers[.eTag])
        for known in [tag, "\"other\", \(tag)", "*", String(tag.dropFirst(2))] {
            let again = try await server.ask(.get, path, [.ifNoneMatch: known, .acceptEncoding: "gzip"])
            #expect(again.status == .notModified)
            #expect(again.body.readableBytes == 0)
            #expect(again.headers[.eTag] == tag)
        }
        #expect(try await server.ask(.get, path, [.ifNoneMatch: "\"other\""]).status == .ok)
    }

    @Test func otherContentsHaveAnotherTag() async throws {
        let server = await collected()
        let tags = try await [
            server.ask(.get, "/"), server.ask(.get, "/?refresh=off"), server.ask(.get, "/node/w-1"),
            server.ask(.get, "/node/w-2"),
        ]
        .map { $0.headers[.eTag] }
        #expect(Set(tags).count == 4)
    }

    @Test(arguments: ["/", "/api/v1/report"])
    func itIsCompressedForWhoTakesThat(_ path: String) async throws {
        let server = await collected()
        let plain = try await server.ask(.get, path)
        let packed = try await server.ask(.get, path, [.acceptEncoding: "gzip"])
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(packed.headers[.vary] == "Accept-Encoding")
        // RFC 1952: the last four bytes are the length of what was compressed.
        let length = packed.body.getInteger(
            at: packed.body.readableBytes - 4,
            endianness: .little,
            as: UInt32.self
        )
        #expect(length.map(Int.init) == plain.body.readableBytes)
        #expect(packed.body.readableBytes < plain.body.readableBytes)
    }

    // MARK: JSON

    @Test func theReportIsServedAsJSON() async throws {
        let answer = try await collected().ask(.get, "/api/v1/report")
        #expect(answer.headers[.contentType] == "application/json")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any]
        )
        #expect(document["schema_version"] as? Int == 2)
        let sources = try #require(document["sources"] as? [[String: Any]])
        #expect(sources.contains { $0["source"] as? String == "nodes" && $0["objects"] as? Int == 2 })
        #expect(document["leadership"] == nil)
    }
}
