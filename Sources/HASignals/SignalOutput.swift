package import ClusterState
package import Exposition

/// Takes the samples and findings of one collection.
///
/// Families and rules whose sources are not ok are switched off by the runner before the areas run; what an area adds
/// to them is dropped.
package struct SignalOutput {
    /// Takes the samples.
    package var sink: Sink
    /// What was found so far, by this area or an earlier one.
    package private(set) var findings: [Finding]
    /// The objects for which something critical was raised so far, by this area or an earlier one.
    package private(set) var lost: Set<FindingObject>
    /// What exemptions silenced so far, in this area or an earlier one.
    private(set) var exemptions: ExemptionMatcher
    /// What area 18 found out, from which the answers are drawn when every area has run.
    var survival: SurvivalFacts?
    private let area: AreaName
    private let optOuts: OptOuts
    private let interner: Interner
    /// The rules that are evaluated, with the severity they have here.
    private let severities: [String: Severity]

    init(
        sink: Sink,
        area: AreaName,
        context: CollectionContext,
        severities: [String: Severity],
        findings: [Finding] = [],
        exemptions: ExemptionMatcher,
        lost: Set<FindingObject> = []
    ) {
        self.sink = sink
        self.findings = findings
        self.exemptions = exemptions
        self.lost = lost
        self.area = area
        optOuts = context.settings.optOuts
        interner = context.state.interner
        self.severities = severities
    }

    /// Whether the rule is evaluated. Raising a finding of a rule that is not has no effect; asking first saves work.
    package func isEvaluated(_ rule: Rule) -> Bool {
        severities[rule.texts.name] != nil
    }

    /// Raises a finding.
    ///
    /// - Parameters:
    ///   - rule: The rule that found it.
    ///   - object: What it is about.
    ///   - ignored: The object's annotation `kube-ha-exporter/ignore`.
    ///   - message: What was found, with the numbers.
    package mutating func raise(
        _ rule: Rule,
        _ object: FindingObject,
        ignored: StringID = .empty,
        _ message: @autoclosure () -> String
    ) {
        let name = rule.texts.name
        guard let severity = severities[name] else { return }
        if !ignored.isEmpty, OptOuts.annotation(interner.string(ignored), ignores: name) { return }
        if optOuts.exempts(namespace: object.namespace, area: area, severity: severity) { return }
        let finding = Finding(
            area: area,
            rule: name,
            severity: severity,
            object: object,
            message: message(),
            remedy: rule.texts.remedy
        )
        if exemptions.take(finding) { return }
        if severity == .critical { lost.insert(object) }
        findings.append(finding)
    }

    /// Whether something critical was raised for the object by an earlier area or rule.
    package func isLost(_ object: FindingObject) -> Bool {
        lost.contains(object)
    }
}
