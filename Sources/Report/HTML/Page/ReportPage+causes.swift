import HASignals

/// What is broken or missing, by its causes.
extension ReportPage {
    private static let listed = 12
    private static let consequencesListed = 8

    var causes: HTML {
        let all = model.causes.filter { $0.severity <= severity }
        guard !all.isEmpty else {
            return section("causes", "Causes", .element("p", "Nothing critical, and no warning."))
        }
        let (shown, others) = part(of: all, .causes, by: Self.listed, at: "causes")
        return section(
            "causes",
            "Causes",
            [
                note("What explains the critical findings and the warnings, worst first, each with what it explains."),
                HTML(shown.map(cause)), others,
            ]
        )
    }

    private func cause(_ group: CauseGroup) -> HTML {
        let findings = group.findings.filter { $0.severity <= severity }
        let lines = findings.map { finding -> HTML in
            .element("p", [.element("code", HTML(finding.rule)), HTML(": \(finding.message)"), because(finding)])
        }
        return .element(
            "article",
            ["class": "cause \(Tone(group.severity).rawValue)"],
            [
                .element(
                    "h3",
                    [Self.badge(group.severity.rawValue, Tone(group.severity)), " ", object(group.cause.object)]
                ),
                HTML(lines), findings.first.map { .element("p", ["class": "remedy"], HTML($0.remedy)) } ?? [],
                consequences(of: group),
            ]
        )
    }

    private func because(_ finding: Finding) -> HTML {
        guard finding.cause != nil, finding.rootCause.object != finding.object else { return [] }
        return ["; because of ", object(finding.rootCause.object)]
    }

    private func consequences(of group: CauseGroup) -> HTML {
        let all = group.consequences.filter { $0.severity <= severity }
        guard !all.isEmpty else { return [] }
        let limit = isComplete || all.count <= Self.consequencesListed + 1 ? all.count : Self.consequencesListed
        let items = all.prefix(limit)
            .map { finding -> HTML in
                .element(
                    "li",
                    [
                        Self.badge(finding.severity.rawValue, Tone(finding.severity)), " ", object(finding.object),
                        HTML(": \(finding.message) "), .element("code", HTML(finding.rule)),
                    ]
                )
            }
        let rest = all.count - limit
        let more: HTML =
            rest > 0
            ? .element(
                "li",
                [HTML("and \(Self.number(rest)) more: "), .element("a", ["href": "#findings"], "findings")]
            )
            : []
        return .element(
            "details",
            ["open": group.severity == .critical ? "" : nil],
            [
                .element("summary", HTML("explains \(Self.count(all.count, "finding", "findings"))")),
                .element("ul", [HTML(items), more]),
            ]
        )
    }
}
