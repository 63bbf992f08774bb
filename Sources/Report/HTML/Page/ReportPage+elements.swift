import ClusterState
import HASignals

/// What the sections are made of.
extension ReportPage {
    /// How something stands. The raw value is the class by which it is coloured and marked.
    enum Tone: String {
        case bad, warn, ok, unknown, plain

        init(_ answer: SurvivalAnswer) {
            switch answer {
            case .yes: self = .ok
            case .no: self = .bad
            case .unknown: self = .unknown
            }
        }

        init(_ severity: Severity) {
            switch severity {
            case .critical: self = .bad
            case .warning: self = .warn
            case .info: self = .plain
            }
        }

        init(_ status: AreaStatus) {
            switch status {
            case .critical: self = .bad
            case .warning: self = .warn
            case .ok: self = .ok
            case .unknown: self = .unknown
            case .notApplicable: self = .plain
            }
        }
    }

    /// A word in the colour of a tone, with a mark before it.
    static func badge(_ word: String, _ tone: Tone) -> HTML {
        .element("b", ["class": "tone \(tone.rawValue)"], HTML(word))
    }

    /// A section with its heading.
    func section(_ id: String, _ title: String, _ content: HTML) -> HTML {
        .element(
            "section",
            ["id": id, "aria-labelledby": "\(id)-title"],
            [.element("h2", ["id": "\(id)-title"], HTML(title)), content]
        )
    }

    /// A line of dimmed text.
    func note(_ text: String) -> HTML {
        .element("p", ["class": "dim"], HTML(text))
    }

    /// A table that scrolls by itself where it is wider than the page.
    ///
    /// - Parameters:
    ///   - caption: What it shows.
    ///   - titles: The heads of the columns.
    ///   - rows: Cells; the first of each row is its head.
    /// - Returns: The table.
    func table(_ caption: String, _ titles: [HTML], _ rows: [[HTML]]) -> HTML {
        let head = HTML(titles.map { .element("th", ["scope": "col"], $0) })
        return table(caption, head: head, rows)
    }

    /// The same with heads that are whole elements.
    func table(_ caption: String, head: HTML, _ rows: [[HTML]]) -> HTML {
        let body = rows.map { cells -> HTML in
            let first = cells.first.map { HTML.element("th", ["scope": "row"], $0) } ?? []
            return .element("tr", [first, HTML(cells.dropFirst().map { .element("td", $0) })])
        }
        return .element(
            "div",
            ["class": "scroll", "role": "group", "tabindex": "0", "aria-label": caption],
            .element(
                "table",
                [
                    .element("caption", HTML(caption)), .element("thead", .element("tr", head)),
                    .element("tbody", HTML(body)),
                ]
            )
        )
    }

    // MARK: Links

    /// The path of this page.
    var path: String {
        switch subject {
        case .cluster: "/"
        case .node(let name): Self.path("node", name)
        case .zone(let name): Self.path("zone", name)
        case .application(let namespace, let name): Self.path("application", namespace, name)
        }
    }

    private static func path(_ parts: String...) -> String {
        "/" + parts.map(PercentCoding.encoded).joined(separator: "/")
    }

    /// A link that a server answers; in a file the text alone.
    func link(_ text: String, _ path: String, _ query: PageQuery, fragment: String = "") -> HTML {
        site == nil ? HTML(text) : .element("a", ["href": path + query.text + fragment], HTML(text))
    }

    /// An object by its kind and name, with a link where it has a page.
    func object(_ object: FindingObject, named text: String? = nil) -> HTML {
        let path: String? =
            switch object.kind {
            case "Node": Self.path("node", object.name)
            case "Zone": Self.path("zone", object.name)
            case "Application": Self.path("application", object.namespace, object.name)
            default: nil
            }
        let text = text ?? object.text
        guard let path, !object.name.isEmpty else { return .element("bdi", HTML(text)) }
        return link(text, path, query.carriedOver)
    }

    // MARK: Lists

    /// The part of a list that is shown, and what leads to the others.
    func part<Element>(
        of all: [Element],
        _ list: PageQuery.List,
        by size: Int,
        at fragment: String
    ) -> (shown: ArraySlice<Element>, others: HTML) {
        if isComplete || all.count <= size { return (all[...], []) }
        // Beyond the end stands the last one: the list may have become shorter since the link was made.
        let number = min(query[list], (all.count + size - 1) / size)
        let start = (number - 1) * size
        let shown = all[start..<min(start + size, all.count)]
        guard site != nil else {
            let rest = Self.number(all.count - shown.count)
            return (shown, .element("p", ["class": "more"], HTML("and \(rest) more (--all lists them)")))
        }
        var links: [HTML] = [
            HTML("\(Self.number(start + 1)) to \(Self.number(shown.endIndex)) of \(Self.number(all.count)) ")
        ]
        for (word, other, isThere) in [
            ("previous", number - 1, number > 1), ("next", number + 1, shown.endIndex < all.count),
        ] where isThere {
            var target = query
            target[list] = other
            links += [" ", link("\(word) \(Self.number(size))", path, target, fragment: "#\(fragment)")]
        }
        return (shown, .element("p", ["class": "more"], HTML(links)))
    }

    // MARK: Words

    /// A number with its thousands set off.
    static func number(_ value: some BinaryInteger) -> String {
        let digits = String(value)
        var result = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0, digit != "-" { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// A number with what it counts.
    static func count(_ value: some BinaryInteger, _ one: String, _ many: String) -> String {
        "\(number(value)) \(value == 1 ? one : many)"
    }

    /// An instant to the second, in UTC.
    static func time(_ time: Timestamp) -> String {
        time.rfc3339.prefix(19).replacing("T", with: " ") + " UTC"
    }

    /// A length of time in its largest whole unit.
    static func duration(_ seconds: Double) -> String {
        for (unit, length) in [("d", 86_400.0), ("h", 3_600), ("min", 60)] where seconds >= length * 2 {
            return "\(Int64(clamping: (seconds / length).rounded(.down))) \(unit)"
        }
        return "\(Int64(clamping: seconds.rounded(.down))) s"
    }

    /// The first letter as a capital.
    static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }
}
