import FoundationEssentials

/// A JSON value, read without any knowledge of Kubernetes.
enum JSON: Decodable {
    case null
    case bool(Bool)
    case number(Int)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSON].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if container.decodeNil() {
            self = .null
        } else {
            self = .number(try container.decode(Int.self))
        }
    }

    /// A member of an object; null where there is none.
    subscript(key: String) -> JSON {
        if case .object(let members) = self { return members[key] ?? .null }
        return .null
    }

    var isNull: Bool {
        if case .null = self { return true }
        return false
    }

    var array: [JSON] {
        if case .array(let elements) = self { return elements }
        return []
    }

    /// The members in order of their keys.
    var members: [(key: String, value: JSON)] {
        if case .object(let members) = self { return members.sorted { $0.key < $1.key } }
        return []
    }

    /// The text of a string; empty where there is none.
    var text: String {
        if case .string(let text) = self { return text }
        return ""
    }

    var bool: Bool {
        if case .bool(let value) = self { return value }
        return false
    }

    var int: Int? {
        if case .number(let value) = self { return value }
        return nil
    }

    /// The text of a number; that of the default where there is none.
    func number(_ standard: Int = 0) -> String { "\(int ?? standard)" }

    /// The element of an array whose member `type` has that text.
    func condition(_ type: String) -> JSON {
        array.first { $0["type"].text == type } ?? .null
    }
}
