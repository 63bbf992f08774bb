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
        sink.add(Samples.nodes, sink.labels(Samples.roleLabels, [value]), 1)
        let table = sink.finish()
        #expect(Samples.text([table]).hasSuffix("t_nodes\(block) 1\n"))
        #expect(table.samples(of: "t_nodes").map(\.labels) == [[Label(name: "role", value: value)]])
    }

    @Test func writesAnyNumberOfLabels() {
        var sink = Sink(families: [])
        _ = sink.labels(LabelNames(["a", "b", "c"]), ["1", "2", "3"])
        let names = LabelNames(["a", "b", "c", "d", "e", "f", "g", "h", "i"])
        let nine = sink.labels(names, ["1", "2", "3", "4", "5", "6", "7", "8", "9"])
        let texts = sink.blocks.texts
        #expect(texts.text(of: 1) == #"{a="1",b="2",c="3"}"#)
        #expect(texts.text(of: nine.id) == #"{a="1",b="2",c="3",d="4",e="5",f="6",g="7",h="8",i="9"}"#)
        #expect(texts.labels(of: nine.id).map(\.value).joined() == "123456789")
    }
}
