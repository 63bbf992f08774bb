/// A node of a YAML or JSON document, with its place in the text.
package struct ConfigurationNode: Sendable, Hashable {
    /// What the node holds.
    package enum Content: Sendable, Hashable {
        /// A text, number, boolean or null.
        case scalar(ConfigurationScalar)
        /// A list.
        case sequence([ConfigurationNode])
        /// Keys and values in the order written; keys are unique.
        case mapping([Entry])
    }

    /// A key with its value.
    package struct Entry: Sendable, Hashable {
        /// The key's text.
        package var key: String
        /// Where the key stands.
        package var keyPosition: FilePosition
        /// Its value.
        package var value: ConfigurationNode

        /// Creates an entry.
        package init(key: String, keyPosition: FilePosition, value: ConfigurationNode) {
            self.key = key
            self.keyPosition = keyPosition
            self.value = value
        }
    }

    /// What the node holds.
    package var content: Content
    /// Where the node begins; for an alias, where the text it stands for begins.
    package var position: FilePosition

    /// Creates a node.
    package init(_ content: Content, at position: FilePosition) {
        self.content = content
        self.position = position
    }

    /// What the node is, for an error: `a list`, `a mapping`, `a boolean` …
    package var kind: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            switch scalar.plainMeaning {
            case .null: "null"
            case .bool: "a boolean"
            case .integer, .number: "a number"
            case .text: "a text"
            }
        }
    }
}
