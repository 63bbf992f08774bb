/// Why a JSON list could not be read: where in it, and what was wrong.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The place, as a path of names: `GatewayList.items.0.status`.
    package var path: String
    /// What was wrong there.
    package var problem: String

    /// Creates an error.
    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    /// Translates what the decoder says.
    init(kind: String, _ error: DecodingError) {
        func place(_ path: [any CodingKey]) -> String {
            ([kind] + path.map { $0.intValue.map(String.init) ?? $0.stringValue }).joined(separator: ".")
        }
        switch error {
        case .typeMismatch(let type, let context):
            self.init(path: place(context.codingPath), problem: "the value is not of type \(type)")
        case .valueNotFound(_, let context):
            self.init(path: place(context.codingPath), problem: "the value is null")
        case .keyNotFound(let key, let context):
            self.init(path: place(context.codingPath), problem: "\(key.stringValue) is missing")
        case .dataCorrupted(let context):
            self.init(path: place(context.codingPath), problem: "the bytes are not JSON or a value is out of range")
        @unknown default:
            self.init(path: kind, problem: "it cannot be read")
        }
    }

    package var description: String {
        "malformed JSON, \(path): \(problem)"
    }
}
