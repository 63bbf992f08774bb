import Testing

@testable import HTTPTransport

struct HeadParserTests {
    private func take(_ lines: [String], into parser: inout HeadParser) -> [HeadParser.Step] {
        lines.map { line in Array(line.utf8).withUnsafeBytes { parser.take($0) } }
    }

    @Test func gathersStatusAndFields() {
        var parser = HeadParser()
        let steps = take(
            ["HTTP/2 200 \r\n", "A:  b c \r\n", "a: d\r\n", "no field\r\n", "\r\n", "trailer: x\r\n"],
            into: &parser
        )
        #expect(steps == [.more, .more, .more, .more, .complete, .more])
        #expect(parser.status == 200)
        #expect(parser.isHTTP2)
        #expect(parser.headers.map(\.name) == ["A", "a"])
        #expect(parser.headers.map(\.value) == ["b c", "d"])
    }

    @Test func forgetsInformationalHeads() {
        var parser = HeadParser()
        let steps = take(
            ["HTTP/1.1 103 X\r\n", "a: b\r\n", "\r\n", "HTTP/1.1 404 Not Found\r\n", "\r\n"],
            into: &parser
        )
        #expect(steps == [.more, .more, .more, .more, .complete])
        #expect(parser.status == 404)
        #expect(parser.headers.isEmpty)
        #expect(!parser.isHTTP2)
    }

    @Test func boundsTheHead() {
        var parser = HeadParser()
        let line = "a: " + String(repeating: "x", count: 65_531) + "\r\n"
        #expect(take(Array(repeating: line, count: 5), into: &parser) == [.more, .more, .more, .more, .tooLarge])
    }
}
