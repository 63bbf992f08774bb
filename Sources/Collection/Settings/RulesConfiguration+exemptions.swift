import ClusterState
import ConfigurationFiles
import HASignals

/// The list `exemptions` of the file of `--rules-config`.
extension RulesConfiguration {
    private static let keys = ["rules", "severities", "namespaces", "kinds", "names", "labelSelector", "reason"]

    /// Reads the list. A line that could never silence anything is an error.
    func readExemptions(_ value: ConfigurationValue, into optOuts: inout OptOuts) throws(ConfigurationError) {
        for entry in try value.list() {
            let mapping = try entry.mapping()
            try mapping.refuseUnknownKeys(known: Self.keys)
            let reason = try mapping.required("reason").nonEmptyString()
            guard reason.contains(where: { !$0.isWhitespace }) else {
                throw try mapping.required("reason").error("must say why the exemption exists")
            }
            guard mapping.keys.contains(where: { $0 != "reason" && mapping[$0] != nil }) else {
                throw entry.error(
                    "names nothing; name \(Self.keys.dropLast().joined(separator: ", ")) or several of them"
                )
            }
            var exemption = Exemption(reason: reason, line: entry.node.position.line)
            try readCriteria(mapping, into: &exemption)
            try refuseImpossible(exemption, mapping, optOuts)
            optOuts.exemptions.append(exemption)
        }
    }

    private func readCriteria(
        _ mapping: ConfigurationMapping,
        into exemption: inout Exemption
    ) throws(ConfigurationError) {
        for rule in try elements(mapping["rules"]) { exemption.rules.insert(try ruleName(rule)) }
        for value in try elements(mapping["severities"]) { exemption.severities.insert(try severity(value)) }
        for value in try elements(mapping["namespaces"]) { exemption.namespaces.append(try namespacePattern(value)) }
        for value in try elements(mapping["kinds"]) { exemption.kinds.insert(try value.nonEmptyString().lowercased()) }
        for value in try elements(mapping["names"]) { exemption.names.append(try value.nonEmptyString()) }
        if let selector = mapping["labelSelector"] { exemption.labels = try readSelector(selector) }
    }

    /// The elements of a list that is written; an empty one would silence more than it says.
    private func elements(_ value: ConfigurationValue?) throws(ConfigurationError) -> [ConfigurationValue] {
        guard let value else { return [] }
        let elements = try value.list()
        if elements.isEmpty { throw value.error("is empty; leave the key out for any") }
        return elements
    }

    private func ruleName(_ value: ConfigurationValue) throws(ConfigurationError) -> String {
        let name = try value.string()
        guard known[name] != nil else { throw unknownRule(name, value) }
        return name
    }

    private func readSelector(_ value: ConfigurationValue) throws(ConfigurationError) -> [Exemption.LabelDemand] {
        let selector = try value.mapping()
        try selector.refuseUnknownKeys(known: ["matchLabels", "matchExpressions"])
        var demands: [Exemption.LabelDemand] = []
        for (key, value) in try selector["matchLabels"]?.mapping().values ?? [] {
            demands.append(Exemption.LabelDemand(key: key, op: .in, values: [try value.string()]))
        }
        for expression in try selector["matchExpressions"]?.list() ?? [] {
            demands.append(try readExpression(expression))
        }
        if demands.isEmpty { throw value.error("selects everything; leave the key out for any labels") }
        return demands
    }

    private func readExpression(_ value: ConfigurationValue) throws(ConfigurationError) -> Exemption.LabelDemand {
        let expression = try value.mapping()
        try expression.refuseUnknownKeys(known: ["key", "operator", "values"])
        let key = try expression.required("key").nonEmptyString()
        let word = try expression.required("operator")
        let operators: [(name: String, op: LabelRequirement.Operator)] = [
            ("In", .in), ("NotIn", .notIn), ("Exists", .exists), ("DoesNotExist", .doesNotExist),
        ]
        let text = try word.string()
        guard let op = operators.first(where: { $0.name == text })?.op else {
            throw word.error(
                "\(ConfigurationError.quoted(text)) is not an operator; write one of "
                    + operators.map(\.name).joined(separator: ", ")
            )
        }
        let values = try expression["values"]?.strings() ?? []
        let takesValues = op == .in || op == .notIn
        guard takesValues != values.isEmpty else {
            throw value.error("\(text) takes \(takesValues ? "at least one of `values`" : "no `values`")")
        }
        return Exemption.LabelDemand(key: key, op: op, values: values)
    }

    /// Refuses what no exemption silences; see SIGNALS, «Opt-outs».
    private func refuseImpossible(
        _ exemption: Exemption,
        _ mapping: ConfigurationMapping,
        _ optOuts: OptOuts
    ) throws(ConfigurationError) {
        if exemption.rules.isEmpty, exemption.severities == [.critical], let severities = mapping["severities"] {
            throw severities.error("critical findings are silenced by name only: add `rules`")
        }
        for value in try mapping["rules"]?.list() ?? [] {
            let name = try value.string()
            guard let rule = known[name], (optOuts.severities[name] ?? rule.severity) == .critical,
                !OptOuts.exemptible.contains(rule.area)
            else { continue }
            throw value.error("\(name) is critical and about the cluster itself: no exemption silences it")
        }
    }
}
