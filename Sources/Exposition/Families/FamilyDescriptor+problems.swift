extension FamilyDescriptor {
    /// What breaks the naming rules of the exposition formats and of Prometheus' own linter; empty where nothing does.
    ///
    /// The rules are those of the legacy character set (`[a-zA-Z_:][a-zA-Z0-9_:]*`, labels without the colon), of
    /// prometheus.io's naming page, and what `promtool check metrics` rejects. Each line names the family.
    package func problems() -> [String] {
        let name = name.description
        var found = Self.nameProblems(name, type)
        found += Self.labelProblems(labels.map(\.description))
        if help.description.allSatisfy(\.isWhitespace) { found.append("help is empty") }
        return found.map { "\(name.isEmpty ? "(family without a name)" : name): \($0)" }
    }

    /// What is wrong between families: a name declared twice, or two that OpenMetrics gives one name
    /// (`x_total` or `x_info` beside `x`).
    package static func problems(between families: [FamilyDescriptor]) -> [String] {
        var names: Set<String> = []
        var ownerOf: [String: String] = [:]
        var found: [String] = []
        for family in families {
            let name = family.name.description
            guard names.insert(name).inserted else {
                found.append("\(name): declared more than once")
                continue
            }
            if let other = ownerOf.updateValue(name, forKey: family.openMetricsName) {
                found.append("\(name): has the OpenMetrics name \(family.openMetricsName) of \(other) as well")
            }
        }
        return found
    }

    private static func nameProblems(_ name: String, _ type: FamilyType) -> [String] {
        var found: [String] = []
        if !isLegal(name) { found.append("name is not of [a-zA-Z_][a-zA-Z0-9_]* (colons are for recording rules)") }
        if name.hasPrefix("__") { found.append("names that start with __ are reserved") }
        if name.contains(where: \.isUppercase) { found.append("name has an upper-case letter, use snake_case") }
        let suffixes: [(suffix: String, owner: FamilyType?)] = [
            ("_total", .counter), ("_info", .info), ("_count", nil), ("_sum", nil), ("_bucket", nil), ("_created", nil),
        ]
        let article = type == .info ? "an" : "a"
        for (suffix, owner) in suffixes {
            if name.hasSuffix(suffix), owner != type {
                found.append("\(article) \(type) must not end in \(suffix)")
            } else if owner == type, !name.hasSuffix(suffix) || name == suffix {
                found.append("\(article) \(type) must end in \(suffix)")
            }
        }
        for word in name.split(separator: "_") {
            if let base = baseUnit(of: word) { found.append("unit \(word) is not a base unit, use \(base)") }
        }
        return found
    }

    private static func labelProblems(_ labels: [String]) -> [String] {
        var found: [String] = []
        for (position, label) in labels.enumerated() {
            if !isLegal(label) { found.append("label \"\(label)\" is not of [a-zA-Z_][a-zA-Z0-9_]*") }
            if label.hasPrefix("__") { found.append("label \(label): names that start with __ are reserved") }
            if label.contains(where: \.isUppercase) { found.append("label \(label): camelCase, use snake_case") }
            if label == "le" || label == "quantile" {
                found.append("label \(label) is reserved for histograms and summaries")
            }
            if labels[..<position].contains(label) { found.append("label \(label) is named twice") }
        }
        return found
    }

    private static func isLegal(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The base unit to use instead of `word`, or nil where the word is none of the units that are refused.
    private static func baseUnit(of word: Substring) -> String? {
        switch word {
        case "nanoseconds", "microseconds", "milliseconds", "minutes", "hours", "days", "weeks", "ms", "millis":
            return "seconds"
        case "bits", "kilobytes", "megabytes", "gigabytes", "terabytes", "kibibytes", "mebibytes", "gibibytes",
            "tebibytes", "kb", "mb", "gb", "kib", "mib", "gib":
            return "bytes"
        case "percent", "percentage", "percents":
            return "ratio"
        case "millicores", "millicpu":
            return "cores"
        case "kelvin", "fahrenheit":
            return "celsius"
        default:
            return nil
        }
    }
}
