import ClusterState
import Testing

@testable import HASignals
@testable import Report

/// The largest cluster that is promised: 5,000 nodes, 10,000 workloads, 3,000 hosts, with names of real lengths.
struct LargePageTests {
    private static let nodeCount = 5_000

    /// A zone of three is lost, and something is found of everything else.
    private static let snapshot: SignalSnapshot = {
        func padded(_ number: Int) -> String { String(String(100_000 + number).dropFirst()) }
        var table = SurvivalTable()
        table.zones = .init((0..<3).map { "europe-west-\($0)" })
        table.nodes = .init((0..<nodeCount).map { "ip-10-0-\(padded($0)).europe-west-1.compute.internal" })
        table.nodes.facts = (0..<nodeCount)
            .map { number in
                var facts = NodeFacts()
                facts.zone = Int32(number % 3)
                facts.pods = 30
                facts.unhealthyPods = 5
                if number % 3 == 1 { facts.problems = [.readyUnknown, .cordoned] }
                return facts
            }
        table.nodes.drains = Array(repeating: DrainCounts(), count: nodeCount)
        for number in 0..<nodeCount {
            for obstacle in DrainObstacle.allCases { table.nodes.drains[number][obstacle] = Int32(number % 40) }
            table.nodes.losses[number].hosts = Int32(number % 7)
        }
        func object(_ kind: String, _ number: Int) -> FindingObject {
            FindingObject(
                kind: kind,
                namespace: "team-payments-\(number % 200)",
                name: "checkout-service-backend-\(number)"
            )
        }
        table.applications = (0..<1_000).map { object("Application", $0) }
        table.applicationAvailability = table.applications.map { _ in Availability(parts: 10, working: 3) }
        table.hosts = (0..<3_000).map { object("Host", $0) }
        table.hostAvailability = table.hosts.map { _ in Availability(parts: 2, working: 0) }
        table.rows = (0..<10_000)
            .map { number in
                SurvivalTable.Row(
                    object: object("Deployment", number),
                    application: Int32(number % 1_000),
                    location: .init(node: Int32(number % nodeCount), zone: Int32(number % 3)),
                    flags: [.meantByNode, .meantByZone]
                )
            }
        let message =
            "2 of 15 replicas are available; Services checkout, payments, ledger and 12 more are without endpoints"
        var findings: [Finding] = (0..<20_000)
            .map { number in
                let severity: Severity = number < 5_000 ? .critical : number < 12_000 ? .warning : .info
                return Samples.finding("workload-deficit", severity, .replicas, object("Deployment", number), message)
            }
        // A cause that explains thousands, and thousands that explain themselves.
        let zone = Cause(object: FindingObject(kind: "Zone", name: "europe-west-1"), rule: "zone-lost")
        for number in 0..<5_000 {
            findings[number].explanation = Explanation(zone)
        }
        var snapshot = Samples.snapshot(AreaName.allCases.map { Samples.area($0, .critical) }, findings)
        snapshot.survival = SurvivalVerdict(table: table)
        return snapshot
    }()

    private func size(_ subject: ReportPage.Subject, _ query: String = "") throws -> Int {
        let page = ReportPage(
            ReportModel(Self.snapshot),
            about: subject,
            try PageQuery(query),
            site: ReportPage.Site(telemetryPath: "/metrics"),
            version: "1"
        )
        return page.text.utf8.count
    }

    @Test func everyPageStaysSmall() throws {
        for query in ["", "severity=info", "findings=400&causes=500&nodes=125", "sort=obstacles"] {
            let size = try size(.cluster, query)
            #expect((50_000..<300_000).contains(size), "\(size) bytes with \(query)")
        }
        #expect(try size(.zone("europe-west-1")) < 300_000)
        #expect(try size(.node("ip-10-0-00004.europe-west-1.compute.internal")) < 300_000)
        #expect(try size(.application(namespace: "team-payments-0", name: "checkout-service-backend-0")) < 300_000)
    }

    /// Of a zone all nodes that are not well come first, as far as there is room, then others, then a count.
    @Test func countsTheNodesThatAreNotShown() throws {
        let page = ReportPage(
            ReportModel(Self.snapshot),
            about: .cluster,
            PageQuery(),
            site: ReportPage.Site(telemetryPath: "/metrics"),
            version: "1"
        )
        let text = page.text
        // Zone 1 has the 1,667 nodes 1, 4, 7 … 4,999, none of them well: 200 are its share of 600.
        #expect(text.ranges(of: "<li class=\"bad\">").count == 200)
        #expect(text.contains("and 1,467 other nodes <a href=\"/zone/europe-west-1\">of europe-west-1</a>"))
        // Zones 0 and 2 have 1,667 and 1,666, all well.
        #expect(text.ranges(of: "<li class=\"ok\">").count == 120)
        #expect(text.contains("and 1,607 other nodes") && text.contains("and 1,606 other nodes"))
        #expect(text.contains("<b class=\"tone bad\">0 of 1,667 nodes Ready</b>"))
    }

    /// Every part of a long list can be reached.
    @Test func theLastPartEndsTheList() throws {
        func text(_ query: String) throws -> String {
            ReportPage(
                ReportModel(Self.snapshot),
                about: .cluster,
                try PageQuery(query),
                site: ReportPage.Site(telemetryPath: "/metrics"),
                version: "1"
            )
            .text
        }
        #expect(try text("").contains("1 to 50 of 20,000 "))
        #expect(try text("").contains("<a href=\"/?findings=2#findings\">next 50</a>"))
        let last = try text("findings=400")
        #expect(last.contains("19,951 to 20,000 of 20,000 "))
        #expect(last.contains("previous 50") && !last.contains("findings=401"))
        #expect(try text("findings=999").contains("19,951 to 20,000 of 20,000 "))
    }
}
