import Foundation
import HASignals
import Testing

/// `deploy/runbook.md`, to which findings link by the rule's name, against the rules there are.
struct RunbookTests {
    struct Section {
        var area = ""
        var severity = ""
        var text = ""
    }

    /// The sections by their headings.
    static func sections() throws -> [String: Section] {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("deploy/runbook.md")
        var sections: [String: Section] = [:]
        var name: String?
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("## ") {
                name = nil
            } else if line.hasPrefix("### ") && !line.hasPrefix("### KubeHA") {
                name = String(line.dropFirst(4))
                #expect(sections[name ?? ""] == nil, "two sections \(name ?? "")")
                sections[name ?? ""] = Section()
            } else if let name {
                if let match = line.wholeMatch(of: /Area `(\w+)`, severity \*\*(\w+)\*\*\./) {
                    sections[name]?.area = String(match.1)
                    sections[name]?.severity = String(match.2)
                }
                sections[name]?.text += line + "\n"
            }
        }
        return sections
    }

    @Test func everyRuleHasASection() throws {
        let sections = try Self.sections()
        for area in allAreas {
            let rules = Set(area.rules.map { "\($0.name)" })
            let told = Set(sections.filter { $0.value.area == area.name.rawValue }.keys)
            #expect(rules.subtracting(told) == [], "without section")
            #expect(told.subtracting(rules) == [], "without rule")
            for rule in area.rules {
                #expect(sections["\(rule.name)"]?.severity == rule.severity.rawValue, "\(rule.name)")
            }
        }
    }

    /// The parts that runbooks.prometheus-operator.dev has. Alerts, and what the parts say, are looked at by Tests/deploy.
    @Test func everySectionHasItsFourParts() throws {
        for (name, section) in try Self.sections() {
            let parts = section.text.split(separator: "\n").filter { $0.hasPrefix("#### ") }
            #expect(parts == ["#### Meaning", "#### Impact", "#### Diagnosis", "#### Mitigation"], "\(name)")
        }
    }
}
