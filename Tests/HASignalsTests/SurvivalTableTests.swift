import Testing

@testable import HASignals

/// What a loss takes along, worked out of the table that a collection leaves.
struct SurvivalTableTests {
    private static func object(_ kind: String, _ name: String) -> FindingObject {
        FindingObject(kind: kind, namespace: "shop", name: name)
    }

    /// Two nodes in two zones. On node a: the Deployment web, meant to survive, with its Service and host; the
    /// StatefulSet store of one replica. In zone 1, on several nodes: the Deployment pair.
    private static var table: SurvivalTable {
        var table = SurvivalTable()
        table.nodes.names = ["a", "b"]
        table.nodes.losses = [PlaceLosses(), PlaceLosses()]
        table.nodes.drains = [DrainCounts(), DrainCounts()]
        table.zones.names = ["1", "2"]
        table.applications = [object("Application", "web-shop")]
        table.hosts = [object("Host", "shop.example.com")]
        table.rows = [
            SurvivalTable.Row(
                object: object("Deployment", "web"),
                application: 0,
                location: .init(node: 0, zone: 0),
                flags: [.meantByNode, .meantByZone]
            ),
            SurvivalTable.Row(
                object: object("Service", "web"),
                location: .init(node: 0, zone: 0),
                flags: [.service, .meantByNode, .meantByZone, .hostsMeantByNode]
            ),
            SurvivalTable.Row(
                object: object("StatefulSet", "store"),
                application: 0,
                location: .init(node: 0, zone: 0)
            ),
            SurvivalTable.Row(
                object: object("Deployment", "pair"),
                location: .init(node: -1, zone: 0),
                flags: [.meantByNode, .meantByZone]
            ),
        ]
        table.hostLinks = [SurvivalTable.HostLink(row: 1, host: 0)]
        return table
    }

    @Test func aNodeTakesAlongWhatIsOnItAlone() throws {
        let impact = try #require(SurvivalVerdict(table: Self.table).loss(ofNode: "a"))
        #expect(impact.place == FindingObject(kind: "Node", name: "a"))
        #expect(impact.broken.workloads == [Self.object("Deployment", "web")])
        #expect(impact.broken.services == [Self.object("Service", "web")])
        #expect(impact.broken.hosts == [Self.object("Host", "shop.example.com")])
        // One of its workloads is meant to survive, the other is a single replica: it counts once.
        #expect(impact.broken.applications == [Self.object("Application", "web-shop")])
        #expect(impact.singleReplicas.applications.isEmpty)
        #expect(impact.singleReplicas.workloads == [Self.object("StatefulSet", "store")])
        #expect(impact.breaks)
    }

    @Test func aZoneTakesAlongWhatIsOnSeveralOfItsNodes() throws {
        let impact = try #require(SurvivalVerdict(table: Self.table).loss(ofZone: "1"))
        #expect(impact.broken.workloads == [Self.object("Deployment", "pair"), Self.object("Deployment", "web")])
        // The Service is exempt from what is said of zones as far as hosts go.
        #expect(impact.broken.hosts.isEmpty)
        #expect(impact.singleReplicas.hosts == [Self.object("Host", "shop.example.com")])
    }

    @Test func whatIsElsewhereStays() throws {
        let verdict = SurvivalVerdict(table: Self.table)
        #expect(try #require(verdict.loss(ofNode: "b")).isHarmless)
        #expect(try #require(verdict.loss(ofZone: "2")).isHarmless)
        #expect(verdict.loss(ofNode: "c") == nil)
    }

    @Test func singleReplicasAreCountedOverAllNodes() {
        let single = SurvivalVerdict(table: Self.table).singleReplicas
        #expect(single.workloads == [Self.object("StatefulSet", "store")])
        // web, of the same application, is meant to survive: the application is not among those of single replicas.
        #expect(single.applications.isEmpty && single.services.isEmpty && single.hosts.isEmpty)
    }

    @Test func partsOfTheControlPlaneBreakTheAnswer() throws {
        var table = Self.table
        table.parts = [
            .init(part: .etcdQuorum, name: "main", location: .init(node: 1, zone: -1)),
            .init(part: .clusterDNS, location: .init(node: 1, zone: 1)),
            .init(part: .ingressController, name: "nginx", location: .init(node: -1, zone: 1)),
            .init(part: .lastAPIServer, location: .init(node: -1, zone: 1)),
        ]
        let verdict = SurvivalVerdict(table: table)
        let node = try #require(verdict.loss(ofNode: "b"))
        #expect(node.etcdClusters == ["main"] && node.losesClusterDNS && node.breaks)
        #expect(node.ingressClasses.isEmpty && !node.losesLastAPIServer)
        let zone = try #require(verdict.loss(ofZone: "2"))
        #expect(zone.ingressClasses == ["nginx"] && zone.losesLastAPIServer && zone.etcdClusters.isEmpty)
    }

    @Test func aDrainTellsWhatItMeets() throws {
        var table = Self.table
        table.nodes.drains[1].pods = 7
        table.nodes.drains[1][.refused] = 2
        table.nodes.drains[1].isSafe = false
        let refused = DrainDetail(obstacle: .refused, object: Self.object("Pod", "web-1"))
        table.obstacles = [SurvivalTable.ObstacleRow(node: 1, detail: refused)]
        let drain = try #require(SurvivalVerdict(table: table).drain(ofNode: "b"))
        #expect(drain.pods == 7 && !drain.isSafe)
        #expect(drain.obstacles == [.refused: 2])
        #expect(drain.details.map(\.object) == [Self.object("Pod", "web-1")])
        let other = try #require(SurvivalVerdict(table: table).drain(ofNode: "a"))
        #expect(other.isSafe && other.details.isEmpty && table.nodes.drains[0].meetsNothing)
    }
}
