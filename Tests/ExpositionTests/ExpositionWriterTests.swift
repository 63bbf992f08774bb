import Testing

@testable import Exposition

struct ExpositionWriterTests {
    static func table() -> SampleTable {
        var sink = Sink(families: Samples.families)
        sink.add(Samples.nodes, sink.labels(Samples.roleLabels, ["worker"]), 5)
        sink.add(Samples.nodes, sink.labels(Samples.roleLabels, ["control-plane"]), 3)
        sink.add(Samples.events, sink.labels(Samples.sourceLabels, ["pods"]), 1_234_567)
        sink.add(Samples.version, sink.labels(Samples.versionLabels, ["v1.36.0"]), 1)
        sink.add(Samples.leader, Double.nan)
        return sink.finish()
    }

    @Test func writesText004() {
        #expect(
            Samples.text([Self.table()]) == #"""
                # HELP t_nodes Nodes.
                # TYPE t_nodes gauge
                t_nodes{role="worker"} 5
                t_nodes{role="control-plane"} 3
                # HELP t_events_total Events.
                # TYPE t_events_total counter
                t_events_total{source="pods"} 1234567
                # HELP t_version_info Version.
                # TYPE t_version_info gauge
                t_version_info{version="v1.36.0"} 1
                # HELP t_leader A "quoted"\nline and a \\.
                # TYPE t_leader gauge
                t_leader NaN

                """#
        )
    }

    @Test func writesOpenMetrics() {
        #expect(
            Samples.text([Self.table()], .openMetrics100) == #"""
                # HELP t_nodes Nodes.
                # TYPE t_nodes gauge
                t_nodes{role="worker"} 5
                t_nodes{role="control-plane"} 3
                # HELP t_events Events.
                # TYPE t_events counter
                t_events_total{source="pods"} 1234567
                # HELP t_version Version.
                # TYPE t_version info
                t_version_info{version="v1.36.0"} 1
                # HELP t_leader A \"quoted\"\nline and a \\.
                # TYPE t_leader gauge
                t_leader NaN
                # EOF

                """#
        )
    }

    @Test func endsOnlyWhereAsked() {
        let table = Self.table()
        #expect(!Samples.text([table], .openMetrics100, endOfExposition: false).contains("# EOF"))
        #expect(Samples.text([], .openMetrics100) == "# EOF\n")
        #expect(Samples.slices([], .openMetrics100, endOfExposition: false).isEmpty)
        #expect(Samples.slices([SampleTable()]).isEmpty)
    }

    @Test func joinsTables() {
        var sink = Sink(families: [Family("t_own", .gauge, help: "Own.")])
        sink.add(Family("t_own", .gauge, help: "Own."), 1)
        let own = sink.finish()
        for format in ExpositionFormat.allCases {
            let apart =
                Samples.text([Self.table()], format, endOfExposition: false)
                + Samples.text([own], format, endOfExposition: true)
            #expect(Samples.text([Self.table(), own], format) == apart)
            #expect(apart.contains("t_own 1\n"))
        }
    }

    @Test(arguments: [1, 700, 1200, 1234, 20_000])
    func slicesAreWholeLinesOfTheWhole(count: Int) {
        let table = Samples.table(series: count)
        var expected = "# HELP t_pdb_blocks Blocks.\n# TYPE t_pdb_blocks gauge\n"
        for n in 0..<count {
            expected +=
                #"t_pdb_blocks{namespace="namespace-\#(n % 7)",poddisruptionbudget="budget-\#(n)"} \#(n)"# + "\n"
        }
        expected += "# EOF\n"
        let slices = Samples.slices([table], .openMetrics100)
        #expect(String(decoding: slices.joined(), as: UTF8.self) == expected)
        #expect(slices.allSatisfy { $0.count <= ExpositionWriter.sliceLimit && $0.last == UInt8(ascii: "\n") })
        #expect(slices.count >= expected.utf8.count / ExpositionWriter.sliceLimit)
        #expect(slices.dropLast().allSatisfy { $0.count > ExpositionWriter.sliceLimit - 200 })
    }

    @Test func aHeaderIsWrittenOnceWhereverASliceEnds() {
        // The first family's label is grown, so that a slice ends before, inside, and after where the
        // second's header would be.
        let limit = ExpositionWriter.sliceLimit
        for length in stride(from: limit - 240, to: limit - 20, by: 5) {
            var sink = Sink(families: Samples.families)
            sink.add(Samples.nodes, sink.labels(Samples.roleLabels, [String(repeating: "x", count: length)]), 1)
            sink.add(Samples.events, sink.labels(Samples.sourceLabels, ["pods"]), 2)
            let text = Samples.text([sink.finish()], .openMetrics100)
            let tail = "# HELP t_events Events.\n# TYPE t_events counter\nt_events_total{source=\"pods\"} 2\n# EOF\n"
            let head = "# HELP t_nodes Nodes.\n# TYPE t_nodes gauge\nt_nodes{role=\""
            #expect(text.utf8.count == head.utf8.count + length + "\"} 1\n".utf8.count + tail.utf8.count)
            #expect(text.hasPrefix(head) && text.hasSuffix("x\"} 1\n" + tail))
        }
    }

    @Test func aLineLongerThanASliceStillComes() {
        var sink = Sink(families: Samples.families)
        let long = String(repeating: "x", count: 3 * ExpositionWriter.sliceLimit)
        sink.add(Samples.nodes, sink.labels(Samples.roleLabels, [long]), 1)
        sink.add(Samples.nodes, sink.labels(Samples.roleLabels, ["short"]), 2)
        let text = Samples.text([sink.finish()])
        #expect(text.hasSuffix("t_nodes{role=\"\(long)\"} 1\nt_nodes{role=\"short\"} 2\n"))
    }
}
