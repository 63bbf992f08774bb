/// A line of a text exposition: a family's name, labels, and a value.
struct MetricSample: Hashable {
    var name: String
    var labels: [String: String] = [:]
    var value: Double

    /// Reads a line of the text format 0.0.4
    /// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
    ///
    /// - Returns: nil where it is a comment, or no sample.
    init?(_ line: some Sequence<UInt8>) {
        var rest = Substring(decoding: Array(line), as: UTF8.self).unicodeScalars
        func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" } }
        func takeName() -> String {
            let name = rest.prefix {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
                    || $0 == ":"
            }
            rest = rest[name.endIndex...]
            return String(name)
        }
        skipSpace()
        name = takeName()
        guard !name.isEmpty else { return nil }
        skipSpace()
        if rest.first == "{" {
            rest = rest.dropFirst()
            while true {
                skipSpace()
                if rest.first == "}" { break }
                let label = takeName()
                skipSpace()
                guard !label.isEmpty, rest.first == "=" else { return nil }
                rest = rest.dropFirst()
                skipSpace()
                guard let text = Self.takeQuoted(&rest) else { return nil }
                labels[label] = text
                skipSpace()
                if rest.first == "," { rest = rest.dropFirst() } else if rest.first != "}" { return nil }
            }
            rest = rest.dropFirst()
        }
        skipSpace()
        guard let value = Self.number(rest.prefix { $0 != " " && $0 != "\t" && $0 != "\r" }) else { return nil }
        self.value = value
    }

    /// Takes a text in quotes with its escapes; nil where there is none.
    private static func takeQuoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
        guard rest.popFirst() == "\"" else { return nil }
        var text = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            switch next {
            case "\"": return String(text)
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                text.append(escaped == "n" ? "\n" : escaped)
            default: text.append(next)
            }
        }
        return nil
    }

    private static func number(_ text: Substring.UnicodeScalarView) -> Double? {
        switch String(text) {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case let text: Double(text)
        }
    }

    /// The samples of a text, one a line; lines that are none are passed over.
    static func samples(_ text: [UInt8]) -> [MetricSample] {
        text.split(separator: UInt8(ascii: "\n")).compactMap { MetricSample($0) }
    }
}
