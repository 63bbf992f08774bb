import ClusterState
import FoundationEssentials
package import HASignals

/// A snapshot as a JSON document for scripts.
///
/// The schema is stable: members are added, never renamed or removed, while `schema_version` stays the same. Values are
/// the label values of the metrics, instants RFC 3339 text.
package struct ReportDocument: Encodable, Sendable {
    /// One area.
    struct Area: Encodable, Sendable {
        let name: String
        let status: String
        let unknownSources: [UnknownSource]
        /// Why it is unknown although its sources are ok; left out where that is not so.
        let reason: String?
        /// Findings of each evaluated rule; a rule that could not be evaluated is not in it.
        let rules: [String: Int]
    }

    /// A required source that is not ok.
    struct UnknownSource: Encodable, Sendable {
        let source: String
        let state: String
    }

    /// Something that was found.
    struct Item: Encodable, Sendable {
        let area: String
        let rule: String
        let severity: String
        let object: Object
        let message: String
        let remedy: String
    }

    /// What a finding is about. The namespace is empty for what has none, the name for the whole cluster.
    struct Object: Encodable, Sendable {
        let kind: String
        let namespace: String
        let name: String
    }

    private let schemaVersion = 1
    private let now: String
    /// Findings by severity.
    private let summary: [String: Int]
    /// Worst first.
    private let areas: [Area]
    /// Worst first.
    private let findings: [Item]

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, now, summary, areas, findings
    }

    /// Makes the document of a snapshot.
    package init(_ snapshot: SignalSnapshot) {
        now = snapshot.now.rfc3339
        summary = Dictionary(
            uniqueKeysWithValues: Severity.allCases.map { ($0.rawValue, snapshot.findingCount($0)) }
        )
        areas = snapshot.areasWorstFirst.map { area in
            Area(
                name: area.name.rawValue,
                status: area.status.rawValue,
                unknownSources: area.unknownSources.map {
                    UnknownSource(source: $0.source.rawValue, state: $0.state.rawValue)
                },
                reason: area.reason,
                rules: area.findings
            )
        }
        findings = snapshot.findings.map { finding in
            Item(
                area: finding.area.rawValue,
                rule: finding.rule,
                severity: finding.severity.rawValue,
                object: Object(
                    kind: finding.object.kind,
                    namespace: finding.object.namespace,
                    name: finding.object.name
                ),
                message: finding.message,
                remedy: finding.remedy
            )
        }
    }

    /// The document's text, indented, members in alphabetical order, with a line feed at its end.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}
