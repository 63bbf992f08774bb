import Testing

@testable import ControlPlaneProbes

/// The text format 0.0.4 as a stream of which a few lines are kept.
struct MetricLinesTests {
    /// https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-example, with a family whose name begins
    /// as the one that is wanted.
    private static let text = """
        # HELP http_requests_total The total number of HTTP requests.
        # TYPE http_requests_total counter
        http_requests_total{method="post",code="200"} 1027 1395066363000
        http_requests_total{method="post",code="400"}    3 1395066363000
        http_requests_total_sum 5
        http_requests 6

        # Escaping in label values:
        msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9
        metric_without_timestamp_and_labels 12.47
        something_weird{problem="division by zero"} +Inf -3982045
        """

    private static func kept(_ text: [UInt8], _ families: [String], chunk: Int) -> String {
        var filter = MetricLineFilter(families)
        for start in stride(from: 0, to: text.count, by: chunk) {
            filter.push(Array(text[start..<min(start + chunk, text.count)]))
        }
        filter.finish()
        return String(decoding: filter.kept, as: UTF8.self)
    }

    /// However the bytes are cut.
    @Test(arguments: 1...90)
    func keepsTheSamplesOfTheFamilies(chunk: Int) {
        #expect(
            Self.kept(Array(Self.text.utf8), ["http_requests_total", "something_weird"], chunk: chunk) == """
                http_requests_total{method="post",code="200"} 1027 1395066363000
                http_requests_total{method="post",code="400"}    3 1395066363000
                something_weird{problem="division by zero"} +Inf -3982045

                """
        )
    }

    /// A line that never ends, and families of which there is no end, take bounded memory.
    @Test func memoryIsBounded() {
        let endless =
            Array("wanted{label=\"".utf8) + [UInt8](repeating: 0x61, count: 3_000_000) + Array("\"} 1\nwanted 2\n".utf8)
        #expect(Self.kept(endless, ["wanted"], chunk: 65_536) == "wanted 2\n")
        var filter = MetricLineFilter(["wanted"])
        let line = Array("wanted{label=\"\(String(repeating: "a", count: 1_000))\"} 1\n".utf8)
        for _ in 0..<5_000 { filter.push(line) }
        filter.finish()
        #expect(filter.kept.count <= MetricLineFilter.keptLimit)
        #expect(filter.kept.count > MetricLineFilter.keptLimit / 2)
    }

    @Test func readsSamples() throws {
        let samples = MetricSample.samples(Array(Self.text.utf8))
        #expect(samples.count == 7)
        #expect(samples[0].labels == ["method": "post", "code": "200"])
        #expect(samples.map(\.value) == [1_027, 3, 5, 6, 1.458255915e9, 12.47, .infinity])
        #expect(samples[4].labels["error"] == "Cannot find file:\n\"FILE.TXT\"")
        #expect(samples[4].labels["path"] == "C:\\DIR\\FILE.TXT")
    }

    @Test(arguments: [
        "", "# TYPE a gauge", "a", "a{b=1} 2", "a{b=\"c\" 2", "a{b=\"c\"d=\"e\"} 2", "a{b=\"c\"} x", "{} 1", "a{b=\"c",
    ])
    func passesOverWhatIsNoSample(line: String) {
        #expect(MetricSample(line.utf8) == nil)
    }
}
