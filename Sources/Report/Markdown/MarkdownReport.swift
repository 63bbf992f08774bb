import ClusterState
package import HASignals

/// A report as Markdown, for an issue, a merge request or a chat.
package enum MarkdownReport {
    /// Writes the text, with a line feed at its end.
    ///
    /// - Parameters:
    ///   - model: What to say.
    ///   - severity: The least severity of findings that are listed.
    /// - Returns: The text; nothing in it is cut.
    package static func text(_ model: ReportModel, severity: Severity = .warning) -> String {
        var lines = ["# High availability", "", "As of \(model.now.rfc3339).", ""]
        if let focus = model.focus { return (lines + self.lines(of: focus)).joined(separator: "\n") + "\n" }
        lines += table(
            ["", "", ""],
            model.headline.map { ["**\($0.subject.label)**", $0.answer.rawValue, cell($0.detail)] }
        )
        let causes = model.causes.filter { $0.severity <= severity }
        if !causes.isEmpty { lines += ["", "## Causes"] }
        for group in causes { lines += [""] + self.lines(of: group, severity) }
        lines += ["", "## Areas", ""]
        lines += table(
            ["status", "area", "rules evaluated", "critical", "warning", "info", "not known"],
            model.areas.map { area in
                [
                    area.report.status.rawValue.replacing("_", with: " "), "`\(area.report.name.rawValue)`",
                    area.evaluated,
                ] + Severity.allCases.map { "\(area.counts[$0] ?? 0)" } + [cell(area.unknown)]
            }
        )
        if severity == .info, !model.practice.isEmpty {
            lines += ["", "## Practice", ""]
            lines += model.practice.map { "- `\($0.rule)` \(cell("\($0.object.text): \($0.message)"))" }
        }
        if !model.exemptions.isEmpty {
            lines += ["", "## Exempt", ""]
            lines += model.exemptions.map { use in
                let count = use.isUnused ? "matches nothing (line \(use.exemption.line))" : "\(use.findings.count)"
                return "- \(count): \(cell(use.exemption.reason))"
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of group: CauseGroup, _ severity: Severity) -> [String] {
        var lines = ["### \(group.severity.rawValue): \(cell(group.cause.object.text))", ""]
        lines += group.findings.map { "- `\($0.rule)`: \(cell($0.message))" }
        if let first = group.findings.first { lines.append("- → \(cell(first.remedy))") }
        let consequences = group.consequences.filter { $0.severity <= severity }
        guard !consequences.isEmpty else { return lines }
        lines += ["", "Explains \(consequences.count):", ""]
        lines += consequences.map {
            "- \($0.severity.rawValue) `\($0.rule)` \(cell("\($0.object.text): \($0.message)"))"
        }
        return lines
    }

    private static func table(_ titles: [String], _ rows: [[String]]) -> [String] {
        ["| \(titles.joined(separator: " | ")) |", "|\(String(repeating: " --- |", count: titles.count))"]
            + rows.map { "| \($0.joined(separator: " | ")) |" }
    }

    /// Text from the cluster, without what Markdown or a terminal would take as markup.
    static func cell(_ text: String) -> String {
        var result = ""
        for character in TerminalStyle.plain(text) {
            if #"\`*_{}[]<>#|~"#.contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
