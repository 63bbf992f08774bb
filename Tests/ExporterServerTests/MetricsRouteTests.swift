import CZlib
import ClusterState
import Collection
import Exposition
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestClocks
import Testing

@testable import ExporterServer

struct MetricsRouteTests {
    static let text004 = "text/plain; version=0.0.4; charset=utf-8"
    static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    /// The header of Prometheus 3.5.
    static let prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
        + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
        + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"

    @Test(
        arguments: [
            (nil, text004), ("text/plain", text004), ("application/openmetrics-text;version=1.0.0", openMetrics),
            (prometheus3, openMetrics + "; escaping=allow-utf-8"), ("image/png", text004),
        ] as [(String?, String)]
    )
    func choosesTheFormat(_ accept: String?, _ contentType: String) async throws {
        let server = Samples.server()
        await server.collector.collect()
        var headers = HTTPFields()
        headers[.accept] = accept
        let response = try await server.ask(.get, "/metrics", headers)
        #expect(response.headers[.contentType] == contentType)
        #expect(response.text.hasSuffix("\n# EOF\n") == contentType.hasPrefix("application"))
        #expect(response.text.contains("\nkube_ha_area_status{"))
        #expect(response.text.contains("\nkube_ha_exporter_collections_total 1\n"))
    }

    @Test(
        arguments: [
            (nil, nil, 200), ("gzip", "gzip", 200), ("gzip;q=0", nil, 200), ("br, gzip;q=0.5", "gzip", 200),
            ("identity;q=0", nil, 406), ("identity;q=0, gzip", "gzip", 200), ("*;q=0", nil, 406),
        ] as [(String?, String?, Int)]
    )
    func choosesTheEncoding(_ acceptEncoding: String?, _ encoding: String?, _ code: Int) async throws {
        let server = Samples.server()
        await server.collector.collect()
        var headers = HTTPFields()
        headers[.acceptEncoding] = acceptEncoding
        let response = try await server.ask(.get, "/metrics", headers)
        #expect(response.status.code == code)
        #expect(response.headers[.contentEncoding] == encoding)
        if code == 200 { #expect(response.headers[.vary] == "Accept, Accept-Encoding") }
    }

    @Test(arguments: ["text/plain", "application/openmetrics-text;version=1.0.0"])
    func compressesTheSameTextIntoOneMember(_ accept: String) async throws {
        // Each server answers its first request, so that their counters are the same.
        func answer(_ encoding: String) async throws -> TestResponse {
            let server = Samples.server(ClusterState())
            await server.collector.collect()
            _ = try await server.ask(.get, "/livez")
            _ = await server.cache.rendering(
                of: try #require(server.cache.latest),
                accept == "text/plain" ? .text004 : .openMetrics100,
                at: .seconds(100)
            )
            return try await server.ask(.get, "/metrics", [.accept: accept, .acceptEncoding: encoding])
        }
        let compressed = try await answer("gzip")
        let plain = try await answer("identity")
        let member = try #require(Self.inflated([UInt8](buffer: compressed.body)))
        #expect(String(decoding: member.text, as: UTF8.self) == plain.text)
        #expect(member.rest == 0)
        #expect(compressed.body.readableBytes < plain.body.readableBytes)
    }

    /// What is kept ready about a collection is that of the collection, of its age, and of the format that are asked for.
    @Test func tellsOfTheCollectionThatWasLast() async throws {
        let server = Samples.server(Samples.emptyState)
        await server.collector.collect()
        let first = try #require(server.cache.latest)
        let second = Snapshot(
            number: 2,
            signals: first.signals,
            sources: first.sources,
            startedAt: first.startedAt,
            endedAt: Timestamp(seconds: 1_700_000_015),
            duration: .seconds(3),
            areaDurations: first.areaDurations
        )
        let texts = CollectionTexts()
        var told: Set<String> = []
        for (snapshot, isFresh) in [(first, true), (first, true), (first, false), (second, false), (second, true)] {
            for format in ExpositionFormat.allCases {
                let table = OwnFamilies.table(of: snapshot, isFresh: isFresh)
                var writer = ExpositionWriter([table], format: format, endOfExposition: false)
                var expected: [UInt8] = []
                while let slice = writer.nextSlice() { expected += slice }
                let about = texts.text(of: snapshot, isFresh: isFresh, format)
                let start = OpenGzipMember()
                let buffers = start.buffers + [start.end(Array("end\n".utf8), after: about)]
                let bytes = buffers.flatMap(\.readableBytesView)
                let member = try #require(Self.inflated(bytes))
                #expect(member.text == expected + Array("end\n".utf8))
                #expect(member.rest == 0)
                told.insert(String(decoding: member.text, as: UTF8.self))
            }
        }
        // Of two collections, each young and old, in two formats.
        #expect(told.count == 8)
    }

    @Test func leavesClusterFamiliesOutOnceStale() async throws {
        let clock = HandClock()
        let server = Samples.server(Samples.emptyState, clock)
        await server.collector.collect()
        // Two intervals: a collection is missing since.
        clock.advance(by: .seconds(30))
        #expect(try await server.ask(.get, "/metrics").text.contains("kube_ha_area_status"))
        clock.advance(by: .seconds(1))
        for encoding in ["identity", "gzip"] {
            let response = try await server.ask(.get, "/metrics", [.acceptEncoding: encoding])
            var text = response.text
            if encoding == "gzip" {
                let member = try #require(Self.inflated([UInt8](buffer: response.body)))
                text = String(decoding: member.text, as: UTF8.self)
            }
            #expect(response.status == .ok)
            #expect(!text.contains("kube_ha_area_status"))
            #expect(text.contains("kube_ha_exporter_last_collection_timestamp_seconds 1700000000\n"))
        }
        await server.collector.collect()
        #expect(try await server.ask(.get, "/metrics").text.contains("kube_ha_area_status"))
    }

    @Test func servesItselfBeforeTheFirstCollection() async throws {
        let text = try await Samples.server().ask(.get, "/metrics").text
        #expect(text.contains("kube_ha_exporter_collections_total 0\n"))
        #expect(!text.contains("kube_ha_exporter_series"))
        #expect(!text.contains("kube_ha_area_status"))
    }

    @Test func keepsFormatsReadyThatAreAskedFor() async throws {
        let clock = HandClock()
        let server = Samples.server(Samples.emptyState, clock)
        await server.collector.collect()
        #expect(server.cache.latest?.renderings.isEmpty == true)
        _ = try await server.ask(.get, "/metrics", [.acceptEncoding: "gzip"])
        #expect(server.cache.latest?.renderings.keys.map(\.self) == [.text004])
        await server.collector.collect()
        #expect(server.cache.latest?.number == 2)
        #expect(server.cache.latest?.renderings.keys.map(\.self) == [.text004])
        clock.advance(by: .seconds(601))
        await server.collector.collect()
        #expect(server.cache.latest?.renderings.isEmpty == true)
    }

    @Test func joinsLongTextsIntoOneMember() throws {
        let numberLabels = LabelNames(["number"])
        let family = Family("test_series", .gauge, labels: numberLabels, help: "Many.")
        var sink = Sink(families: [family])
        var seed: UInt64 = 1
        for number in 0..<40_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            sink.add(family, sink.labels(numberLabels, [String(number)]), Double(seed >> 11))
        }
        let table = sink.finish()
        let member = OpenGzipMember(ExpositionWriter([table], format: .text004, endOfExposition: false))
        #expect(member.buffers.count > 2)
        #expect(member.buffers.allSatisfy { $0.readableBytes <= 128 * 1024 })
        let end = Array("the end\n".utf8)
        var bytes: [UInt8] = []
        for buffer in member.buffers + [member.end(end)] { bytes += [UInt8](buffer: buffer) }
        var expected: [UInt8] = []
        var writer = ExpositionWriter([table], format: .text004, endOfExposition: false)
        while let slice = writer.nextSlice() { expected += slice }
        let inflated = try #require(Self.inflated(bytes))
        #expect(inflated.text == expected + end)
        #expect(inflated.rest == 0)
        #expect(member.textLength == expected.count)
    }

    /// Parts of whole lines, in each as many as fit, and a part of its own for a line that is longer than any.
    @Test func sendsTextInPartsOfWholeLines() {
        let names = LabelNames(["name"])
        let family = Family("test_series", .gauge, labels: names, help: "Many.")
        var sink = Sink(families: [family])
        for number in 0..<10_000 { sink.add(family, sink.labels(names, ["n\(number)"]), number) }
        sink.add(family, sink.labels(names, [String(repeating: "x", count: 300_000)]), 1)
        sink.add(family, sink.labels(names, ["last"]), 2)
        let table = sink.finish()
        var expected = "# HELP test_series Many.\n# TYPE test_series gauge\n"
        for number in 0..<10_000 { expected += "test_series{name=\"n\(number)\"} \(number)\n" }
        expected += "test_series{name=\"\(String(repeating: "x", count: 300_000))\"} 1\n"
        expected += "test_series{name=\"last\"} 2\n"
        var writer = ExpositionWriter([table], format: .text004, endOfExposition: false)
        var parts: [String] = []
        while let buffer = writer.nextBuffer() { parts.append(String(buffer: buffer)) }
        #expect(parts.joined() == expected)
        #expect(parts.allSatisfy { $0.hasSuffix("\n") })
        #expect(parts.filter { $0.utf8.count > 131_072 }.count == 1)
        #expect(parts.dropLast().allSatisfy { $0.utf8.count > 32_768 })
    }

    /// The text of the first gzip member, its checksum and length verified by zlib, and how many bytes follow it.
    static func inflated(_ bytes: [UInt8]) -> (text: [UInt8], rest: Int)? {
        var bytes = bytes
        var stream = z_stream()
        guard czlib_inflate_init_gzip(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var text = [UInt8](repeating: 0, count: 16 << 20)
        let status = bytes.withUnsafeMutableBufferPointer { input in
            text.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { return nil }
        return (Array(text.prefix(Int(stream.total_out))), Int(stream.avail_in))
    }
}
