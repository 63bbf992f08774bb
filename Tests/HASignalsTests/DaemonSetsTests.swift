import ClusterState
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
        #expect(found.series("kube_ha_daemonset_coverage_ratio").isEmpty)
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
        #expect(found.series("kube_ha_daemonset_nodes_desired").isEmpty)
        #expect(found.found("daemonset-misscheduled").isEmpty)
        #expect(found.areas.first { $0.name == .daemonsets }?.status == .unknown)
    }
}
