/// Rule groups as YAML. Expressions and annotations are block scalars, in which no character has to be escaped.
struct YAMLText {
    /// What was written so far; each line ends.
    private(set) var text = ""
    private var indentation: Int

    /// Creates an empty text, whose lines will begin with so many spaces.
    init(indentation: Int = 0) {
        self.indentation = indentation
    }

    /// Adds `groups:` with all of them.
    mutating func append(_ groups: [RuleGroup]) {
        line("groups:")
        for group in groups {
            line("  - name: \(group.name)")
            line("    rules:")
            for rule in group.rules { append(rule) }
        }
    }

    private mutating func append(_ rule: PrometheusRule) {
        switch rule.output {
        case .record(let name): line("      - record: \(name)")
        case .alert(let name): line("      - alert: \(name)")
        }
        nested(8) { yaml in
            yaml.literal("expr", rule.expression)
            if rule.for > .zero { yaml.line("for: \(Self.duration(rule.for))") }
            if rule.keepFiringFor > .zero { yaml.line("keep_firing_for: \(Self.duration(rule.keepFiringFor))") }
            if !rule.labels.isEmpty {
                yaml.line("labels:")
                for (name, value) in rule.labels { yaml.line("  \(name): \(value)") }
            }
            if !rule.annotations.isEmpty {
                yaml.line("annotations:")
                yaml.nested(2) { for (name, text) in rule.annotations { $0.folded(name, text) } }
            }
        }
    }

    /// A duration as Prometheus writes it, in the largest unit that takes it whole: `90s`, `5m`, `1h`.
    static func duration(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        for (unit, size) in [("h", 3_600), ("m", 60)] as [(String, Int64)] where seconds.isMultiple(of: size) {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }

    /// A text whose line ends stay.
    private mutating func literal(_ name: String, _ text: String) {
        line("\(name): |-")
        nested(2) { for part in text.split(separator: "\n", omittingEmptySubsequences: false) { $0.line(part) } }
    }

    /// A text of one line, of any length: it is broken at single spaces, which YAML puts back.
    private mutating func folded(_ name: String, _ text: String) {
        line("\(name): >-")
        nested(2) { yaml in
            var current = ""
            for word in text.split(separator: " ", omittingEmptySubsequences: false) {
                if !current.isEmpty && yaml.indentation + current.utf8.count + 1 + word.utf8.count > Self.width {
                    yaml.line(current)
                    current = ""
                }
                current += (current.isEmpty ? "" : " ") + word
            }
            yaml.line(current)
        }
    }

    private static let width = 120

    private mutating func nested(_ depth: Int, _ body: (inout YAMLText) -> Void) {
        indentation += depth
        body(&self)
        indentation -= depth
    }

    private mutating func line(_ content: some StringProtocol) {
        if !content.isEmpty { text += String(repeating: " ", count: indentation) + content }
        text += "\n"
    }
}
