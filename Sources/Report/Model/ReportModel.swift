package import ClusterState
package import HASignals

/// The content of a report. The result of a collection goes in; what the cluster would survive, what is broken and why, the
/// status of each area and what was left out come out, in the order in which they are printed. Every form of a report
/// (text, JSON, Markdown) renders this value.
package struct ReportModel: Sendable {
    /// The time of the collection.
    package var now: Timestamp
    /// Findings by severity.
    package var counts: [Severity: Int]
    /// At most six lines.
    package var headline: [HeadlineLine]
    /// The causes of critical and warning findings, worst first.
    package var causes: [CauseGroup]
    /// Worst first.
    package var areas: [AreaLine]
    /// Findings of severity info, in the order of ``Finding/sort(_:)``.
    package var practice: [Finding]
    /// What exemptions silenced, and those that silence nothing.
    package var exemptions: [ExemptionUse]
    /// All findings, in the order of ``Finding/sort(_:)``.
    package var findings: [Finding]
    /// Whether nodes may be taken out one by one now.
    package var maintenance: MaintenanceVerdict
    /// What was asked about one node, zone or version; nil where nothing was.
    package var focus: ReportFocus?
    /// What each single loss and drain would do, and what is known of the nodes.
    package var survival: SurvivalVerdict
    /// Hosts and applications of which not everything works now: those that are down first.
    package var unavailable: [Unavailable]
    /// How the sources stood; empty where nobody told.
    package var sources: [SourceLine]
    /// Who leads, where several replicas elect one.
    package var leadership: Leadership?

    /// Makes the model of a snapshot.
    package init(
        _ snapshot: SignalSnapshot,
        about question: ReportQuestion? = nil,
        sources: [SourceLine] = [],
        leadership: Leadership? = nil
    ) {
        self.sources = sources
        self.leadership = leadership
        survival = snapshot.survival
        unavailable = Unavailable.all(snapshot.survival, snapshot.findings)
        now = snapshot.now
        counts = Dictionary(uniqueKeysWithValues: Severity.allCases.map { ($0, snapshot.findingCount($0)) })
        causes = CauseGroup.all(snapshot.findings.filter { $0.severity != .info })
        areas = snapshot.areasWorstFirst.map { AreaLine($0, snapshot.findings) }
        practice = snapshot.findings.filter { $0.severity == .info }
        exemptions = snapshot.exemptions
        findings = snapshot.findings
        maintenance = snapshot.survival.maintenance
        headline = HeadlineLine.all(snapshot, causes)
        focus = question.map { ReportFocus($0, snapshot) }
    }
}

/// An area with what was found in it.
package struct AreaLine: Sendable {
    package var report: AreaReport
    /// Findings by severity; severities without any are left out.
    package var counts: [Severity: Int]

    init(_ report: AreaReport, _ findings: [Finding]) {
        self.report = report
        counts = [:]
        for finding in findings where finding.area == report.name { counts[finding.severity, default: 0] += 1 }
    }

    /// Why it is unknown, in a sentence for people: a reason, or the sources that are not ok; empty where it is known.
    package var unknown: String {
        if let reason = report.reason { return reason }
        guard report.status != .notApplicable else { return "" }
        return report.unknownSources.map { "\($0.source.rawValue) (\($0.state.rawValue))" }.joined(separator: ", ")
    }

    /// The share of its rules that could be evaluated, in words: `9 of 11`; empty where it is not applicable.
    package var evaluated: String {
        report.evaluatedRatio == nil ? "" : "\(report.findings.count) of \(report.ruleCount)"
    }
}
