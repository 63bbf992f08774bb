import Testing

@testable import Exposition

struct LabelEscapingTests {
    @Test(arguments: [
        ("plain", #"{role="plain"}"#), ("", #"{role=""}"#), (#"a"b"#, #"{role="a\"b"}"#), (#"a\b"#, #"{role="a\\b"}"#),
        ("a\nb", #"{role="a\nb"}"#), ("\\n", #"{role="\\n"}"#), ("größe 東 \"q\"", #"{role="größe 東 \"q\""}"#),
        ("a{}=,b", #"{role="a{}=,b"}"#), ("\r\t", "{role=\"\r\t\"}"),
    ])
    func escapesAndReadsBack(value: String, block: String) {
        var sink = Sink(families: [Samples.nodes])
        sink.add(Samples.nodes, sink.labels("role", value), 1)
        let table = sink.finish()
        #expect(Samples.text([table]).hasSuffix("t_nodes\(block) 1\n"))
        #expect(table.samples(of: "t_nodes").map(\.labels) == [[Label(name: "role", value: value)]])
    }

    @Test func repairsBytesThatAreNotUTF8() {
        var sink = Sink(families: [Samples.nodes])
        sink.add(Samples.nodes, sink.labels("role", Bytes(bytes: [0x61, 0xFF, 0x22, 0xC3])), 1)
        let table = sink.finish()
        #expect(Samples.text([table]).hasSuffix("t_nodes{role=\"a\u{FFFD}\\\"\u{FFFD}\"} 1\n"))
    }

    @Test func writesUpToEightLabels() {
        var sink = Sink(families: [])
        _ = sink.labels("a", "1", "b", "2", "c", "3")
        let eight = sink.labels(
            "a",
            "1",
            "b",
            "2",
            "c",
            "3",
            "d",
            "4",
            "e",
            "5",
            "f",
            "6",
            "g",
            "7",
            "h",
            "8"
        )
        let texts = sink.blocks.texts
        #expect(texts.text(of: 1) == #"{a="1",b="2",c="3"}"#)
        #expect(texts.text(of: eight.id) == #"{a="1",b="2",c="3",d="4",e="5",f="6",g="7",h="8"}"#)
        #expect(texts.labels(of: eight.id).map(\.value).joined() == "12345678")
    }
}

/// A label value of any bytes, as text that was not checked when it was read.
private struct Bytes: LabelValue {
    let bytes: [UInt8]
    func withLabelBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R { bytes.withUnsafeBufferPointer(body) }
}
