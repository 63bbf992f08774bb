internal import ConfigurationFiles

/// One kubeconfig, or several merged as client-go merges them: for each named cluster, user and context the first file
/// that has it wins as a whole, and so for `current-context`.
struct Kubeconfig {
    /// A cluster, user or context.
    struct Entry {
        /// Its name.
        var name: String
        /// What it holds.
        var body: ConfigurationMapping
        /// The folder of its file, which relative paths in it start from.
        var folder: String
    }

    /// Named entries of one kind, in the order found.
    struct Section {
        private(set) var names: [String] = []
        private var entries: [String: Entry] = [:]

        subscript(_ name: String) -> Entry? { entries[name] }

        mutating func add(_ entry: Entry) {
            guard entries[entry.name] == nil else { return }
            entries[entry.name] = entry
            names.append(entry.name)
        }
    }

    /// The files, in the order of their precedence.
    private(set) var files: [String] = []
    private(set) var clusters = Section()
    private(set) var users = Section()
    private(set) var contexts = Section()
    /// The `current-context` of the first file that has one.
    private(set) var currentContext: ConfigurationValue?
    /// Keys that nothing reads, outside of the entries.
    private(set) var warnings: [String] = []

    /// Reads a file.
    init(path: String) throws(ConfigurationError) {
        try self.init(paths: [path])
    }

    /// Reads and merges files.
    init(paths: [String]) throws(ConfigurationError) {
        for path in paths { try read(path) }
    }

    /// The files for an error or a log line.
    var name: String { files.joined(separator: ", ") }

    private mutating func read(_ path: String) throws(ConfigurationError) {
        let root = try ConfigurationFile(path: path).value.mapping()
        files.append(path)
        if let kind = root["kind"], try kind.string() != "Config" {
            throw kind.error("must be Config: this is not a kubeconfig")
        }
        if let version = root["apiVersion"], try version.string() != "v1" {
            throw version.error("must be v1, the only version of kubeconfigs")
        }
        warnings +=
            root.unknownKeys(known: [
                "apiVersion", "kind", "preferences", "clusters", "users", "contexts", "current-context", "extensions",
            ])
            .map(\.ignored)
        let folder = Self.folder(of: path)
        try read(root["clusters"], "cluster", from: folder, into: &clusters)
        try read(root["users"], "user", from: folder, into: &users)
        try read(root["contexts"], "context", from: folder, into: &contexts)
        if currentContext == nil, let current = root["current-context"], try !current.string().isEmpty {
            currentContext = current
        }
    }

    private func read(
        _ list: ConfigurationValue?,
        _ key: String,
        from folder: String,
        into section: inout Section
    ) throws(ConfigurationError) {
        guard let list else { return }
        var lines: [String: Int] = [:]
        for item in try list.list() {
            let mapping = try item.mapping()
            let name = try mapping.required("name")
            let text = try name.nonEmptyString()
            if let line = lines[text] {
                throw name.error("the \(key) \(ConfigurationError.quoted(text)) is already there, at line \(line)")
            }
            lines[text] = name.node.position.line
            // Without a body (`user:` alone is what some tools write) it is an empty one.
            let empty = ConfigurationValue(
                file: item.file,
                path: item.path + ".\(key)",
                node: ConfigurationNode(.mapping([]), at: item.node.position)
            )
            section.add(Entry(name: text, body: try (mapping[key] ?? empty).mapping(), folder: folder))
        }
    }

    /// The folder of a file, as a prefix with its slash; empty for the working directory.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }
}

extension ConfigurationError {
    /// The error as a warning about something that is passed over.
    var ignored: String { "\(self); it is ignored" }
}
