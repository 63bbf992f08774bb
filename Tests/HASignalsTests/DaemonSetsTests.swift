import ClusterState
import Exposition
import Testing

@testable import HASignals

struct DaemonSetsTests {
    @Test func countsAreThoseOfTheStatus() {
        var cluster = ClusterBuilder()
        cluster.daemonSet("kube-system", "agent", nodes: 8) {
            $0.ready = 6
            $0.unavailable = 2
            $0.misscheduled = 1
        }
        let found = cluster.collect()
        let labels = ["namespace": "kube-system", "daemonset": "agent"]
        #expect(found.value("kube_ha_daemonset_nodes_desired", labels) == 8)
        #expect(found.value("kube_ha_daemonset_nodes_ready", labels) == 6)
        #expect(found.value("kube_ha_daemonset_nodes_unavailable", labels) == 2)
        #expect(found.value("kube_ha_daemonset_nodes_misscheduled", labels) == 1)
        #expect(found.value("kube_ha_daemonset_coverage_ratio", labels) == 0.75)
        #expect(found.found("daemonset-misscheduled") == ["kube-system/agent"])
    }

    /// A DaemonSet that is meant for no node (GPUs that nobody has) covers nothing, neither all nor none.
    @Test func noNodeWantedHasNoRatio() {
        var cluster = ClusterBuilder()
        cluster.daemonSet("kube-system", "gpu", nodes: 0)
        let found = cluster.collect()
        #expect(found.value("kube_ha_daemonset_nodes_desired") == 0)
        #expect(found.table.samples(of: "kube_ha_daemonset_coverage_ratio").isEmpty)
    }

    /// An agent may be updated everywhere at once; what a Service sends requests to had better not.
    @Test func updateOfAllAtOnceMattersBehindAService() {
        var cluster = ClusterBuilder()
        for name in ["agent", "proxy"] {
            cluster.daemonSet("edge", name, nodes: 4) { $0.maxUnavailable = .percent(100) }
        }
        cluster.service("edge", "proxy", selector: ["app": "proxy"])
        #expect(cluster.collect().found("daemonset-update-takes-all") == ["edge/proxy"])
    }

    @Test func nothingIsSaidWithoutItsSource() {
        var cluster = ClusterBuilder()
        cluster.daemonSet("kube-system", "agent") { $0.misscheduled = 1 }
        cluster.set(.daemonsets, .stale)
        let found = cluster.collect()
        #expect(found.table.samples(of: "kube_ha_daemonset_nodes_desired").isEmpty)
        #expect(found.found("daemonset-misscheduled").isEmpty)
        #expect(found.areas.first { $0.name == .daemonsets }?.status == .unknown)
    }

    /// The controller counts a pod on a node that it left out as misscheduled (updateDaemonSetStatus in
    /// pkg/controller/daemon/daemon_controller.go). Where that node is not Ready, it is the node that is at fault.
    @Test func podsOnNodesThatAreNotReadyAreNotMisscheduled() {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        cluster.node("a2", zone: "", ready: .unknown, taints: ["node.kubernetes.io/unreachable"])
        let agent = cluster.daemonSet("kube-system", "agent", nodes: 1) { $0.misscheduled = 1 }
        cluster.pods(of: agent, on: ["a1", "a2"])
        #expect(cluster.collect().found("daemonset-misscheduled").isEmpty)
        #expect(cluster.collect().value("kube_ha_daemonset_nodes_misscheduled") == 1)
        // One more, on a node that is Ready.
        cluster.daemonSet("kube-system", "agent", nodes: 1) { $0.misscheduled = 2 }
        #expect(cluster.collect().message("daemonset-misscheduled") == "1 node runs a pod and should not")
    }
}
