import ClusterState
import Exposition
import Foundation
import HASignals
import TestFixtures
import Testing

/// Situations that people reported in public trackers, on a real control plane: each line of `expected.tsv` says a value
/// or a finding, and why it is right. The file comes from asking the API server (evictions, dry runs, `can-i`), not from
/// this program.
struct ReportedCasesTests {
    /// A line of `expected.tsv`: the case, a series or a finding, its right value, the reason.
    struct Line: CustomTestStringConvertible, Sendable {
        let number: String
        let subject: String
        let value: String
        let reason: String

        /// What ``debatable`` names.
        var key: String { "\(number) \(subject)" }
        var testDescription: String { key }
    }

    /// The lines of the recording's table.
    static let lines: [Line] = {
        let text = (try? String(contentsOfFile: Fixture.reportedCases.path + "/expected.tsv", encoding: .utf8)) ?? ""
        return text.split(separator: "\n")
            .map { line in
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                return Line(
                    number: fields[0],
                    subject: fields[1],
                    value: fields.count > 2 ? fields[2] : "",
                    reason: fields.count > 3 ? fields[3] : ""
                )
            }
    }()

    /// What the recording's signals say, as the table names it.
    struct Said: Sendable {
        var series: [String: Double] = [:]
        var findings: Set<String> = []

        init() {
            guard let cluster = try? RecordedSignalsTests.cluster(.reportedCases) else { return }
            let snapshot = SignalRunner.collect(cluster)
            for line in Golden.text(snapshot.table).split(separator: "\n") where !line.hasPrefix("#") {
                guard let space = line.lastIndex(of: " ") else { continue }
                series[Self.canonical(String(line[..<space]))] = Double(line[line.index(after: space)...])
            }
            for finding in snapshot.findings {
                let object = finding.object
                let path = [object.namespace, object.name].filter { !$0.isEmpty }.joined(separator: "/")
                let parts = ["\(finding.rule)", "\(object.kind)", path]
                findings.insert(parts.filter { !$0.isEmpty }.joined(separator: " "))
            }
        }

        /// The series with its labels sorted: their order tells nothing.
        static func canonical(_ series: String) -> String {
            guard let open = series.firstIndex(of: "{"), series.last == "}" else { return series }
            let inner = series[series.index(after: open)...].dropLast()
            var labels: [String] = []
            var label = ""
            var isQuoted = false
            var isEscaped = false
            for character in inner {
                if character == ",", !isQuoted {
                    labels.append(label)
                    label = ""
                    continue
                }
                if character == "\"", !isEscaped { isQuoted.toggle() }
                isEscaped = character == "\\" && !isEscaped
                label.append(character)
            }
            labels.append(label)
            return "\(series[..<open]){\(labels.sorted().joined(separator: ","))}"
        }
    }

    static let said = Said()

    @Test func theTableIsRead() {
        #expect(Self.lines.count == 153)
        #expect(Self.said.series.count > 1000)
    }

    @Test(arguments: lines)
    func says(_ line: Line) {
        let value = Self.debatable[line.key]?.value ?? line.value
        guard line.subject.hasPrefix("kube_ha_") else {
            let subject = line.subject.replacingOccurrences(of: "\\n", with: "\n")
                .replacingOccurrences(of: "\\\\", with: "\\")
            #expect((Self.said.findings.contains(subject) ? "present" : "absent") == value, "\(line.reason)")
            return
        }
        let found = Self.said.series[Said.canonical(line.subject)]
        guard value != "absent" else {
            #expect(found == nil, "\(line.reason)")
            return
        }
        guard let wanted = Double(value), let found else {
            Issue.record("\(line.key) is absent; wanted \(value): \(line.reason)")
            return
        }
        // Ratios are sums in another order than those of whoever wrote the table.
        #expect(abs(found - wanted) <= abs(wanted) * 1e-12, "\(line.reason)")
    }

    /// No list names a line that is not in the table.
    @Test func listsNameLines() {
        #expect(Set(Self.debatable.keys) == Set(Self.lines.filter { $0.reason.contains("debatable") }.map(\.key)))
    }
}
