import ClusterState
package import HASignals

/// A report as text for a terminal: the headline, the causes with what they explain, the areas in one table.
package struct TerminalReport {
    /// How much is written.
    package struct Options: Sendable {
        /// The least severity of findings that are listed.
        package var severity = Severity.warning
        /// Whether long lists are written out; else they end after ten with a count.
        package var isComplete = false
        /// Whether to use colours; without them the text says the same.
        package var isColoured = false

        /// Creates the defaults.
        package init() {}
    }

    private static let listLimit = 10

    private let model: ReportModel
    private let options: Options
    private let style: TerminalStyle

    /// Writes the text, with a line feed at its end. Lines are of any length: a terminal breaks them better than we do.
    package static func text(_ model: ReportModel, _ options: Options = Options()) -> String {
        let report = TerminalReport(
            model: model,
            options: options,
            style: TerminalStyle(isColoured: options.isColoured)
        )
        let sections =
            model.focus.map { [report.heading, report.focus($0)] }
            ?? [
                report.heading + report.headline, report.causes, report.areas, report.sources, report.practice,
                report.exemptions,
            ]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    // MARK: Headline

    private var heading: [String] {
        let counts = Severity.allCases.map { "\(model.counts[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
        return [style.apply(.bold, "High availability") + " as of \(model.now.rfc3339): findings: \(counts)"]
    }

    private var headline: [String] {
        model.headline.map { line in
            ("  " + padded(line.subject.label, 20) + answer(line.answer, width: 9) + TerminalStyle.plain(line.detail))
                .trimmedAtEnd
        }
    }

    private func answer(_ answer: SurvivalAnswer, width: Int) -> String {
        let padding = String(repeating: " ", count: max(1, width - answer.rawValue.count))
        return style.apply(TerminalStyle.code(answer), answer.rawValue) + padding
    }

    // MARK: Causes

    private var causes: [String] {
        let shown = model.causes.filter { $0.severity <= options.severity }
        guard !shown.isEmpty else { return [] }
        var lines = [style.apply(.bold, "Causes")]
        var position = 0
        while position < shown.count {
            let group = shown[position]
            guard let alone = group.onlyFinding else {
                lines += self.lines(of: group)
                position += 1
                continue
            }
            // What explains nothing else stands together by its rule, with the remedy once.
            var findings: [Finding] = []
            while position < shown.count, let next = shown[position].onlyFinding, next.rule == alone.rule,
                next.severity == alone.severity
            {
                findings.append(next)
                position += 1
            }
            lines += rule(findings)
        }
        return lines
    }

    private func lines(of group: CauseGroup) -> [String] {
        let findings = group.findings.filter { $0.severity <= options.severity }
        var lines = [severity(group.severity) + style.apply(.bold, TerminalStyle.plain(group.cause.object.text))]
        for finding in findings {
            lines.append(indent(1) + "\(finding.rule): \(TerminalStyle.plain(finding.message))")
        }
        if let first = findings.first { lines.append(remedy(first)) }
        let consequences = group.consequences.filter { $0.severity <= options.severity }
        guard !consequences.isEmpty else { return lines }
        lines.append(indent(1) + "explains \(consequences.count) \(consequences.count == 1 ? "finding" : "findings"):")
        lines += list(consequences, depth: 2) { finding in
            padded(finding.severity.rawValue, 10) + "\(finding.rule)  "
                + TerminalStyle.plain("\(finding.object.text): \(finding.message)")
        }
        return lines
    }

    /// Findings of one rule, each on a line, and their remedy.
    private func rule(_ findings: [Finding]) -> [String] {
        guard let first = findings.first else { return [] }
        let lines = list(findings, depth: 1) { finding in
            style.apply(.bold, TerminalStyle.plain(finding.object.text)) + ": " + TerminalStyle.plain(finding.message)
                + because(finding)
        }
        return [severity(first.severity) + first.rule] + lines + [remedy(first)]
    }

    private func because(_ finding: Finding) -> String {
        finding.cause == nil || finding.rootCause.object == finding.object
            ? "" : " (because of \(TerminalStyle.plain(finding.rootCause.object.text)))"
    }

    private func remedy(_ finding: Finding) -> String {
        indent(1) + style.apply(.dim, "→ " + TerminalStyle.plain(finding.remedy))
    }

    private func severity(_ severity: Severity) -> String {
        let padding = String(repeating: " ", count: max(1, 10 - severity.rawValue.count))
        return "  " + style.apply(TerminalStyle.code(severity), severity.rawValue) + padding
    }

    // MARK: Areas

    private var areas: [String] {
        let rows = model.areas.map { area in
            [
                area.report.status.rawValue.replacing("_", with: " ").uppercased(), area.report.name.rawValue,
                area.evaluated, "\(area.counts[.critical] ?? 0)", "\(area.counts[.warning] ?? 0)",
                "\(area.counts[.info] ?? 0)", TerminalStyle.plain(area.unknown),
            ]
        }
        let titles = ["status", "area", "rules", "critical", "warning", "info", "not known"]
        let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let text = cells.enumerated().map { padded($1, widths[$0]) }.joined(separator: "  ")
            return "  " + text.trimmedAtEnd
        }
        return [style.apply(.bold, "Areas"), style.apply(.dim, line(titles))]
            + zip(rows, model.areas)
            .map { cells, area in
                "  " + style.apply(TerminalStyle.code(area.report.status), cells[0])
                    + line(cells).dropFirst(2 + cells[0].count)
            }
    }

    // MARK: Practice and exemptions

    /// Why sources that make something unknown are not ok.
    private var sources: [String] {
        let shown = model.sources.filter { $0.state.isUnknown && !$0.reason.isEmpty }
        guard !shown.isEmpty else { return [] }
        let width = shown.map { $0.source.rawValue.count }.max() ?? 0
        return [style.apply(.bold, "Not read")]
            + list(shown, depth: 0) { line in
                padded(line.source.rawValue, width) + "  " + padded(line.state.rawValue, 12) + "  "
                    + TerminalStyle.plain(line.reason)
            }
    }

    private var practice: [String] {
        guard options.severity == .info, !model.practice.isEmpty else { return [] }
        var lines = [style.apply(.bold, "Practice")]
        for findings in model.practice.chunked(by: \.rule) { lines += rule(findings) }
        return lines
    }

    private var exemptions: [String] {
        guard !model.exemptions.isEmpty else { return [] }
        return [style.apply(.bold, "Exempt")]
            + model.exemptions.flatMap { use -> [String] in
                let reason = TerminalStyle.plain(use.exemption.reason)
                if use.isUnused {
                    return [
                        "  " + style.apply(.yellow, "nothing")
                            + "   line \(use.exemption.line) matches nothing: \(reason)"
                    ]
                }
                let count = use.findings.count
                return ["  " + padded("\(count)", 10) + reason]
                    + list(use.findings, depth: 1) { TerminalStyle.plain("\($0.rule) \($0.object.text)") }
            }
    }

    // MARK: One node, zone or version

    private func focus(_ focus: ReportFocus) -> [String] {
        switch focus {
        case .missing(let object, let reason):
            let why = reason.isEmpty ? "" : ": \(reason)"
            return ["  " + TerminalStyle.plain("\(object.text) is not known") + why]
        case .loss(let impact, let drain, let answer, let reason):
            return loss(impact, answer, reason) + (drain.map { [""] + self.drain($0, nil, "") } ?? [])
        case .drain(let impact, let answer, let reason): return drain(impact, answer, reason)
        case .upgrade(let plan): return upgrade(plan)
        }
    }

    private func loss(_ impact: LossImpact, _ answer: SurvivalAnswer, _ reason: String) -> [String] {
        var lines = [title("Loss of \(impact.place.text)", answer, reason)]
        if answer == .unknown { return lines }
        if impact.isHarmless { return lines + ["  nothing would be lost"] }
        let parts = impact.clusterParts
        if !parts.isEmpty || !impact.broken.isEmpty {
            lines.append("  " + style.apply(.boldRed, "would be lost") + ", and is meant to survive:")
            lines += parts.map { indent(1) + $0 }
            lines += objects(impact.broken)
        }
        if !impact.singleReplicas.isEmpty {
            lines.append("  would be lost too, of one replica or exempt:")
            lines += objects(impact.singleReplicas)
        }
        return lines
    }

    private func objects(_ lost: LostObjects) -> [String] {
        [
            ("host", lost.hosts), ("application", lost.applications), ("Service", lost.services),
            ("workload", lost.workloads),
        ]
        .filter { !$0.1.isEmpty }
        .flatMap { name, objects in
            [indent(1) + "\(objects.count) \(name)\(objects.count == 1 ? "" : "s"):"]
                + list(objects, depth: 2) { TerminalStyle.plain($0.text) }
        }
    }

    private func drain(_ impact: DrainImpact, _ answer: SurvivalAnswer?, _ reason: String) -> [String] {
        let known: SurvivalAnswer = answer ?? (impact.isSafe ? .yes : .no)
        var lines = [title("Drain of \(impact.node.text)", known, reason)]
        if known == .unknown { return lines }
        lines.append("  \(impact.pods) \(impact.pods == 1 ? "pod" : "pods") would be moved")
        for obstacle in DrainObstacle.allCases {
            guard let count = impact.obstacles[obstacle] else { continue }
            lines.append("  \(obstacle.phrase(count)):")
            lines += list(impact.details.filter { $0.obstacle == obstacle }, depth: 1) {
                TerminalStyle.plain($0.text)
            }
        }
        return lines
    }

    private func upgrade(_ plan: UpgradePlan) -> [String] {
        let from = plan.current.map { " from 1.\($0.upperBound)" } ?? ""
        var lines = [title("Upgrade\(from) to 1.\(plan.target)", plan.answer, "")]
        for topic in UpgradePlan.Topic.allCases {
            lines += items(plan.blockers.filter { $0.topic == topic }, "blocker", .boldRed)
        }
        for topic in UpgradePlan.Topic.allCases {
            lines += items(plan.cautions.filter { $0.topic == topic }, "caution", .yellow)
        }
        for reason in plan.unknown {
            lines.append("  " + style.apply(.magenta, "not known") + " " + TerminalStyle.plain(reason))
        }
        return lines
    }

    private func items(_ items: [UpgradePlan.Item], _ word: String, _ code: TerminalStyle.Code) -> [String] {
        let lines = list(items, depth: 0) { item in
            let object = item.object == .cluster ? "" : "\(item.object.text): "
            return style.apply(code, padded(word, 10)) + TerminalStyle.plain(object + item.message)
        }
        return lines
    }

    private func title(_ text: String, _ answer: SurvivalAnswer, _ reason: String) -> String {
        style.apply(.bold, TerminalStyle.plain(text)) + "  " + self.answer(answer, width: 0).trimmedAtEnd
            + (reason.isEmpty ? "" : "  " + TerminalStyle.plain(reason))
    }

    // MARK: Lines

    /// A line for each element; long lists end after ten with a count.
    private func list<Element>(_ elements: [Element], depth: Int, _ line: (Element) -> String) -> [String] {
        // A list that is one too long is no longer with that one than with a line that says so.
        let isCut = !options.isComplete && elements.count > Self.listLimit + 1
        let lines = elements.prefix(isCut ? Self.listLimit : elements.count).map { indent(depth) + line($0) }
        return isCut ? lines + [indent(depth) + "… and \(elements.count - Self.listLimit) more (--all)"] : lines
    }

    private func indent(_ depth: Int) -> String {
        depth == 0 ? "  " : String(repeating: " ", count: 10 + 2 * depth)
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension CauseGroup {
    /// The finding of a cause that explains nothing else; nil where there is more.
    var onlyFinding: Finding? {
        consequences.isEmpty && findings.count == 1 ? findings.first : nil
    }
}

extension FindingObject {
    /// The object as kubectl's users write it: `Deployment shop/api`, `Node worker-1`, `Cluster`.
    package var text: String {
        if name.isEmpty { return kind }
        return namespace.isEmpty ? "\(kind) \(name)" : "\(kind) \(namespace)/\(name)"
    }
}

extension String {
    /// Without spaces at its end.
    var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension Array {
    /// Neighbours that are equal in something, together.
    func chunked<Value: Equatable>(by value: (Element) -> Value) -> [[Element]] {
        var chunks: [[Element]] = []
        for element in self {
            if let last = chunks.last?.last, value(last) == value(element) {
                chunks[chunks.count - 1].append(element)
            } else {
                chunks.append([element])
            }
        }
        return chunks
    }
}
