import ClusterState
import FoundationEssentials
import HASignals

/// A report as a JSON document for scripts: `deploy/report.schema.json` describes it.
///
/// The schema is stable: members are added, never renamed or removed, while `schema_version` stays the same. Values are
/// the label values of the metrics, instants RFC 3339 text. What is not known is null or left out, never a zero.
package struct ReportDocument: Encodable, Sendable {
    private let schemaVersion = 2
    private let now: String
    /// Findings by severity.
    private let summary: [String: Int]
    private let headline: [HeadlineItem]
    private let maintenance: Maintenance
    /// Worst first.
    private let causes: [CauseItem]
    /// Worst first.
    private let areas: [Area]
    /// Worst first.
    private let findings: [Item]
    private let exemptions: [ExemptionItem]
    /// Hosts and applications of which not everything works now: those that are down first.
    private let unavailable: [UnavailableItem]
    /// How the sources stood.
    private let sources: [SourceItem]
    /// Who leads; left out where no replicas elect one, and in what the program prints.
    private let leadership: LeadershipItem?
    /// What was asked about one node, zone or version.
    private let loss: Loss?
    private let drain: Drain?
    private let upgrade: Upgrade?

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, now, summary, headline, maintenance, causes, areas, findings, exemptions, unavailable,
            sources, leadership, loss, drain, upgrade
    }

    /// Makes the document of a report.
    package init(_ model: ReportModel) {
        now = model.now.rfc3339
        summary = Dictionary(uniqueKeysWithValues: Severity.allCases.map { ($0.rawValue, model.counts[$0] ?? 0) })
        headline = model.headline.map(HeadlineItem.init)
        maintenance = Maintenance(answer: model.maintenance.answer.rawValue, reasons: model.maintenance.reasons)
        causes = model.causes.map(CauseItem.init)
        areas = model.areas.map(Area.init)
        findings = model.findings.map(Item.init)
        exemptions = model.exemptions.map(ExemptionItem.init)
        unavailable = model.unavailable.map(UnavailableItem.init)
        sources = model.sources.map(SourceItem.init)
        leadership = model.leadership.map(LeadershipItem.init)
        var loss: Loss?
        var drain: Drain?
        var upgrade: Upgrade?
        switch model.focus {
        case .loss(let impact, let drainImpact, let answer, let reason):
            loss = Loss(impact, answer, reason)
            drain = drainImpact.map { Drain($0, $0.isSafe ? .yes : .no, "") }
        case .drain(let impact, let answer, let reason): drain = Drain(impact, answer, reason)
        case .upgrade(let plan): upgrade = Upgrade(plan)
        case .missing, nil: break
        }
        self.loss = loss
        self.drain = drain
        self.upgrade = upgrade
    }

    /// The document's text, indented, members in alphabetical order, with a line feed at its end.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}
