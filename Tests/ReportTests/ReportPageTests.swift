import ClusterState
import Testing

@testable import HASignals
@testable import Report

struct ReportPageTests {
    private let site = ReportPage.Site(telemetryPath: "/metrics")

    private func page(
        _ snapshot: SignalSnapshot,
        _ subject: ReportPage.Subject = .cluster,
        _ query: String = ""
    ) throws -> String {
        let page = ReportPage(
            ReportModel(snapshot),
            about: subject,
            try PageQuery(query),
            site: site,
            version: "1.2.3"
        )
        return page.text
    }

    /// The text between two pieces.
    private func part(of text: String, from start: String, to end: String) throws -> Substring {
        let begin = try #require(text.firstRange(of: start)).upperBound
        let rest = text[begin...]
        return rest[..<(try #require(rest.firstRange(of: end)).lowerBound)]
    }

    private func section(_ id: String, of text: String) throws -> Substring {
        try part(of: text, from: "<section id=\"\(id)\"", to: "</section>")
    }

    // MARK: First screen

    @Test func saysWhoWouldBeLostNextAndWhy() throws {
        let text = try page(Samples.survivalSnapshot)
        #expect(text.contains("<h1>Works now, but would not survive the loss of a node</h1>"))
        let next = try section("next", of: text)
        #expect(next.contains("<bdi>Host ess/chat.example.com</bdi>"))
        #expect(next.contains("<a href=\"/node/w-1\">Node w-1</a>: every ready endpoint of Service ess/main is on it"))
    }

    @Test func saysWhatIsBrokenFirst() throws {
        let text = try page(Samples.lostNode)
        #expect(text.contains("<h1>Critical now: Node w-1</h1>"))
        #expect(text.contains("The first cause is Node w-1: it is so. It explains 2 other findings."))
    }

    @Test func namesTheHostThatIsDownAndItsCause() throws {
        var snapshot = Samples.lostNode
        snapshot.survival.table.hosts = [FindingObject(kind: "Host", namespace: "shop", name: "shop.example.com")]
        snapshot.survival.table.hostAvailability = [Availability(parts: 1, working: 0)]
        snapshot.survival.table.brokenBackends = [
            BrokenBackend(
                host: 0,
                service: FindingObject(kind: "Service", namespace: "shop", name: "web"),
                workload: nil
            )
        ]
        let text = try page(snapshot)
        #expect(text.contains("<h1>Host down now: shop.example.com</h1>"))
        let now = try section("now", of: text)
        #expect(
            now.contains(
                "its one backend does not work; Service shop/web: no ready endpoint, because of "
                    + "<a href=\"/node/w-1\">Node w-1</a>"
            )
        )
    }

    @Test func isUnknownWhereItCannotBeTold() throws {
        let blind = Samples.snapshot([Samples.area(.etcd, .unknown, unknown: [(.etcd, .unreachable)])])
        let text = try page(blind)
        #expect(text.contains("<h1>It cannot be told whether the cluster is highly available</h1>"))
        #expect(text.contains("Etcd unreachable: etcd."))
        #expect(try section("map", of: text).contains("No node is known."))
    }

    // MARK: Hostile names

    private static let hostile = [
        "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "\u{202E}gnp\u{202C}", "a\nb\r\u{0}\u{1B}[2J",
        String(repeating: "n", count: 253), "&lt;b&gt;", "../..?x#y", "]]>", "--><!--",
    ]

    @Test(arguments: hostile)
    func namesAreNeverMarkup(_ name: String) throws {
        let node = FindingObject(kind: "Node", name: name)
        var found = Samples.finding(
            "node-not-ready",
            .critical,
            .nodes,
            FindingObject(kind: "Pod", namespace: name, name: name),
            name
        )
        found.explanation = Explanation(Cause(object: node, rule: "x"))
        var snapshot = Samples.snapshot([Samples.area(.nodes, .critical)], [found])
        var table = SurvivalTable()
        table.nodes = .init([name])
        table.nodes.facts = [NodeFacts()]
        table.nodes.facts[0].zone = 0
        table.zones = .init([name])
        table.applications = [FindingObject(kind: "Application", namespace: name, name: name)]
        table.applicationAvailability = [Availability(parts: 1, working: 0)]
        table.hosts = [FindingObject(kind: "Host", namespace: name, name: name)]
        table.hostAvailability = [Availability(parts: 1, working: 0)]
        snapshot.survival.table = table
        let plain = try page(Samples.snapshot([Samples.area(.nodes, .ok)]))
        func count(_ piece: String, _ text: String) -> Int { text.ranges(of: piece).count }
        for subject in [
            ReportPage.Subject.cluster, .node(name), .zone(name), .application(namespace: name, name: name),
        ] {
            let text = try page(snapshot, subject, "namespace=\(PercentCoding.encoded(name))")
            for tag in ["<script", "<img", "<!--", "]]>"] { #expect(count(tag, text) == 0, "\(tag)") }
            // Nothing but what the page has anyway opens a style or a form.
            #expect(count("<style", text) == count("<style", plain))
            #expect(
                text.unicodeScalars.allSatisfy { !$0.isTerminalControl || $0 == "\n" },
                "no control character and no override of the direction is left"
            )
            // What a name adds within a line must not begin another.
            #expect(!text.contains("a\nb"))
        }
        let link = "href=\"/node/\(PercentCoding.encoded(name))\""
        #expect(try page(snapshot).contains(link))
        #expect(
            ReportPage(ReportModel(snapshot), about: .node(name), PageQuery(), site: site, version: "1").missing == nil
        )
    }

    // MARK: Filters and order

    private func found(_ query: String) throws -> Substring {
        try section("findings", of: page(Samples.mixed, .cluster, query))
    }

    @Test func filtersFindings() throws {
        #expect(try found("").contains("4 findings"))
        let web = try found("severity=warning&area=replicas&namespace=shop")
        #expect(web.contains("2 of 4 findings"))
        #expect(web.contains("Deployment shop/web") && web.contains("Deployment shop/api"))
        #expect(!web.contains("etcd-quorum-lost"))
        #expect(web.contains("<option value=\"warning\" selected=\"\">warning</option>"))
        #expect(web.contains("name=\"namespace\" list=\"namespaces\" value=\"shop\""))
        #expect(try found("namespace=elsewhere").contains("<p>None.</p>"))
        #expect(try found("severity=critical").contains("1 of 4 findings"))
        #expect(try found("area=etcd").contains("etcd-quorum-lost"))
    }

    /// The form keeps what is chosen elsewhere on the page.
    @Test func aFilterKeepsTheRest() throws {
        let form = try found("refresh=off&sort=hosts&order=reverse")
        for (name, value) in [("refresh", "off"), ("sort", "hosts"), ("order", "reverse")] {
            #expect(form.contains("<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"))
        }
    }

    @Test(
        arguments: [
            ("", ["w-1", "w-2", "w-3"]), ("sort=name&order=reverse", ["w-3", "w-2", "w-1"]),
            ("sort=pods", ["w-2", "w-1", "w-3"]), ("sort=pods&order=reverse", ["w-3", "w-1", "w-2"]),
        ] as [(String, [String])]
    )
    func ordersLosses(_ query: String, _ expected: [String]) throws {
        var snapshot = Samples.survivalSnapshot
        snapshot.survival.table.nodes.losses[0].hosts = 1
        snapshot.survival.table.nodes.losses[0].brokenHosts = 1
        snapshot.survival.table.nodes.facts = [Int32(3), 7, 1]
            .map { pods in
                var facts = NodeFacts()
                facts.pods = pods
                return facts
            }
        let text = try page(snapshot, .cluster, query)
        let table = try part(of: text, from: "Losses by node</caption>", to: "</table>")
        let names = table.ranges(of: "<th scope=\"row\"><a href=\"/node/")
            .map { range in
                String(table[range.upperBound...].prefix { $0 != "\"" && $0 != "?" })
            }
        #expect(names == expected)
    }

    @Test func theOrderIsTurnedByItsLink() throws {
        let once = try page(Samples.survivalSnapshot, .cluster, "refresh=off")
        #expect(once.contains("<th scope=\"col\"><a href=\"/?sort=hosts&amp;refresh=off#losses\">Hosts</a></th>"))
        let twice = try page(Samples.survivalSnapshot, .cluster, "sort=hosts")
        #expect(
            twice.contains(
                "<th scope=\"col\" aria-sort=\"descending\"><a href=\"/?sort=hosts&amp;order=reverse#losses\">Hosts</a></th>"
            )
        )
    }

    // MARK: Reload

    @Test func aParameterStopsTheReload() throws {
        #expect(try page(Samples.mixed).contains("<meta http-equiv=\"refresh\" content=\"30\">"))
        #expect(try page(Samples.mixed).contains("<a href=\"/?refresh=off\">stop</a>"))
        #expect(try page(Samples.mixed, .cluster, "refresh=60").contains("content=\"60\""))
        #expect(try !page(Samples.mixed, .cluster, "refresh=off").contains("http-equiv=\"refresh\""))
    }

    // MARK: Places

    @Test func aNodeSaysWhatItsLossAndDrainDo() throws {
        let text = try page(Samples.survivalSnapshot, .node("w-1"))
        #expect(text.contains("<h1>Node w-1</h1>"))
        #expect(
            try section("loss", of: text)
                .contains("<li>1 host:<ul><li><bdi>Host ess/chat.example.com</bdi></li></ul></li>")
        )
        let drain = try section("drain", of: text)
        #expect(drain.contains("3 pods would be moved."))
        #expect(drain.contains("1 pod has no controller:<ul><li><bdi>Pod ess/naked</bdi></li></ul>"))
        #expect(drain.contains("2 single replicas would be interrupted:<ul><li>and 2 more</li></ul>"))
    }

    @Test func anApplicationSaysWhereItsWorkloadsAre() throws {
        var snapshot = Samples.survivalSnapshot
        snapshot.survival.table.applicationAvailability = [
            Availability(parts: 2, working: 2, afterNodeLoss: 1, afterZoneLoss: -1)
        ]
        snapshot.findings = [
            Samples.finding(
                "workload-deficit",
                .warning,
                .replicas,
                FindingObject(kind: "StatefulSet", namespace: "ess", name: "main")
            ),
            Samples.finding(
                "workload-deficit",
                .warning,
                .replicas,
                FindingObject(kind: "Deployment", namespace: "ess", name: "other")
            ),
        ]
        snapshot.findings[0].application = 0
        let text = try page(snapshot, .application(namespace: "ess", name: "matrix-stack"))
        #expect(text.contains("2 of 2 workloads") && text.contains("1 of 2 workloads") && text.contains(">unknown</b>"))
        #expect(try section("places", of: text).contains("StatefulSet ess/main"))
        let findings = try section("findings", of: text)
        #expect(findings.contains("StatefulSet ess/main") && !findings.contains("Deployment ess/other"))
    }

    // MARK: File

    @Test func aFileHasNoLinkThatNeedsAServer() {
        for model in [
            ReportModel(Samples.mixed), ReportModel(Samples.survivalSnapshot),
            ReportModel(Samples.survivalSnapshot, about: .node("w-1")),
            ReportModel(Samples.survivalSnapshot, about: .drain("w-1")),
            ReportModel(Samples.survivalSnapshot, about: .zone("none")),
            ReportModel(Samples.survivalSnapshot, about: .upgrade(minor: 37)),
        ] {
            let text = ReportPage(file: model, version: "1.2.3").text
            #expect(!text.contains("href=\"/") && !text.contains("<form") && !text.contains("http-equiv=\"refresh\""))
            #expect(text.contains("default-src 'none'".replacing("'", with: "&#39;")))
            #expect(text.contains("kube-ha-exporter 1.2.3"))
        }
    }

    @Test func aFileListsTheSeveritiesAskedFor() {
        let model = ReportModel(Samples.mixed)
        #expect(!ReportPage(file: model, version: "1").text.contains("single-node-cluster"))
        #expect(ReportPage(file: model, version: "1", severity: .info).text.contains("single-node-cluster"))
    }

    @Test func saysWhoLeads() {
        var model = ReportModel(Samples.mixed)
        model.leadership = Leadership(role: .waits, holder: "pod-<b>")
        let text = ReportPage(model, about: .cluster, PageQuery(), site: site, version: "1").text
        #expect(
            text.contains("This replica waits: it serves only metrics about itself; pod-&lt;b&gt; holds the lease.")
        )
    }
}
