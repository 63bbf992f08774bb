import ClusterState
package import Exposition

/// Area 17: what kind of deployment is this: one node, one zone, several zones or regions?
package enum SingleNodeDeployment: Area {
    package static let name = AreaName.deployment

    static let topologyLabels = LabelNames(["topology"])

    static let topology = Family(
        "kube_ha_cluster_topology_info",
        .info,
        labels: topologyLabels,
        sources: ["nodes"],
        help: "The cluster's layout: single_node, single_zone, multi_zone or multi_region."
    )
    static let singleNode = Family(
        "kube_ha_cluster_single_node",
        .gauge,
        sources: ["nodes"],
        help: "1 where the cluster has one node."
    )

    package static let families: [any AnyFamily] = [topology, singleNode]

    static let single = Rule(
        "single-node-cluster",
        .info,
        needs: [.nodes],
        summary: "The cluster has one node: nothing in it can be highly available.",
        remedy: "Keep backups and a tested way to restore them; for high availability add nodes."
    )

    package static let rules = [single]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        let index = context.index
        guard !index.nodes.isEmpty else { return }
        let regions = Set(index.nodes.map(\.region).filter { !$0.isEmpty }).count
        let layout =
            index.nodes.count == 1
            ? "single_node" : regions > 1 ? "multi_region" : index.zones.count > 1 ? "multi_zone" : "single_zone"
        output.sink.add(topology, output.sink.labels(topologyLabels, [layout]), 1)
        output.sink.add(singleNode, index.nodes.count == 1)
        if index.nodes.count == 1 {
            output.raise(
                single,
                .cluster,
                "one node: the loss of \(context.text(index.nodes[0].meta.name)) is the loss of everything"
            )
        }
    }
}
