import ClusterState

/// A piece of HTML, built from values so that all text is escaped unless it was made here.
///
/// ```swift
/// HTML.element("p", ["class": "note"], ["Namespace ", HTML.element("code", ["a<b"])])
/// ```
package struct HTML: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    /// The markup.
    package let markup: String

    private init(markup: String) {
        self.markup = markup
    }

    /// Text, escaped.
    package init(_ text: String) {
        markup = Self.escaped(text)
    }

    /// Text, escaped.
    package init(stringLiteral text: String) {
        self.init(text)
    }

    /// Pieces one after another.
    package init(arrayLiteral pieces: HTML...) {
        self.init(pieces)
    }

    /// Pieces one after another.
    package init(_ pieces: [HTML]) {
        markup = pieces.map(\.markup).joined()
    }

    /// An element. Its name and the names of its attributes are the program's own, their values are escaped.
    ///
    /// - Parameters:
    ///   - name: The name; `meta`, `link`, `br`, `hr`, `img` and `input` get no end tag.
    ///   - attributes: In the order in which they are written; those that are nil are left out.
    ///   - content: What is in it.
    /// - Returns: The element.
    package static func element(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String?> = [:],
        _ content: HTML = []
    ) -> HTML {
        let name = name.description
        var markup = "<\(name)"
        for (attribute, value) in attributes {
            guard let value else { continue }
            markup += " \(attribute)=\"\(escaped(value))\""
        }
        markup += ">"
        if voidElements.contains(name) { return HTML(markup: markup) }
        return HTML(markup: markup + content.markup + "</\(name)>")
    }

    /// A style sheet: the program's own text, since nothing can be escaped inside one.
    package static func style(_ sheet: StaticString) -> HTML {
        HTML(markup: "<style>\(sheet)</style>")
    }

    /// Whether there is nothing in it.
    var isEmpty: Bool { markup.isEmpty }

    /// A whole document in English.
    package static func document(title: String, head: HTML = [], body: HTML) -> String {
        let head: HTML = [
            element("meta", ["charset": "utf-8"]),
            element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            element("title", HTML(title)),
            head,
        ]
        return "<!DOCTYPE html>\n"
            + element("html", ["lang": "en"], [element("head", head), element("body", body)]).markup + "\n"
    }

    /// An element without attributes.
    package static func element(_ name: StaticString, _ content: HTML) -> HTML {
        element(name, [:], content)
    }

    private static let voidElements: Set<String> = ["meta", "link", "br", "hr", "img", "input"]

    /// The text with what HTML takes for markup written as references, and what would change the text around it, see
    /// ``Swift/Unicode/Scalar/isTerminalControl``, replaced.
    private static func escaped(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
            default: (0x20..<0x7f).contains(byte)
            }
        }
        if isPlain { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character.isTerminalControl ? "\u{FFFD}" : character)
            }
        }
        return result
    }
}
