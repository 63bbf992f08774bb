/// Writes JSON, for the few places where a configuration is handed on to another program.
package enum JSONText {
    /// The text as a JSON string, quotes included.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The node as JSON, keys in the order written.
    ///
    /// Plain scalars become what YAML means by them. A number beyond a Double, which JSON cannot hold, becomes a string.
    package static func encoded(_ node: ConfigurationNode) -> String {
        switch node.content {
        case .sequence(let items):
            "[" + items.map(encoded).joined(separator: ",") + "]"
        case .mapping(let entries):
            "{" + entries.map { quoted($0.key) + ":" + encoded($0.value) }.joined(separator: ",") + "}"
        case .scalar(let scalar):
            switch scalar.plainMeaning {
            case .null: "null"
            case .bool(let value): value ? "true" : "false"
            case .integer(let value): "\(value)"
            case .number(let value): value.isFinite ? "\(value)" : quoted(scalar.text)
            case .text: quoted(scalar.text)
            }
        }
    }
}
