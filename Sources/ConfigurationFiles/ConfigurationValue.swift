/// A node on its way to a typed value: knows its file and the keys that lead to it, so each error can name them.
package struct ConfigurationValue: Sendable, Hashable {
    /// The file's name.
    package let file: String
    /// The keys that lead here, `users[0].user.exec`; empty for the document.
    package let path: String
    /// The node.
    package let node: ConfigurationNode

    /// Creates a value; ``ConfigurationFile/value`` is where to begin.
    package init(file: String, path: String, node: ConfigurationNode) {
        self.file = file
        self.path = path
        self.node = node
    }

    /// An error about this value.
    package func error(_ message: String) -> ConfigurationError {
        ConfigurationError(file: file, position: node.position, path: path, message: message)
    }

    /// Whether nothing is written here: `key:` without a value, `~` or `null`.
    package var isNull: Bool {
        guard case .scalar(let scalar) = node.content else { return false }
        return scalar.plainMeaning == .null
    }

    /// The text. A number, boolean or null must be quoted to be one, as kubectl has it too.
    package func string() throws(ConfigurationError) -> String {
        guard case .scalar(let scalar) = node.content else { throw mismatch("a text") }
        guard scalar.plainMeaning == .text else { throw error("must be a text, not \(node.kind); put it in quotes") }
        return scalar.text
    }

    /// The text, which must not be empty.
    package func nonEmptyString() throws(ConfigurationError) -> String {
        let text = try string()
        guard !text.isEmpty else { throw error("must not be empty") }
        return text
    }

    /// The boolean; a quoted "true" is none.
    package func bool() throws(ConfigurationError) -> Bool {
        guard case .scalar(let scalar) = node.content, case .bool(let value) = scalar.plainMeaning else {
            throw mismatch("true or false")
        }
        return value
    }

    /// The whole number within the range.
    package func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws(ConfigurationError) -> Int {
        guard case .scalar(let scalar) = node.content, case .integer(let value) = scalar.plainMeaning else {
            throw mismatch("a whole number")
        }
        guard range.contains(value) else {
            throw error("must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    /// The number within the range.
    package func number(
        in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    ) throws(ConfigurationError) -> Double {
        guard case .scalar(let scalar) = node.content else { throw mismatch("a number") }
        let value: Double
        switch scalar.plainMeaning {
        case .integer(let whole): value = Double(whole)
        case .number(let number): value = number
        case .null, .bool, .text: throw mismatch("a number")
        }
        guard range.contains(value) else {
            throw error("must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    /// The elements of the list; null is an empty one.
    package func list() throws(ConfigurationError) -> [ConfigurationValue] {
        if isNull { return [] }
        guard case .sequence(let nodes) = node.content else { throw mismatch("a list") }
        return nodes.enumerated()
            .map { index, node in
                ConfigurationValue(file: file, path: "\(path)[\(index)]", node: node)
            }
    }

    /// The list of texts; null is an empty one.
    package func strings() throws(ConfigurationError) -> [String] {
        var result: [String] = []
        for element in try list() { result.append(try element.string()) }
        return result
    }

    /// The keys and values of the mapping; null is an empty one.
    package func mapping() throws(ConfigurationError) -> ConfigurationMapping {
        if isNull { return ConfigurationMapping(value: self, entries: []) }
        guard case .mapping(let entries) = node.content else { throw mismatch("a mapping") }
        return ConfigurationMapping(value: self, entries: entries)
    }

    private func mismatch(_ wanted: String) -> ConfigurationError {
        error("must be \(wanted), not \(node.kind)")
    }
}
