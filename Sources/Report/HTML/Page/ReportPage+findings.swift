import HASignals

/// Everything that was found, to be filtered by links and a form.
extension ReportPage {
    private static let listed = 50
    /// Namespaces that the form offers; any other can be typed.
    private static let namespacesOffered = 200

    var findings: HTML {
        let all = model.findings.filter { finding in
            finding.severity <= severity
                && (query.severity == nil || finding.severity == query.severity)
                && (query.area == nil || finding.area == query.area)
                && (query.namespace == nil || finding.object.namespace == query.namespace)
        }
        let isFiltered = query.severity != nil || query.area != nil || query.namespace != nil
        let count =
            isFiltered
            ? "\(Self.number(all.count)) of \(Self.count(model.findings.count, "finding", "findings"))"
            : Self.count(all.count, "finding", "findings")
        return section(
            "findings",
            "Findings",
            [
                site == nil ? [] : filter, .element("p", ["role": "status"], HTML(count)),
                list(all, isFiltered ? "Findings that match" : "Findings, worst first"),
            ]
        )
    }

    /// A table of findings, in parts.
    func list(_ findings: [Finding], _ caption: String) -> HTML {
        guard !findings.isEmpty else { return .element("p", "None.") }
        let (shown, others) = part(of: findings, .findings, by: Self.listed, at: "findings")
        let rows = shown.map { finding -> [HTML] in
            var text: [HTML] = [HTML(finding.message)]
            if finding.cause != nil, finding.rootCause.object != finding.object {
                text += ["; because of ", object(finding.rootCause.object)]
            }
            text.append(.element("p", ["class": "remedy"], HTML(finding.remedy)))
            return [
                object(finding.object), Self.badge(finding.severity.rawValue, Tone(finding.severity)),
                [.element("code", HTML(finding.rule)), .element("br"), HTML(finding.area.rawValue)], HTML(text),
            ]
        }
        return [table(caption, ["Object", "Severity", "Rule and area", "What was found, what to do"], rows), others]
    }

    private var filter: HTML {
        let severities = Severity.allCases.map { ($0.rawValue, query.severity == $0) }
        let areas = model.areas.filter { !$0.counts.isEmpty || query.area == $0.report.name }
            .map { ($0.report.name.rawValue, query.area == $0.report.name) }
            .sorted { $0.0 < $1.0 }
        let namespaces = Set(model.findings.map(\.object.namespace)).filter { !$0.isEmpty }.sorted()
            .prefix(Self.namespacesOffered)
        var hidden: [HTML] = []
        func keep(_ name: String, _ value: String?) {
            guard let value else { return }
            hidden.append(.element("input", ["type": "hidden", "name": name, "value": value]))
        }
        keep("sort", query.sort == .worst ? nil : query.sort.rawValue)
        keep("order", query.isReversed ? "reverse" : nil)
        keep("refresh", query.refresh == PageQuery.standardRefresh ? nil : query.refresh.map { "\($0)" } ?? "off")
        var cleared = query
        cleared.severity = nil
        cleared.area = nil
        cleared.namespace = nil
        cleared[.findings] = 1
        return .element(
            "form",
            ["method": "get", "action": "/#findings", "class": "filter", "aria-label": "Filter of the findings"],
            [
                choice("severity", "Severity", severities), choice("area", "Area", areas),
                .element(
                    "label",
                    [
                        "Namespace ",
                        .element(
                            "input",
                            [
                                "name": "namespace", "list": "namespaces", "value": query.namespace ?? "",
                                "autocomplete": "off",
                            ]
                        ),
                    ]
                ),
                .element(
                    "datalist",
                    ["id": "namespaces"],
                    HTML(namespaces.map { .element("option", ["value": $0]) })
                ), HTML(hidden), .element("button", "Filter"), " ",
                link("clear", path, cleared, fragment: "#findings"),
            ]
        )
    }

    private func choice(_ name: String, _ label: String, _ options: [(value: String, isChosen: Bool)]) -> HTML {
        let options = [("", false)] + options
        return .element(
            "label",
            [
                HTML("\(label) "),
                .element(
                    "select",
                    ["name": name],
                    HTML(
                        options.map { value, isChosen in
                            .element(
                                "option",
                                ["value": value, "selected": isChosen ? "" : nil],
                                HTML(value.isEmpty ? "any" : value)
                            )
                        }
                    )
                ),
            ]
        )
    }
}
