import ClusterState
package import HASignals

/// A report as a page of HTML: for a server that renders it for each request, and for a file that stands alone.
///
/// The page has no script and loads nothing. What it says by colour it says in words too. Lists are cut so that it stays
/// small, with a link to the rest where a server answers it.
package struct ReportPage: Sendable {
    /// What the page is about.
    package enum Subject: Hashable, Sendable {
        case cluster
        case node(String)
        case zone(String)
        case application(namespace: String, name: String)
    }

    /// What a server adds; a file has no links that need one.
    package struct Site: Sendable {
        /// The path of the metrics.
        package var telemetryPath: String
        /// Why what is shown may not hold any more; nil where it is fresh.
        package var warning: String?

        /// Creates a site.
        package init(telemetryPath: String, warning: String? = nil) {
            self.telemetryPath = telemetryPath
            self.warning = warning
        }
    }

    let model: ReportModel
    let subject: Subject
    let query: PageQuery
    /// nil for a file.
    let site: Site?
    let version: String
    /// The least severity of the findings of a file.
    let severity: Severity
    /// Whether long lists are written out.
    let isComplete: Bool

    /// Creates a page of a server.
    package init(_ model: ReportModel, about subject: Subject, _ query: PageQuery, site: Site, version: String) {
        self.model = model
        self.subject = subject
        self.query = query
        self.site = site
        self.version = version
        severity = .info
        isComplete = false
    }

    /// Creates the page of a file: about the cluster, or what the model was asked about.
    ///
    /// - Parameters:
    ///   - model: What to say.
    ///   - version: The version of the program.
    ///   - severity: The least severity of findings that are listed.
    ///   - isComplete: Whether long lists are written out; else they are cut, with a count.
    package init(file model: ReportModel, version: String, severity: Severity = .warning, isComplete: Bool = false) {
        self.model = model
        subject = .cluster
        query = PageQuery()
        site = nil
        self.version = version
        self.severity = severity
        self.isComplete = isComplete
    }

    /// Why there is no such page, in a sentence for people; nil where there is one.
    package var missing: String? {
        let survival = model.survival
        func unknown(_ what: String, _ event: SurvivalEvent) -> String {
            let reason = survival[event].reason
            return "There is no \(what) in what was read at \(Self.time(model.now))"
                + (reason.isEmpty ? "." : ": \(reason).")
        }
        switch subject {
        case .cluster: return nil
        case .node(let name):
            return survival.table.nodes.position(named: name) == nil ? unknown("node \(name)", .nodeLoss) : nil
        case .zone(let name):
            return survival.table.zones.position(named: name) == nil ? unknown("zone \(name)", .zoneLoss) : nil
        case .application(let namespace, let name):
            return survival.table.position(ofApplication: name, in: namespace) == nil
                ? unknown("application \(namespace)/\(name)", .nodeLoss) : nil
        }
    }

    /// The document.
    package var text: String {
        let (title, sections) = parts
        let warning = site?.warning
            .map {
                HTML.element("p", ["class": "notice bad", "role": "alert"], HTML($0))
            }
        return Self.document(
            title: title,
            refresh: site == nil ? nil : query.refresh,
            isFile: site == nil,
            body: [
                header,
                .element("main", ["id": "main"], [warning ?? [], HTML(sections)]),
                footer,
            ]
        )
    }

    private var parts: (title: String, sections: [HTML]) {
        if let focus = model.focus { return self.focus(focus) }
        switch subject {
        case .cluster:
            return (
                verdict.title,
                [verdictSection, contents, causes, map, losses, areas, findings, exemptions, sources]
            )
        case .node(let name): return node(name)
        case .zone(let name): return zone(name)
        case .application(let namespace, let name): return application(name, in: namespace)
        }
    }

    // MARK: Frame

    /// A document in the style of the pages.
    static func document(title: String, refresh: Int?, isFile: Bool, body: HTML) -> String {
        var head: [HTML] = []
        if isFile {
            // What a server says by its headers.
            let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
            head.append(.element("meta", ["http-equiv": "Content-Security-Policy", "content": policy]))
        }
        if let refresh { head.append(.element("meta", ["http-equiv": "refresh", "content": "\(refresh)"])) }
        head += [
            .element("meta", ["name": "color-scheme", "content": "light dark"]),
            .element("link", ["rel": "icon", "href": icon]),
            .style(styleSheet),
        ]
        return HTML.document(
            title: "\(title) – kube-ha-exporter",
            head: HTML(head),
            body: [.element("a", ["class": "skip", "href": "#main"], "Skip to the content"), body]
        )
    }

    /// A page that says why there is no other.
    package static func error(_ title: String, _ message: String, site: Site, version: String) -> String {
        document(
            title: title,
            refresh: nil,
            isFile: false,
            body: [
                .element("header", .element("p", ["class": "name"], HTML("kube-ha-exporter \(version)"))),
                .element(
                    "main",
                    ["id": "main"],
                    [
                        .element("h1", HTML(title)), .element("p", HTML(message)),
                        .element("p", .element("a", ["href": "/"], "The page of the cluster")),
                    ]
                ),
                landing(site, version),
            ]
        )
    }

    private var header: HTML {
        let name: HTML =
            site == nil || subject == .cluster
            ? "kube-ha-exporter" : .element("a", ["href": "/\(query.carriedOver.text)"], "kube-ha-exporter")
        var facts: [HTML] = ["as of ", .element("time", ["datetime": model.now.rfc3339], HTML(Self.time(model.now)))]
        if site != nil {
            var other = query
            if let refresh = query.refresh {
                other.refresh = nil
                facts.append(HTML(" · loaded again every \(refresh) s, "))
                facts.append(link("stop", path, other))
            } else {
                other.refresh = PageQuery.standardRefresh
                facts.append(" · not loaded again, ")
                facts.append(link("load it every \(PageQuery.standardRefresh) s", path, other))
            }
        }
        let leadership = model.leadership.map { HTML.element("p", ["class": "dim"], HTML($0.sentence)) }
        return .element(
            "header",
            [
                .element("p", ["class": "name"], [name, " ", .element("span", ["class": "dim"], HTML(version))]),
                .element("p", ["class": "dim"], HTML(facts)), leadership ?? [],
            ]
        )
    }

    /// Links to the sections.
    private var contents: HTML {
        let sections = [
            ("causes", "Causes"), ("map", "Zones and nodes"), ("losses", "Losses"), ("areas", "Areas"),
            ("findings", "Findings"), ("exemptions", "Exemptions"), ("sources", "Sources"),
        ]
        .filter { id, _ in
            switch id {
            case "sources": !model.sources.isEmpty
            case "exemptions": !model.exemptions.isEmpty
            default: true
            }
        }
        return .element(
            "nav",
            ["aria-label": "Sections", "class": "contents"],
            .element("ul", HTML(sections.map { .element("li", .element("a", ["href": "#\($0.0)"], HTML($0.1))) }))
        )
    }

    private var footer: HTML {
        guard let site else {
            return .element("footer", .element("p", HTML("Written by kube-ha-exporter \(version).")))
        }
        return Self.landing(site, version)
    }

    /// What this program is and serves, as the landing pages of exporters say it.
    static func landing(_ site: Site, _ version: String) -> HTML {
        let links = [
            (site.telemetryPath, "Metrics", "for Prometheus"),
            ("/api/v1/report", "Report", "what this page says, as JSON"),
            ("/livez", "Liveness", "200 while the process runs"),
            ("/readyz", "Readiness", "200 once every source has been read"),
        ]
        return .element(
            "footer",
            [
                .element("h2", "kube-ha-exporter"),
                .element(
                    "p",
                    HTML("Judges whether a Kubernetes cluster is really highly available. Version \(version).")
                ),
                .element(
                    "ul",
                    HTML(
                        links.map { path, name, note in
                            .element("li", [.element("a", ["href": path], HTML(name)), HTML(": \(note)")])
                        }
                    )
                ),
            ]
        )
    }

    /// A shield, as an image in the page itself: without one browsers ask for /favicon.ico.
    private static let icon =
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath "
        + "fill='%23326ce5' d='M8 1l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V3z'/%3E%3C/svg%3E"
}
