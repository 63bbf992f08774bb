import FoundationEssentials

/// JSON as a tree that can be changed and written again. Numbers keep their text, so that one beyond every range can be
/// written too.
indirect enum JSONTree: Decodable {
    case null
    case bool(Bool)
    case number(String)
    case text(String)
    case array([JSONTree])
    case object([(key: String, value: JSONTree)])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .number("\(value)")
        } else if let value = try? container.decode(Double.self) {
            self = .number("\(value)")
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let values = try? container.decode([JSONTree].self) {
            self = .array(values)
        } else {
            let values = try container.decode([String: JSONTree].self)
            self = .object(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    /// Reads text; nil where it is not a JSON object or array.
    init?(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard let first = bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let tree = try? JSONDecoder().decode(JSONTree.self, from: Data(bytes))
        else { return nil }
        self = tree
    }

    /// The text.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): Self.quoted(text)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let values):
            "{" + values.map { Self.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
