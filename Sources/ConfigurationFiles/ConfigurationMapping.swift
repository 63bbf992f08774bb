/// The keys and values of a mapping, looked up by key.
package struct ConfigurationMapping: Sendable, Hashable {
    /// The mapping as a value: for errors about it as a whole.
    package let value: ConfigurationValue
    private let entries: [ConfigurationNode.Entry]
    private let indices: [String: Int]

    init(value: ConfigurationValue, entries: [ConfigurationNode.Entry]) {
        self.value = value
        self.entries = entries
        indices = Dictionary(
            entries.enumerated().map { ($0.element.key, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The keys in the order written.
    package var keys: [String] { entries.map(\.key) }

    /// Keys with their values in the order written.
    package var values: [(key: String, value: ConfigurationValue)] {
        entries.map { ($0.key, child($0)) }
    }

    /// The value of a key; nil where the key is absent or its value null.
    package subscript(_ key: String) -> ConfigurationValue? {
        guard let index = indices[key] else { return nil }
        let found = child(entries[index])
        return found.isNull ? nil : found
    }

    /// The value of a key that must be there.
    package func required(_ key: String) throws(ConfigurationError) -> ConfigurationValue {
        guard let found = self[key] else {
            if let index = indices[key] { throw child(entries[index]).error("is empty") }
            throw value.error("the key \(ConfigurationError.quoted(key)) is missing")
        }
        return found
    }

    /// An error, at the key's place, for each key that is not among the known ones.
    package func unknownKeys(known: [String]) -> [ConfigurationError] {
        entries.filter { !known.contains($0.key) }
            .map { entry in
                ConfigurationError(
                    file: value.file,
                    position: entry.keyPosition,
                    path: value.path,
                    message: "unknown key \(ConfigurationError.quoted(entry.key)); known here: "
                        + known.joined(separator: ", ")
                )
            }
    }

    /// Throws the first of ``unknownKeys(known:)``.
    package func refuseUnknownKeys(known: [String]) throws(ConfigurationError) {
        if let first = unknownKeys(known: known).first { throw first }
    }

    private func child(_ entry: ConfigurationNode.Entry) -> ConfigurationValue {
        let key =
            entry.key.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0 != "." && $0 != "[" })
            ? entry.key : ConfigurationError.quoted(entry.key)
        return ConfigurationValue(
            file: value.file,
            path: value.path.isEmpty ? key : "\(value.path).\(key)",
            node: entry.value
        )
    }
}
