import ArgumentParser
import ClusterState
import Collection
import HASignals
import Programs
import PrometheusRules

/// `rules`: the reference of all rules, and the alerts that Prometheus raises on them.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Print every rule: name, severity, required sources, summary and remedy.",
        discussion: """
            With --prometheus or --prometheusrule it prints the alerting and recording rules for Prometheus instead: the \
            files of deploy/prometheus with your own addresses.
            """
    )

    /// What is printed instead of tab-separated text.
    enum Form: String, EnumerableFlag {
        case markdown, prometheus, prometheusrule

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .markdown: "Print Markdown instead of tab-separated text."
            case .prometheus: "Print a file for rule_files of Prometheus."
            case .prometheusrule: "Print an object PrometheusRule for the Prometheus operator."
            }
        }
    }

    @Flag var form: Form?

    @Option(
        flag: "runbook-url",
        takes: "url",
        "The address of the runbook, to which #RULE is added (default: an example)."
    )
    var runbookURL: String?

    @Option(
        flag: "dashboard-url",
        takes: "url",
        "The address of dashboards in Grafana, to which /UID is added (default: an example)."
    )
    var dashboardURL: String?

    @Option(flag: "job", takes: "name", "The label job of the exporter's targets (default: kube-ha-exporter).")
    var job: String?

    func run() throws {
        switch form {
        case nil: StandardStreams.write(Self.table.text)
        case .markdown: StandardStreams.write(Self.table.markdown)
        case .prometheus: StandardStreams.write(try file().plain)
        case .prometheusrule: StandardStreams.write(try file().customResource)
        }
    }

    private func file() throws(ProgramFailure) -> RulesFile {
        let environment = ProcessSetup.environment
        return try ProgramFailure.usage { () throws(SettingError) in
            var settings = RuleSettings()
            if let url = try Self.word("runbook-url").value(runbookURL, environment) { settings.runbookURL = url }
            if let url = try Self.word("dashboard-url").value(dashboardURL, environment) { settings.dashboardURL = url }
            if let job = try Self.word("job").value(job, environment) { settings.job = job }
            return RulesFile(settings, version: BuildInfo.version)
        }
    }

    /// A setting that goes into PromQL and into templates of Prometheus, where some characters mean something.
    private static func word(_ name: String) -> Setting<String> {
        Setting(name) { text throws(ValueProblem) in
            let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && !"\"'`{}\\".unicodeScalars.contains($0) }
            guard isPlain, !text.isEmpty else {
                throw ValueProblem("must be one word without quotes, braces and backslashes")
            }
            return text
        }
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
            page: "runbook.md"
        )
    }
}

extension SourceNeed {
    /// The word that families and rules declare it by.
    var word: String {
        switch self {
        case .one(let source): source.rawValue
        case .workloads: "workloads*"
        case .httpRoutes: "httproutes*"
        case .webhookConfigurations: "webhookconfigurations*"
        }
    }
}
