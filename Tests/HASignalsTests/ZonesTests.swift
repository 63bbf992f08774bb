import ClusterState
import HASignals
import Testing

/// Area 12 over clusters built in code: zones, their nodes, and what is said when one goes. Placement of workloads:
/// ``ZonePlacementTests`` and ``ZoneSpreadTests``; what-if: ``ZoneLossTests``.
struct ZonesTests {
    @Test func zonesAndTheirNodes() {
        var cluster = ClusterBuilder.threeZones()
        cluster.node("w-a2", zone: "a", region: "r1", ready: .isTrue)
        cluster.node("w-b", zone: "b") { $0.isCordoned = true }
        cluster.node("w-c", zone: "c") { $0.ready = .isFalse }
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 3), on: ["w-a", "w-c", "w-b"])
        let signals = cluster.signals()
        #expect(signals["zones"] == 3)
        #expect(signals["zones_expected"] == 3)
        #expect(signals["regions"] == 1)
        #expect(signals["nodes_without_zone"] == 0)
        #expect(signals["zone_nodes", ["topology_zone": "b", "topology_region": ""]] == 2)
        #expect(signals["zone_nodes", ["topology_zone": "a", "topology_region": "r1"]] == 1)
        #expect(signals["zone_nodes_ready", ["topology_zone": "b"]] == 2)
        #expect(signals["zone_nodes_usable", ["topology_zone": "b"]] == 1)
        #expect(signals["zone_nodes_ready", ["topology_zone": "c"]] == 1)
        #expect(signals["zone_healthy_pods", ["topology_zone": "b"]] == 1)
        // NotReady, not silent: the kubelet still speaks for its pods.
        #expect(signals["zone_healthy_pods", ["topology_zone": "c"]] == 1)
        // Usable workers: a 2, b 0, c 0; masters one each.
        #expect(signals["node_zone_skew", ["role": "worker"]] == 2)
        #expect(signals["node_zone_skew", ["role": "control-plane"]] == 0)
        #expect(signals["node_zone_skew", ["role": "etcd"]] == nil)
    }

    /// Old cloud providers set the beta labels only; where both are, the newer one counts.
    @Test func legacyZoneLabels() {
        var cluster = ClusterBuilder()
        cluster.node(
            "w-1",
            labels: ["failure-domain.beta.kubernetes.io/zone": "a", "failure-domain.beta.kubernetes.io/region": "r"]
        )
        cluster.node("w-2", zone: "b", labels: ["failure-domain.beta.kubernetes.io/zone": "old"])
        let signals = cluster.signals()
        #expect(signals["zone_nodes", ["topology_zone": "a", "topology_region": "r"]] == 1)
        #expect(signals["zone_nodes", ["topology_zone": "b", "topology_region": ""]] == 1)
        #expect(signals["zones"] == 2)
    }

    /// Without zones nothing can be said of their loss: families about them are absent, those about nodes are not.
    @Test func clusterWithoutZones() {
        var cluster = ClusterBuilder.workers(3)
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-1", "w-2"])
        cluster.deployment("shop", "off", replicas: 0)
        let signals = cluster.signals()
        #expect(signals["zones"] == 0)
        #expect(signals["nodes_without_zone"] == 3)
        for family in [
            "zone_nodes", "zone_nodes_ready", "zone_nodes_usable", "zone_healthy_pods", "node_zone_skew",
            "workload_zones", "workload_zone_skew", "zone_loss_workloads_unavailable",
            "zone_loss_workloads_degraded", "zone_loss_pdbs_violated", "zone_loss_services_without_endpoints",
            "zone_loss_apiservers_left", "zone_loss_pods_pinned", "zone_loss_capacity_ratio",
            "etcd_zone_loss_has_quorum",
        ] {
            #expect(signals.count(family) == 0, "\(family)")
        }
        #expect(signals["workload_eligible_zones", ["workload": "web"]] == 0)
        #expect(signals["workload_replicas_surviving_zone_loss", ["workload": "web"]] == nil)
        // None healthy: none survives, wherever.
        #expect(signals["workload_replicas_surviving_zone_loss", ["workload": "off"]] == 0)
        #expect(signals["workload_replicas_surviving_node_loss", ["workload": "web"]] == 1)
        #expect(signals["node_loss_workloads_unavailable", ["node": "w-1"]] == 0)
        #expect(signals.raised("cluster-without-zones") == ["Cluster"])
        #expect(signals.raised("node-without-zone").isEmpty)
        #expect(signals.status(.zones) == .ok)
    }

    /// One node was forgotten: it is named, and what runs there is in no known zone.
    @Test func nodesWithZonesAndWithout() {
        var cluster = ClusterBuilder.threeZones()
        cluster.node("w-x")
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-a", "w-x"])
        let signals = cluster.signals()
        #expect(signals["zones"] == 3)
        #expect(signals["nodes_without_zone"] == 1)
        #expect(signals["node_ready", ["node": "w-x", "topology_zone": ""]] == 1)
        #expect(signals.raised("node-without-zone") == ["Node w-x"])
        #expect(signals.raised("cluster-without-zones").isEmpty)
        #expect(signals["workload_zones", ["workload": "web"]] == 1)
        #expect(signals["workload_replicas_surviving_zone_loss", ["workload": "web"]] == nil)
        #expect(signals["workload_replicas_surviving_node_loss", ["workload": "web"]] == 1)
        // One pod is known not to be in a: with a, the workload is degraded and not gone.
        #expect(signals["zone_loss_workloads_degraded", ["topology_zone": "a"]] == 1)
        #expect(signals["zone_loss_workloads_unavailable", ["topology_zone": "a"]] == 0)
        #expect(signals.raised("workload-single-zone").isEmpty)
    }

    /// A single node is a finding of its own (area 17): nothing about spread is said on top of it.
    @Test func singleNode() {
        var cluster = ClusterBuilder()
        cluster.node("only")
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 3), on: ["only", "only", "only"])
        let signals = cluster.signals()
        #expect(signals["workload_nodes", ["workload": "web"]] == 1)
        #expect(signals.raised("workload-single-node").isEmpty)
        #expect(signals.raised("cluster-without-zones").isEmpty)
        #expect(signals.raised("node-without-zone").isEmpty)
        #expect(signals.raised("single-node-cluster") == ["Cluster"])
        #expect(signals.rules(.warning).isEmpty)
    }

    // MARK: Zones lost

    private func crowded() -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        cluster.node("w-a2", zone: "a")
        // Would be found: crowded into one zone, skewed beyond its limit.
        let shape = PodShape(spread: [PodShape.Spread()])
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 3, shape: shape), on: ["w-a", "w-a2", "w-a"])
        return cluster
    }

    /// With a zone gone everything crowds into the others: that is no fault of the workloads, and not looked for.
    @Test func lostZoneSuspendsTheSpreadRules() {
        var cluster = crowded()
        let spreadRules = [
            "workload-single-zone", "workload-zone-pinned", "workload-single-node", "workload-zone-skew",
        ]
        for rule in spreadRules { #expect(cluster.signals().isEvaluated(rule), "\(rule)") }
        #expect(cluster.signals().raised("workload-zone-skew") == ["Deployment shop/web"])
        cluster.observe(uptime: 0)
        cluster.node("w-c", zone: "c") { $0.ready = .unknown }
        // The master there is still Ready: hurt, not lost.
        #expect(cluster.signals().raised("zone-lost").isEmpty)
        cluster.node("cp-c", zone: "c", role: .controlPlane, ready: .isFalse)
        cluster.observe(uptime: 15)
        let signals = cluster.signals()
        #expect(signals.raised("zone-lost") == ["Zone c"])
        #expect(signals.messages("zone-lost") == ["none of its 2 nodes is Ready"])
        #expect(signals.status(.zones) == .critical)
        for rule in spreadRules {
            #expect(!signals.isEvaluated(rule) && signals.raised(rule).isEmpty, "\(rule)")
        }
        // What is measured is measured all the same.
        #expect(signals["workload_zone_skew", ["workload": "web"]] == 3)
        #expect(signals.messages("zone-missing") == ["2 of 3 zones have a Ready node"])
    }

    /// Over half of the zone's nodes, and three at least: two of three may be a coincidence.
    @Test(arguments: [
        (5, 3, true), (5, 2, false), (6, 3, false), (7, 4, true), (3, 2, false), (4, 3, true),
    ])
    func degradedZone(_ nodes: Int, _ down: Int, _ isRaised: Bool) {
        var cluster = ClusterBuilder()
        for number in 1...nodes {
            cluster.node("w-\(number)", zone: "a") { if number <= down { $0.ready = .isFalse } }
        }
        let signals = cluster.signals()
        #expect(signals.raised("zone-degraded") == (isRaised ? ["Zone a"] : []))
        if isRaised {
            #expect(signals.messages("zone-degraded") == ["\(down) of its \(nodes) nodes are not Ready"])
        }
        #expect(signals.raised("zone-lost").isEmpty)
    }

    // MARK: Zones expected

    /// A zone whose nodes failed and were then deleted leaves no trace in the cluster: the most zones of a day remember
    /// it.
    @Test func expectedZonesAreTheMostOfTheLast24Hours() {
        var cluster = ClusterBuilder.threeZones()
        let start = 3_500.0
        cluster.observe(uptime: start)
        cluster.node("w-c", zone: "c") { $0.ready = .unknown }
        cluster.node("cp-c", zone: "c", role: .controlPlane, ready: .unknown)
        cluster.observe(uptime: start + 15)
        for name in ["cp-c", "w-c"] { cluster.state.nodes.remove(UID("Node//\(name)")) }
        cluster.observe(uptime: start + 86_300)
        let missing = cluster.signals()
        #expect(missing["zones"] == 2)
        #expect(missing["zones_expected"] == 3)
        #expect(missing.raised("zone-missing") == ["Cluster"])
        #expect(missing.raised("zone-lost").isEmpty)
        #expect(missing.status(.zones) == .warning)
        cluster.observe(uptime: start + 86_501)
        #expect(cluster.signals()["zones_expected"] == 2)
        #expect(cluster.signals().raised("zone-missing").isEmpty)
    }

    /// A zone whose nodes were deleted while Ready, cordoned, or already being deleted was emptied by an autoscaler, and
    /// is expected no more; a node that failed before makes it one that was lost, until all of the zone were Ready again.
    @Test(arguments: [true, false])
    func emptiedZonesAreNotExpected(hasFailed: Bool) {
        var cluster = ClusterBuilder.threeZones()
        let deletion = cluster.ago(5)
        let taint = Taint(key: cluster.id("ToBeDeletedByClusterAutoscaler"), value: .empty, effect: .noSchedule)
        cluster.node("cp-c", zone: "c", role: .controlPlane, ready: .isTrue)
        cluster.node("w-c", zone: "c") {
            $0.ready = .unknown
            $0.isCordoned = true
        }
        cluster.node("w-c2", zone: "c") {
            $0.ready = .isFalse
            $0.meta.deletion = deletion
        }
        cluster.node("w-c3", zone: "c") {
            $0.ready = .isFalse
            if !hasFailed { $0.taints = [taint] }
        }
        cluster.observe(uptime: 0)
        cluster.state.nodes.remove(UID("Node//w-c3"))
        cluster.observe(uptime: 15)
        for name in ["cp-c", "w-c", "w-c2"] { cluster.state.nodes.remove(UID("Node//\(name)")) }
        cluster.observe(uptime: 30)
        #expect(cluster.signals()["zones_expected"] == (hasFailed ? 3 : 2))
        #expect(cluster.signals().raised("zone-missing") == (hasFailed ? ["Cluster"] : []))
        // It comes back, whole, and is emptied in order.
        cluster.node("w-c", zone: "c")
        cluster.observe(uptime: 45)
        #expect(cluster.signals()["zones_expected"] == 3)
        cluster.state.nodes.remove(UID("Node//w-c"))
        cluster.observe(uptime: 60)
        #expect(cluster.signals()["zones_expected"] == 2)
    }

    /// Nodes that are being deleted, and new ones that have not come up yet, tell nothing of their zone.
    @Test func nodesThatComeAndGoDoNotLoseTheirZone() {
        var cluster = ClusterBuilder.threeZones()
        let created = cluster.ago(300)
        let deletion = cluster.ago(10)
        for number in 1...3 {
            cluster.node("new-\(number)", zone: "d") {
                $0.ready = .isFalse
                $0.meta.created = created
            }
            cluster.node("old-\(number)", zone: "a") {
                $0.ready = .unknown
                $0.meta.deletion = deletion
            }
        }
        cluster.observe(uptime: 0)
        #expect(cluster.signals().raised("zone-lost").isEmpty)
        #expect(cluster.signals().raised("zone-degraded").isEmpty)
        #expect(cluster.signals().isEvaluated("workload-single-zone"))
        // One that was seen Ready is no newcomer any more; neither is one that is older than 10 minutes.
        cluster.node("new-1", zone: "d") { $0.meta.created = created }
        cluster.observe(uptime: 15)
        cluster.node("new-1", zone: "d") {
            $0.ready = .unknown
            $0.meta.created = created
        }
        cluster.observe(uptime: 30)
        #expect(cluster.signals().messages("zone-lost") == ["none of its 1 nodes is Ready"])
    }

    /// What the operator says stands, more or fewer than was seen.
    @Test func expectedZonesAsTheOperatorSays() {
        var cluster = ClusterBuilder.threeZones()
        cluster.settings.expectedZones = 4
        #expect(cluster.signals()["zones_expected"] == 4)
        #expect(cluster.signals().messages("zone-missing") == ["3 of 4 zones have a Ready node"])
        cluster.settings.expectedZones = 2
        #expect(cluster.signals()["zones_expected"] == 2)
        #expect(cluster.signals().raised("zone-missing").isEmpty)
    }
}
