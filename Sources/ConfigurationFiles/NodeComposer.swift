/// Builds the node tree from parser events, within limits.
struct NodeComposer {
    /// A node with how much it adds wherever it is used.
    private struct Sized {
        var node: ConfigurationNode
        /// Nodes in it, itself included, aliases expanded.
        var count: Int
        /// Levels in it: 1 for a scalar.
        var depth: Int
    }

    /// A sequence or mapping that is still open.
    private struct Open {
        var isMapping: Bool
        var anchor: String?
        var position: FilePosition
        var items: [ConfigurationNode] = []
        var entries: [ConfigurationNode.Entry] = []
        var keys: [String: FilePosition] = [:]
        var pendingKey: (text: String, position: FilePosition)?
        var count = 1
        var depth = 1
    }

    private let file: String
    private let limits: ConfigurationLimits
    private var open: [Open] = []
    private var anchors: [String: Sized] = [:]
    private var documents = 0
    private var nodes = 0

    /// The document once its end was seen; nil for an empty file.
    private(set) var root: ConfigurationNode?

    init(file: String, limits: ConfigurationLimits) {
        self.file = file
        self.limits = limits
    }

    /// Takes the next event.
    mutating func take(_ event: YAMLEvent) throws(ConfigurationError) {
        switch event.kind {
        case .other: break
        case .documentStart:
            documents += 1
            guard documents == 1 else {
                throw failure(event.position, "a second document begins here; keep one in the file")
            }
        case .scalar(let text, let isPlain):
            let style = try scalarStyle(event, isPlain: isPlain)
            let node = ConfigurationNode(.scalar(ConfigurationScalar(text, style)), at: event.position)
            try finish(Sized(node: node, count: 1, depth: 1), anchor: event.anchor, at: event.position)
        case .sequenceStart:
            try start(event, isMapping: false, tag: "tag:yaml.org,2002:seq")
        case .mappingStart:
            try start(event, isMapping: true, tag: "tag:yaml.org,2002:map")
        case .sequenceEnd, .mappingEnd:
            try end()
        case .alias(let name):
            try alias(name, at: event.position)
        }
    }

    private mutating func start(_ event: YAMLEvent, isMapping: Bool, tag: String) throws(ConfigurationError) {
        if let given = event.tag, given != tag, given != "!" {
            throw failure(event.position, "a tag (!) that is not supported; remove it, or quote the value")
        }
        guard open.count < limits.depth else { throw tooDeep(event.position) }
        if let last = open.last, last.isMapping, last.pendingKey == nil {
            throw failure(event.position, "a key must be a text, not a list or mapping")
        }
        // What an anchor meant before is no longer meant inside its new value, which must not contain itself.
        if let anchor = event.anchor { anchors[anchor] = nil }
        open.append(Open(isMapping: isMapping, anchor: event.anchor, position: event.position))
    }

    private mutating func end() throws(ConfigurationError) {
        guard let closed = open.popLast() else { return }
        let content: ConfigurationNode.Content =
            closed.isMapping ? .mapping(closed.entries) : .sequence(closed.items)
        let node = ConfigurationNode(content, at: closed.position)
        let sized = Sized(node: node, count: closed.count, depth: closed.depth)
        // Its parts were counted as they came.
        nodes -= closed.count - 1
        try finish(sized, anchor: closed.anchor, at: closed.position)
    }

    private mutating func alias(_ name: String, at position: FilePosition) throws(ConfigurationError) {
        // The name is not shown: an unquoted secret that begins with `*` is parsed as an alias.
        guard let target = anchors[name] else {
            let isOpen = open.contains { $0.anchor == name }
            let reason = isOpen ? "an alias (*) inside the value it stands for" : "an alias (*) without its anchor (&)"
            throw failure(position, "\(reason); quote the value if it is a text")
        }
        guard open.count + target.depth <= limits.depth + 1 else { throw tooDeep(position) }
        try finish(target, anchor: nil, at: position)
    }

    /// Puts a complete node where it belongs.
    private mutating func finish(
        _ sized: Sized,
        anchor: String?,
        at position: FilePosition
    ) throws(ConfigurationError) {
        nodes += sized.count
        guard nodes <= limits.nodes else {
            throw failure(position, "more than \(limits.nodes) values, aliases counted where they are used")
        }
        if let anchor { anchors[anchor] = sized }
        guard !open.isEmpty else {
            root = sized.node
            return
        }
        let last = open.count - 1
        open[last].count += sized.count
        open[last].depth = max(open[last].depth, sized.depth + 1)
        guard open[last].isMapping else {
            open[last].items.append(sized.node)
            return
        }
        if let key = open[last].pendingKey {
            open[last].pendingKey = nil
            open[last].entries.append(.init(key: key.text, keyPosition: key.position, value: sized.node))
        } else {
            open[last].pendingKey = (try key(sized.node, at: position, in: open[last]), position)
            open[last].keys[open[last].pendingKey?.text ?? ""] = position
        }
    }

    /// The text of a key that may stand in the mapping.
    private func key(
        _ node: ConfigurationNode,
        at position: FilePosition,
        in mapping: Open
    ) throws(ConfigurationError) -> String {
        guard case .scalar(let scalar) = node.content else {
            throw failure(position, "a key must be a text, not a list or mapping")
        }
        guard scalar.style == .quoted || !scalar.text.isEmpty else { throw failure(position, "a key is empty") }
        guard scalar.style == .quoted || scalar.text != "<<" else {
            throw failure(position, "merge keys (<<) are not supported; write the keys out")
        }
        if let first = mapping.keys[scalar.text] {
            throw failure(
                position,
                "the key \(ConfigurationError.quoted(scalar.text)) is already there, at line \(first.line)"
            )
        }
        return scalar.text
    }

    private func scalarStyle(
        _ event: YAMLEvent,
        isPlain: Bool
    ) throws(ConfigurationError) -> ConfigurationScalar.Style {
        switch event.tag {
        case nil: isPlain ? .plain : .quoted
        case "!", "tag:yaml.org,2002:str": .quoted
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
            .plain
        // Not shown: an unquoted secret may begin with `!`.
        default: throw failure(event.position, "a tag (!) that is not supported; remove it, or quote the value")
        }
    }

    private func tooDeep(_ position: FilePosition) -> ConfigurationError {
        failure(position, "nested more than \(limits.depth) levels deep")
    }

    private func failure(_ position: FilePosition, _ message: String) -> ConfigurationError {
        ConfigurationError(file: file, position: position, message: message)
    }
}
