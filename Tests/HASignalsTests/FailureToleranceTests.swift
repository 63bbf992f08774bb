import ClusterState
import HASignals
import Testing

/// `control_plane_failure_tolerance`: whichever nodes go, a serving API server and a quorum must be left.
struct FailureToleranceTests {
    private func tolerance(_ cluster: ClusterBuilder) -> Double? {
        cluster.signals()["control_plane_failure_tolerance"]
    }

    /// Three API servers bear two losses, three members one: the lower counts.
    @Test func isBoundedByQuorum() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        #expect(tolerance(cluster) == 1)
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .silent(3, "cp-c")])
        #expect(tolerance(cluster) == 0)
        cluster.etcd([.up(1, "cp-a"), .silent(2, "cp-b"), .silent(3, "cp-c")])
        #expect(tolerance(cluster) == -1)
    }

    @Test func isBoundedByServingAPIServers() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.apiServer("10.0.0.2:6443", isEtcdReady: false)
        cluster.apiServer("10.0.0.3:6443", isReachable: false)
        #expect(tolerance(cluster) == 0)
        cluster.apiServer("10.0.0.1:6443", isReady: false)
        #expect(tolerance(cluster) == -1)
    }

    /// The worst choice of one node takes both members that live on it: 1 of 3 voters is no quorum.
    @Test func countsTheWorstNode() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.etcd([
            .up(1, "cp-a"), .up(2, "second", urls: ["https://10.0.0.1:22379"]), .up(3, "cp-c"),
        ])
        #expect(tolerance(cluster) == 0)
    }

    /// Learners do not vote: three healthy voters bear one loss, with or without a learner beside them.
    @Test func leavesLearnersOut() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.node("cp-d", zone: "a", role: .controlPlane, ready: .isTrue)
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .up(3, "cp-c"), .up(4, "cp-d", isLearner: true)])
        #expect(tolerance(cluster) == 1)
    }

    /// etcd on machines of its own is not lost with control-plane nodes.
    @Test func leavesExternalEtcdOut() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.etcd([.up(1, "etcd-1"), .up(2, "etcd-2"), .up(3, "etcd-3")])
        #expect(tolerance(cluster) == 2)
    }

    /// Of kops' members neither name nor client URL is that of a node, but they run on the masters all the same: one of
    /// three is down already, and whichever node is lost next may have another one.
    @Test func isAbsentWhereMembersOfPodsMatchNoNode() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        let urls = ["https://etcd-b.internal.example.com:4001"]
        cluster.etcd([.up(1, "etcd-a", urls: urls), .up(2, "etcd-b", urls: urls), .silent(3, "etcd-c", urls: urls)])
        #expect(tolerance(cluster) == 2)
        cluster.staticPod("etcd-manager-main", on: "cp-a")
        #expect(tolerance(cluster) == nil)
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_survives", ["event": "control_plane_node_loss"]) == nil)
        #expect(
            found.survival[.controlPlaneNodeLoss].reason
                == "the node of a member of etcd or of a serving API server is not known"
        )
    }

    /// etcd pods on the masters without a member list: their quorum is unknown, and so is the tolerance.
    @Test func isAbsentWhereMembersOnTheseNodesAreNotKnown() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.probes.etcdClusters = []
        #expect(tolerance(cluster) == 2)
        cluster.staticPod("etcd", on: "cp-a")
        #expect(tolerance(cluster) == nil)
    }

    @Test func isAbsentWhereAServingAPIServerHasNoKnownNode() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.apiServer("api.example.com:443")
        #expect(tolerance(cluster) == nil)
        #expect(cluster.signals().count("zone_loss_apiservers_left") == 0)
    }

    /// An API server is found by its node's address, else by the host that its identity lease names, else by its pod.
    @Test func findsTheNodesOfAPIServers() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .up(3, "cp-c")])
        cluster.apiServer("10.0.0.1:6443")
        cluster.apiServer("172.16.0.2:6443")
        cluster.apiServer("172.16.0.3:6443")
        cluster.identity("apiserver-b", renewedAgo: 5, address: "172.16.0.2:6443", host: "cp-b")
        #expect(tolerance(cluster) == nil)
        cluster.staticPod("kube-apiserver", on: "cp-c", annotation: "172.16.0.3:6443") {
            $0.flags.insert(.advertisesAddress)
        }
        let signals = cluster.signals()
        #expect(signals["control_plane_failure_tolerance"] == 1)
        for zone in ["a", "b", "c"] { #expect(signals["zone_loss_apiservers_left", ["topology_zone": zone]] == 2) }
    }

    /// Without what it is told from it is absent, not 0.
    @Test(arguments: [Source.nodes, .apiserver, .etcd])
    func isAbsentWithoutItsSources(_ source: Source) {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.state.sources[source]?.state = .stale
        #expect(tolerance(cluster) == nil)
    }
}
