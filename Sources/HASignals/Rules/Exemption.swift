package import ClusterState

/// An entry of `exemptions` in the file of `--rules-config`: which findings are not to be raised, and why. What it names
/// must all hold; what it does not name may be anything.
package struct Exemption: Sendable, Hashable {
    /// The rules that it silences. An exemption that names none is a blanket one, which silences less: see
    /// ``isProtected(_:in:of:)``.
    package var rules: Set<String> = []
    package var severities: Set<Severity> = []
    /// Namespaces by name or pattern (`*` for any run of characters).
    package var namespaces: [String] = []
    /// Kinds of objects in lower case.
    package var kinds: Set<String> = []
    /// Names of objects, or patterns.
    package var names: [String] = []
    /// What is asked of the object's labels.
    package var labels: [LabelDemand] = []
    /// Why, for anybody who reads the report.
    package var reason: String
    /// The line of the file on which it stands.
    package var line: Int

    /// Creates an exemption of everything that an exemption may silence; narrow it.
    package init(reason: String, line: Int) {
        self.reason = reason
        self.line = line
    }

    /// A requirement of a label selector, in words rather than ids: it outlives every cluster.
    package struct LabelDemand: Sendable, Hashable {
        package var key: String
        package var op: LabelRequirement.Operator
        package var values: [String]

        /// Creates a requirement.
        package init(key: String, op: LabelRequirement.Operator, values: [String] = []) {
            self.key = key
            self.op = op
            self.values = values
        }

        /// Whether labels meet it; as ``LabelRequirement/matches(_:_:)``.
        func matches(_ labels: LabelsID, _ interner: Interner) -> Bool {
            let value = interner.find(key).flatMap { interner.label($0, in: labels) }.map { interner.string($0) }
            switch op {
            case .in: return value.map(values.contains) ?? false
            case .notIn: return value.map { !values.contains($0) } ?? true
            case .exists: return value != nil
            case .doesNotExist: return value == nil
            case .greaterThan, .lessThan, .unknown: return false
            }
        }
    }

    /// Whether it silences the rule for an object of those labels; nil where they are not known, which meets no demand.
    func silences(
        _ rule: String,
        _ severity: Severity,
        in area: AreaName,
        of object: FindingObject,
        _ labels: @autoclosure () -> LabelsID?,
        _ interner: Interner
    ) -> Bool {
        guard matches(rule: rule, severity, in: area, of: object) else { return false }
        guard !self.labels.isEmpty else { return true }
        return labels().map { id in self.labels.allSatisfy { $0.matches(id, interner) } } ?? false
    }

    /// Whether it silences a finding, its labels apart.
    private func matches(rule: String, _ severity: Severity, in area: AreaName, of object: FindingObject) -> Bool {
        (rules.isEmpty || rules.contains(rule))
            && (severities.isEmpty || severities.contains(severity))
            && (kinds.isEmpty || kinds.contains(object.kind.lowercased()))
            && Self.matches(namespaces, object.namespace)
            && Self.matches(names, object.name)
            && !isProtected(severity, in: area, of: object)
    }

    private static func matches(_ patterns: [String], _ name: String) -> Bool {
        patterns.isEmpty || patterns.contains { OptOuts.matches(pattern: $0, name) }
    }

    /// What no exemption silences: critical findings in kube-system and in the areas that are about the cluster; and where
    /// it does not name the rule, critical ones at all and anything in these areas. So a blanket exemption goes as far as
    /// an exempt namespace, and one that names a rule as far as switching that rule off would, but for what tells that the
    /// cluster itself is lost.
    private func isProtected(_ severity: Severity, in area: AreaName, of object: FindingObject) -> Bool {
        let isAboutCluster = !OptOuts.exemptible.contains(area)
        if rules.isEmpty { return severity == .critical || isAboutCluster }
        return severity == .critical && (isAboutCluster || object.namespace == "kube-system")
    }
}

/// What an exemption silenced in one collection.
package struct ExemptionUse: Sendable {
    package var exemption: Exemption
    /// The findings that would have been raised without it.
    package var findings: [Finding]
    /// Whether it silenced nothing though everything was read that it could have silenced something of: it is out of date
    /// or mistyped.
    package var isUnused: Bool
}
