import ClusterState
import HASignals

/// How each area stands, what is exempt, and what was read.
extension ReportPage {
    private static let exemptionsListed = 40

    var areas: HTML {
        let rows = model.areas.map { area -> [HTML] in
            [
                findingsLink(area.report.name.rawValue, of: area),
                Self.badge(area.report.status.rawValue.replacing("_", with: " "), Tone(area.report.status)),
                HTML(area.evaluated),
            ] + Severity.allCases.map { HTML(Self.number(area.counts[$0] ?? 0)) } + [HTML(area.unknown)]
        }
        return section(
            "areas",
            "Areas",
            [
                note("How much a status is worth is told by the share of the area's rules that could be evaluated."),
                table(
                    "Areas, worst first",
                    ["Area", "Status", "Rules evaluated", "Critical", "Warning", "Info", "Not known"],
                    rows
                ),
            ]
        )
    }

    private func findingsLink(_ text: String, of area: AreaLine) -> HTML {
        guard !area.counts.isEmpty, site != nil else { return HTML(text) }
        var target = query.carriedOver
        target.area = area.report.name
        return link(text, "/", target, fragment: "#findings")
    }

    var exemptions: HTML {
        guard !model.exemptions.isEmpty else { return [] }
        let shown = model.exemptions.prefix(isComplete ? model.exemptions.count : Self.exemptionsListed)
        let rows = shown.map { use -> [HTML] in
            let silenced =
                use.isUnused
                ? Self.badge("nothing", .warn) : HTML(Self.count(use.findings.count, "finding", "findings"))
            let named = use.findings.prefix(isComplete ? use.findings.count : 5)
                .map {
                    "\($0.rule) \($0.object.text)"
                }
            let rest = use.findings.count - named.count
            let list = named.joined(separator: ", ") + (rest > 0 ? " and \(Self.number(rest)) more" : "")
            return [HTML(use.exemption.reason), HTML("\(use.exemption.line)"), silenced, HTML(list)]
        }
        let rest = model.exemptions.count - shown.count
        return section(
            "exemptions",
            "Exemptions in force",
            [
                table("Exemptions of --rules-config", ["Reason", "Line", "Silences", "Findings"], rows),
                rest > 0 ? note("and \(Self.number(rest)) more") : [],
            ]
        )
    }

    var sources: HTML {
        guard !model.sources.isEmpty else { return [] }
        let rows = model.sources.map { line -> [HTML] in
            let tone: Tone =
                switch line.state {
                case .ok: .ok
                case .absent, .disabled: .plain
                case .failing, .notSynced: .warn
                default: .unknown
                }
            return [
                HTML(line.source.rawValue), Self.badge(line.state.rawValue.replacing("_", with: " "), tone),
                HTML(line.objects.map { Self.number($0) } ?? "–"), HTML(line.age.map(Self.duration) ?? "–"),
            ]
        }
        return section(
            "sources",
            "Sources",
            [
                note("What was read of the cluster, and how long before this report it was heard of."),
                table("Sources", ["Source", "State", "Objects", "Heard of before"], rows),
            ]
        )
    }
}
