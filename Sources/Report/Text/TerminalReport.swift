import ClusterState
package import HASignals

/// A snapshot as text for a terminal: the areas, worst first, each with what was found and what to do.
package enum TerminalReport {
    /// Writes the text, with a line feed at its end.
    ///
    /// - Parameters:
    ///   - snapshot: What was found.
    ///   - isColoured: Whether to use colours; without them the text says the same.
    /// - Returns: Lines of any length: a terminal breaks them better than we do.
    package static func text(_ snapshot: SignalSnapshot, isColoured: Bool = false) -> String {
        let style = TerminalStyle(isColoured: isColoured)
        var lines = [heading(snapshot, style)]
        for area in snapshot.areasWorstFirst {
            lines.append("")
            lines.append(title(area, style))
            lines += unknownSources(area, style)
            lines += findings(snapshot.findings.filter { $0.area == area.name }, style)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func heading(_ snapshot: SignalSnapshot, _ style: TerminalStyle) -> String {
        let counts = Severity.allCases.map { "\(snapshot.findingCount($0)) \($0.rawValue)" }.joined(separator: ", ")
        return style.apply(.bold, "High availability") + " as of \(snapshot.now.rfc3339): findings: \(counts)"
    }

    private static func title(_ area: AreaReport, _ style: TerminalStyle) -> String {
        let status = area.status.rawValue.replacing("_", with: " ").uppercased()
        let padding = String(repeating: " ", count: max(1, 14 - status.count))
        return style.apply(TerminalStyle.code(area.status), status) + padding
            + style.apply(.bold, area.name.rawValue)
    }

    private static func unknownSources(_ area: AreaReport, _ style: TerminalStyle) -> [String] {
        if let reason = area.reason { return ["  " + style.apply(.magenta, "not known") + "  " + reason] }
        guard area.status != .notApplicable, !area.unknownSources.isEmpty else { return [] }
        let sources = area.unknownSources.map { "\($0.source.rawValue) (\($0.state.rawValue))" }
        return ["  " + style.apply(.magenta, "not known") + "  " + sources.joined(separator: ", ")]
    }

    /// Findings of one rule stand together, their remedy once below them.
    private static func findings(_ findings: [Finding], _ style: TerminalStyle) -> [String] {
        var lines: [String] = []
        for (position, finding) in findings.enumerated() {
            let isFirst = position == 0 || findings[position - 1].rule != finding.rule
            let isLast = position + 1 == findings.count || findings[position + 1].rule != finding.rule
            if isFirst {
                let severity = finding.severity.rawValue
                let padding = String(repeating: " ", count: max(1, 10 - severity.count))
                lines.append(
                    "  " + style.apply(TerminalStyle.code(finding.severity), severity) + padding + finding.rule
                )
            }
            lines.append(
                "            " + style.apply(.bold, TerminalStyle.plain(finding.object.text)) + ": "
                    + TerminalStyle.plain(finding.message)
            )
            if isLast { lines.append("            " + style.apply(.dim, "→ " + TerminalStyle.plain(finding.remedy))) }
        }
        return lines
    }
}

extension FindingObject {
    /// The object as kubectl's users write it: `Deployment shop/api`, `Node worker-1`, `Cluster`.
    package var text: String {
        if name.isEmpty { return kind }
        return namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)"
    }
}
