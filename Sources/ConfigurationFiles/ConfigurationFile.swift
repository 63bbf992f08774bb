/// A configuration file. The text of one YAML or JSON document goes in; a tree of nodes comes out, each with its line and
/// column. Typed values are read from the nodes, and every error names file, line, column and key.
///
/// YAML comes through libyaml rather than a Swift package, because those bring full Foundation.
package struct ConfigurationFile: Sendable, Hashable {
    /// The file's path, or what stands for it in errors.
    package let name: String
    /// The document; a null scalar where the file is empty.
    package let root: ConfigurationNode

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limits: How large it may be.
    /// - Throws: ``ConfigurationError`` where it cannot be read or is no single YAML or JSON document.
    package init(path: String, limits: ConfigurationLimits = ConfigurationLimits()) throws(ConfigurationError) {
        let bytes: [UInt8]
        do throws(FileBytes.ReadError) {
            bytes = try FileBytes.read(path, limit: limits.bytes)
        } catch {
            throw ConfigurationError(file: path, message: "cannot be read: \(error)")
        }
        try self.init(bytes, name: path, limits: limits)
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8 (or UTF-16 with a byte order mark).
    ///   - name: What to call it in errors.
    ///   - limits: How large it may be.
    /// - Throws: ``ConfigurationError`` where it is no single YAML or JSON document.
    package init(
        _ bytes: [UInt8],
        name: String,
        limits: ConfigurationLimits = ConfigurationLimits()
    ) throws(ConfigurationError) {
        guard bytes.count <= limits.bytes else {
            throw ConfigurationError(file: name, message: "larger than \(limits.bytes) bytes")
        }
        var composer = NodeComposer(file: name, limits: limits)
        try YAMLEventParser.parse(bytes, file: name) { (event) throws(ConfigurationError) in
            try composer.take(event)
        }
        self.name = name
        root = composer.root ?? ConfigurationNode(.scalar(ConfigurationScalar("", .plain)), at: .start)
    }

    /// The document, to be read with types.
    package var value: ConfigurationValue {
        ConfigurationValue(file: name, path: "", node: root)
    }
}

extension FilePosition {
    /// The first character.
    static let start = FilePosition(line: 1, column: 1)
}
