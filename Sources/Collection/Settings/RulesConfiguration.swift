package import ConfigurationFiles
package import HASignals

/// The file of `--rules-config`: rules that are switched off, rules of another severity, namespaces and objects that are
/// exempt.
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
/// exemptions:
///   - rules: [workload-single-replica]
///     severities: [info]
///     namespaces: [chat]
///     kinds: [StatefulSet]
///     names: ["*-main"]
///     labelSelector:
///       matchLabels: {app.kubernetes.io/component: matrix-server}
///     reason: the chart allows one replica
/// ```
/// A namespace's exemption silences findings of severity info and warning in the areas of ``OptOuts/exemptible`` and
/// nothing else. An entry of `exemptions` silences what all its keys match, of which `reason` alone is required; one
/// without `rules` goes no further than a namespace's, see ``Exemption``.
package struct RulesConfiguration {
    /// A rule that the file may name.
    struct KnownRule {
        let area: AreaName
        let severity: Severity
    }

    /// The rules that there are, by name.
    let known: [String: KnownRule]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - areas: The areas whose rules it may name.
    /// - Returns: What it opts out of.
    /// - Throws: ``ConfigurationError``, which names file, line, column and key.
    package static func read(
        path: String,
        areas: [any Area.Type] = allAreas
    ) throws(ConfigurationError) -> OptOuts {
        try optOuts(of: try ConfigurationFile(path: path), areas: areas)
    }

    /// Reads a file that is parsed already.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - areas: The areas whose rules it may name.
    /// - Returns: What it opts out of.
    /// - Throws: ``ConfigurationError``, which names file, line, column and key.
    package static func optOuts(
        of file: ConfigurationFile,
        areas: [any Area.Type] = allAreas
    ) throws(ConfigurationError) -> OptOuts {
        var known: [String: KnownRule] = [:]
        for area in areas {
            for rule in area.rules {
                known[rule.name.description] = KnownRule(area: area.name, severity: rule.severity)
            }
        }
        let reader = RulesConfiguration(known: known)
        let root = try file.value.mapping()
        try root.refuseUnknownKeys(known: ["rules", "exemptNamespaces", "exemptions"])
        var optOuts = OptOuts()
        if let rules = root["rules"] { try reader.readRules(rules, into: &optOuts) }
        for pattern in try root["exemptNamespaces"]?.list() ?? [] {
            optOuts.exemptNamespaces.append(try reader.namespacePattern(pattern))
        }
        if let exemptions = root["exemptions"] { try reader.readExemptions(exemptions, into: &optOuts) }
        return optOuts
    }

    private func readRules(
        _ value: ConfigurationValue,
        into optOuts: inout OptOuts
    ) throws(ConfigurationError) {
        let rules = try value.mapping()
        if let unknown = rules.unknownKeys(known: Array(known.keys)).first {
            var error = unknown
            error.message = Self.unknownRule(rules.keys.first { known[$0] == nil } ?? "")
            throw error
        }
        for (name, value) in rules.values {
            let settings = try value.mapping()
            try settings.refuseUnknownKeys(known: ["enabled", "severity"])
            if let isEnabled = try settings["enabled"]?.bool(), !isEnabled { optOuts.disabledRules.insert(name) }
            if let severity = settings["severity"] { optOuts.severities[name] = try self.severity(severity) }
        }
    }

    private static func unknownRule(_ name: String) -> String {
        "no rule has the name \(ConfigurationError.quoted(name)); `kube-ha-exporter rules` lists those there are"
    }

    /// An error about a rule that there is not.
    func unknownRule(_ name: String, _ value: ConfigurationValue) -> ConfigurationError {
        value.error(Self.unknownRule(name))
    }

    func severity(_ value: ConfigurationValue) throws(ConfigurationError) -> Severity {
        let word = try value.string()
        guard let severity = Severity(rawValue: word) else {
            let words = Severity.allCases.map(\.rawValue).joined(separator: ", ")
            throw value.error("\(ConfigurationError.quoted(word)) is not a severity; write one of \(words)")
        }
        return severity
    }

    func namespacePattern(_ value: ConfigurationValue) throws(ConfigurationError) -> String {
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
