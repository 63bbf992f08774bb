import ClusterState
import HASignals
import Testing

/// Area 12, what if: everything in a zone or on a node gone, nothing put elsewhere.
struct ZoneLossTests {
    private func byZone(_ signals: Signals, _ family: String) -> [Double?] {
        ["a", "b", "c"].map { signals["zone_loss_\(family)", ["topology_zone": $0]] }
    }

    /// Every zone and node has its series, 0 where nothing is in it.
    @Test func workloadsLostAndHurt() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "in-a"), on: ["w-a", "cp-a"])
        cluster.pods(of: cluster.deployment("shop", "in-a-and-b"), on: ["w-a", "w-b"])
        cluster.pods(of: cluster.deployment("shop", "one", replicas: 1), on: ["w-b"])
        cluster.deployment("shop", "off", replicas: 0)
        cluster.pods(of: cluster.daemonSet("shop", "agent"), on: ["w-a", "w-b", "w-c"])
        let signals = cluster.signals()
        #expect(byZone(signals, "workloads_unavailable") == [1, 1, 0])
        #expect(byZone(signals, "workloads_degraded") == [1, 1, 0])
        let nodes = ["cp-a", "w-a", "w-b", "w-c"].map { signals["node_loss_workloads_unavailable", ["node": $0]] }
        #expect(nodes == [0, 0, 1, 0])
    }

    /// 3 pods, 2 needed: whoever is lost with a, 1 is left; with b or c, 2.
    @Test func budgetsViolated() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 3), on: ["w-a", "cp-a", "w-b"])
        cluster.budget("web", minAvailable: .number(2), expected: 3, desired: 2)
        let signals = cluster.signals()
        #expect(byZone(signals, "pdbs_violated") == [1, 0, 0])
        let nodes = ["cp-a", "w-a", "w-b", "w-c"].map { signals["node_loss_pdbs_violated", ["node": $0]] }
        #expect(nodes == [0, 0, 0, 0])
        // Already below what it needs: the loss of a zone that holds one more of its pods counts, of another not.
        cluster.budget("web", minAvailable: .number(4), expected: 3, desired: 4)
        #expect(byZone(cluster.signals(), "pdbs_violated") == [1, 1, 0])
    }

    @Test func servicesWithoutEndpoints() {
        var cluster = ClusterBuilder.threeZones()
        for (name, nodes) in [("in-a", ["w-a", "cp-a"]), ("spread", ["w-a", "w-b"])] {
            cluster.service("shop", name, selector: ["app": name])
            let endpoints = nodes.map { cluster.endpoint(on: $0) }
            cluster.slice("shop", name, endpoints)
        }
        cluster.service("shop", "empty", selector: ["app": "empty"])
        #expect(byZone(cluster.signals(), "services_without_endpoints") == [1, 0, 0])
    }

    /// A healthy pod is pinned where its bound volumes and what it asks of the zone leave one zone.
    @Test func podsPinned() {
        var cluster = ClusterBuilder.threeZones()
        let db = cluster.statefulSet("shop", "db", replicas: 4)
        cluster.boundClaim("shop", "only-a", zones: ["a"])
        cluster.boundClaim("shop", "a-or-b", zones: ["a", "b"])
        cluster.boundClaim("other", "elsewhere", zones: ["c"])
        cluster.pods(of: db, on: ["w-a", "w-b"], claims: ["only-a", "a-or-b"])
        // The claim of that name in this namespace is not bound: the volume is another's.
        cluster.pods(of: db, on: ["w-c"], from: 2, claims: ["elsewhere"])
        #expect(byZone(cluster.signals(), "pods_pinned") == [1, 0, 0])
        // Volume: a or b. Its own words: b or c. Both: b.
        cluster.pods(of: db, on: ["w-b"], from: 1, shape: .zones("b", "c"), claims: ["a-or-b"])
        cluster.pods(of: db, on: ["w-c"], from: 3, shape: .zones("c"))
        #expect(byZone(cluster.signals(), "pods_pinned") == [1, 1, 1])
        // What is not healthy has nothing to lose.
        cluster.pods(of: db, on: ["w-c"], from: 3, shape: .zones("c")) { $0.flags.remove(.ready) }
        #expect(byZone(cluster.signals(), "pods_pinned") == [1, 1, 0])
        cluster.pods(of: cluster.daemonSet("shop", "agent", nodes: 1), on: ["w-c"], claims: ["only-a"])
        #expect(byZone(cluster.signals(), "pods_pinned") == [1, 1, 0])
    }

    /// No node of the volume's zone is there any more: the volume's own words still name it.
    @Test func podsPinnedToAZoneThatIsGone() {
        var cluster = ClusterBuilder.threeZones()
        cluster.boundClaim("shop", "in-d", zones: ["d"])
        cluster.pods(of: cluster.statefulSet("shop", "db", replicas: 1), on: ["w-a"], claims: ["in-d"])
        #expect(byZone(cluster.signals(), "pods_pinned") == [0, 0, 0])
    }

    @Test func apiServersLeft() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        #expect(byZone(cluster.signals(), "apiservers_left") == [2, 2, 2])
        cluster.apiServer("10.0.0.3:6443", isReachable: false)
        #expect(byZone(cluster.signals(), "apiservers_left") == [1, 1, 2])
    }

    /// One source of several gone: its families are absent, the others stand.
    @Test func eachFamilyNeedsItsOwnSources() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.state.sources[.services]?.state = .forbidden
        cluster.state.sources[.poddisruptionbudgets]?.state = .stale
        cluster.state.sources[.persistentvolumes]?.state = .forbidden
        let signals = cluster.signals()
        #expect(byZone(signals, "services_without_endpoints") == [nil, nil, nil])
        #expect(byZone(signals, "pdbs_violated") == [nil, nil, nil])
        #expect(byZone(signals, "pods_pinned") == [nil, nil, nil])
        #expect(byZone(signals, "workloads_unavailable") == [0, 0, 0])
        #expect(byZone(signals, "apiservers_left") == [2, 2, 2])
        // All three are optional to the area.
        #expect(signals.status(.zones) == .ok)
    }
}
