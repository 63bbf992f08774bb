import ClusterState
import HASignals
import Testing

/// Area 17: the cluster's layout.
struct SingleNodeDeploymentTests {
    @Test(arguments: [
        ([("a", "r1")], "single_node"), ([("", ""), ("", "")], "single_zone"),
        ([("a", "r1"), ("a", "r1")], "single_zone"), ([("a", ""), ("", "")], "single_zone"),
        ([("a", "r1"), ("b", "r1")], "multi_zone"), ([("a", "r1"), ("b", "r2")], "multi_region"),
    ])
    func layout(_ nodes: [(String, String)], _ topology: String) {
        var cluster = ClusterBuilder()
        for (number, node) in nodes.enumerated() {
            cluster.node("n-\(number)", zone: node.0, region: node.1, ready: .isTrue)
        }
        let signals = cluster.signals()
        #expect(signals["cluster_topology_info", ["topology": topology]] == 1)
        #expect(signals.count("cluster_topology_info") == 1)
        #expect(signals["cluster_single_node"] == (nodes.count == 1 ? 1 : 0))
        #expect(signals.raised("single-node-cluster") == (nodes.count == 1 ? ["Cluster"] : []))
        #expect(signals.status(.deployment) == .ok)
    }

    /// Nodes that cannot be listed are not a cluster of none.
    @Test func unknownNodesAreNoLayout() {
        var cluster = ClusterBuilder.workers(1)
        cluster.state.sources[.nodes]?.state = .unauthorized
        let signals = cluster.signals()
        #expect(signals.count("cluster_topology_info") == 0)
        #expect(signals["cluster_single_node"] == nil)
        #expect(!signals.isEvaluated("single-node-cluster"))
        #expect(signals.status(.deployment) == .unknown)
    }
}
