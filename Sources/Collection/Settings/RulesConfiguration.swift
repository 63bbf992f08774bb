package import ConfigurationFiles
package import HASignals

/// The file of `--rules-config`: rules that are switched off, rules of another severity, namespaces that are exempt.
///
/// ```yaml
/// rules:
///   bare-pod:
///     enabled: false
///   workload-single-replica:
///     severity: warning
/// exemptNamespaces:
///   - sandbox
///   - preview-*
/// ```
/// A namespace's exemption silences findings of severity info and warning in the areas of ``OptOuts/exemptible`` and
/// nothing else; SIGNALS says what no exemption silences.
package struct RulesConfiguration {
    /// The names of the rules that there are.
    private let known: Set<String>

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - rules: The rules that it may name.
    /// - Returns: What it opts out of.
    /// - Throws: ``ConfigurationError``, which names file, line, column and key.
    package static func read(
        path: String,
        rules: [Rule] = allAreas.flatMap { $0.rules }
    ) throws(ConfigurationError) -> OptOuts {
        try optOuts(of: try ConfigurationFile(path: path), rules: rules)
    }

    /// Reads a file that is parsed already.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - rules: The rules that it may name.
    /// - Returns: What it opts out of.
    /// - Throws: ``ConfigurationError``, which names file, line, column and key.
    package static func optOuts(
        of file: ConfigurationFile,
        rules: [Rule] = allAreas.flatMap { $0.rules }
    ) throws(ConfigurationError) -> OptOuts {
        let reader = RulesConfiguration(known: Set(rules.map { $0.name.description }))
        let root = try file.value.mapping()
        try root.refuseUnknownKeys(known: ["rules", "exemptNamespaces"])
        var optOuts = OptOuts()
        if let rules = root["rules"] { try reader.readRules(rules, into: &optOuts) }
        for pattern in try root["exemptNamespaces"]?.list() ?? [] {
            optOuts.exemptNamespaces.append(try reader.namespacePattern(pattern))
        }
        return optOuts
    }

    private func readRules(
        _ value: ConfigurationValue,
        into optOuts: inout OptOuts
    ) throws(ConfigurationError) {
        let rules = try value.mapping()
        if let unknown = rules.unknownKeys(known: Array(known)).first {
            throw ConfigurationError(
                file: unknown.file,
                position: unknown.position,
                path: unknown.path,
                message:
                    "no rule has the name \(firstQuoted(in: rules)); `kube-ha-exporter rules` lists those there are"
            )
        }
        for (name, value) in rules.values {
            let settings = try value.mapping()
            try settings.refuseUnknownKeys(known: ["enabled", "severity"])
            if let isEnabled = try settings["enabled"]?.bool(), !isEnabled { optOuts.disabledRules.insert(name) }
            if let severity = settings["severity"] { optOuts.severities[name] = try self.severity(severity) }
        }
    }

    /// The first name that is no rule's, in quotes.
    private func firstQuoted(in rules: ConfigurationMapping) -> String {
        ConfigurationError.quoted(rules.keys.first { !known.contains($0) } ?? "")
    }

    private func severity(_ value: ConfigurationValue) throws(ConfigurationError) -> Severity {
        let word = try value.string()
        guard let severity = Severity(rawValue: word) else {
            let words = Severity.allCases.map(\.rawValue).joined(separator: ", ")
            throw value.error("\(ConfigurationError.quoted(word)) is no severity; write one of \(words)")
        }
        return severity
    }

    private func namespacePattern(_ value: ConfigurationValue) throws(ConfigurationError) -> String {
        let pattern = try value.nonEmptyString()
        let isName = pattern.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "*"):
                true
            default: false
            }
        }
        guard isName else {
            throw value.error(
                "\(ConfigurationError.quoted(pattern)) can match no namespace: names have a-z, 0-9 and -, patterns also *"
            )
        }
        return pattern
    }
}
