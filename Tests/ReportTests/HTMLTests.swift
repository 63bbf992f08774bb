import Testing

@testable import Report

struct HTMLTests {
    @Test func escapesTextAndAttributes() {
        let piece = HTML.element("a", ["href": "/?a=\"b\"&c='"], HTML("<script>&"))
        #expect(piece.markup == "<a href=\"/?a=&quot;b&quot;&amp;c=&#39;\">&lt;script&gt;&amp;</a>")
    }

    @Test func nestsPieces() {
        let piece: HTML = [.element("p", ["a", .element("br"), .element("b", ["<"])]), "c"]
        #expect(piece.markup == "<p>a<br><b>&lt;</b></p>c")
    }

    @Test func writesADocument() {
        let text = HTML.document(title: "a<b", body: .element("main"))
        #expect(text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"))
        #expect(text.contains("<title>a&lt;b</title>"))
        #expect(text.hasSuffix("<body><main></main></body></html>\n"))
    }
}
