/// Which rules are not to be raised, and for what: the annotation `kube-ha-exporter/ignore` and the rules file.
package struct OptOuts: Sendable {
    /// Rules that are not evaluated at all.
    package var disabledRules: Set<String> = []
    /// Rules whose severity was changed.
    package var severities: [String: Severity] = [:]
    /// Namespaces by name or pattern (`*` for any run of characters) whose info and warning findings of some areas are not raised.
    package var exemptNamespaces: [String] = []
    /// What is not to be raised of single objects, each with its reason.
    package var exemptions: [Exemption] = []

    /// Creates opt-outs that suppress nothing.
    package init() {}

    /// The areas in which the findings of an exempt namespace are not raised (SIGNALS, «Findings»).
    package static let exemptible: Set<AreaName> = [
        .replicas, .rollouts, .daemonsets, .services, .ingress, .disruptionBudgets, .storage, .networkPolicies,
        .survival,
    ]

    /// Whether the finding is not raised because its namespace is exempt.
    func exempts(namespace: String, area: AreaName, severity: Severity) -> Bool {
        guard !exemptNamespaces.isEmpty, severity != .critical, Self.exemptible.contains(area), !namespace.isEmpty
        else { return false }
        return exemptNamespaces.contains { Self.matches(pattern: $0, namespace) }
    }

    /// Whether the annotation's text names the rule, or all of them.
    static func annotation(_ text: String, ignores rule: String) -> Bool {
        text.split(separator: ",")
            .contains { part in
                let word = part.drop { $0 == " " }
                let trimmed = word.prefix { $0 != " " }
                return trimmed == "*" || trimmed == rule
            }
    }

    /// Whether a name matches a pattern in which `*` stands for any run of characters.
    static func matches(pattern: String, _ name: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return pattern == name }
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first),
            name.utf8.count >= first.utf8.count + last.utf8.count, name.hasSuffix(last)
        else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
