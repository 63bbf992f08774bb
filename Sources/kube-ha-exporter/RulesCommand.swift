import ArgumentParser
import ClusterState
import HASignals
import Programs

/// `rules`: the reference of all rules.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Print every rule: name, severity, the sources it needs, what it finds, and what to do about it."
    )

    @Flag(name: .long, help: "Print Markdown instead of tab-separated text.")
    var markdown = false

    func run() {
        let table = Self.table
        StandardStreams.write(markdown ? table.markdown : table.text)
    }

    static var table: ReferenceTable {
        let sections = allAreas.filter { !$0.rules.isEmpty }
            .map { area in
                ReferenceTable.Section(
                    title: ReferenceTable.title(area.name),
                    rows: area.rules.map { rule in
                        [
                            rule.name.description, rule.severity.rawValue,
                            rule.needs.map(\.word).joined(separator: ","),
                            rule.summary.description, rule.remedy.description,
                        ]
                    }
                )
            }
        return ReferenceTable(
            columns: ["name", "severity", "sources", "finds", "remedy"],
            sections: sections,
            page: "deploy/runbook.md"
        )
    }
}

extension SourceNeed {
    /// The word that families and rules declare it by.
    var word: String {
        switch self {
        case .one(let source): source.rawValue
        case .workloads: "workloads*"
        case .webhookConfigurations: "webhookconfigurations*"
        }
    }
}
