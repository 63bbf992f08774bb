import ClusterState
import Exposition

extension Zones {
    static let zoneUnavailable = Family(
        "kube_ha_zone_loss_workloads_unavailable",
        .gauge,
        labels: "topology_zone",
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads that would lose every healthy pod with the zone."
    )
    static let zoneDegraded = Family(
        "kube_ha_zone_loss_workloads_degraded",
        .gauge,
        labels: "topology_zone",
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads that would lose some healthy pods with the zone."
    )
    static let zonePDBs = Family(
        "kube_ha_zone_loss_pdbs_violated",
        .gauge,
        labels: "topology_zone",
        sources: ["poddisruptionbudgets", "pods", "nodes"],
        help: "Budgets that would fall below desiredHealthy with the zone."
    )
    static let zoneServices = Family(
        "kube_ha_zone_loss_services_without_endpoints",
        .gauge,
        labels: "topology_zone",
        sources: ["services", "endpointslices", "nodes"],
        help: "Services that would lose every ready endpoint with the zone."
    )
    static let zoneAPIServers = Family(
        "kube_ha_zone_loss_apiservers_left",
        .gauge,
        labels: "topology_zone",
        sources: ["apiserver", "leases", "nodes", "pods"],
        help: "Serving API servers left without the zone."
    )
    static let podsPinned = Family(
        "kube_ha_zone_loss_pods_pinned",
        .gauge,
        labels: "topology_zone",
        sources: ["pods", "nodes", "persistentvolumeclaims", "persistentvolumes"],
        help: "Healthy pods that could not run in any other zone."
    )
    static let zoneCapacity = Family(
        "kube_ha_zone_loss_capacity_ratio",
        .gauge,
        labels: "topology_zone",
        "resource",
        sources: ["nodes", "pods"],
        help: "Requests to place over room left without the zone; above 1 they cannot all run."
    )
    static let nodeUnavailable = Family(
        "kube_ha_node_loss_workloads_unavailable",
        .gauge,
        labels: "node",
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads that would lose every healthy pod with the node."
    )
    static let nodePDBs = Family(
        "kube_ha_node_loss_pdbs_violated",
        .gauge,
        labels: "node",
        sources: ["poddisruptionbudgets", "pods", "nodes"],
        help: "Budgets that would fall below desiredHealthy with the node."
    )

    static let lossFamilies: [any AnyFamily] = [
        zoneUnavailable, zoneDegraded, zonePDBs, zoneServices, zoneAPIServers, podsPinned, zoneCapacity,
        nodeUnavailable, nodePDBs,
    ]

    static func addZoneLosses(
        _ cluster: Cluster,
        _ losses: Losses,
        _ budgets: BudgetLosses,
        _ placement: inout ZonePlacement,
        _ sink: inout Sink
    ) {
        guard cluster.isOK(.nodes), cluster.index.hasZones else { return }
        let services = serviceLosses(cluster)
        let serving = ControlPlaneFacts(cluster).servingByZone
        let pinned = pinnedPods(cluster, &placement)
        let capacity = cluster.isOK(.pods) ? Capacity(cluster) : nil
        for (zone, name) in cluster.index.zones.enumerated() {
            let labels = sink.labels("topology_zone", cluster.text(name))
            sink.add(zoneUnavailable, labels, losses.zones.unavailable[zone] ?? 0)
            sink.add(zoneDegraded, labels, losses.zones.degraded[zone] ?? 0)
            sink.add(zonePDBs, labels, budgets.byZone[zone] ?? 0)
            sink.add(zoneServices, labels, services[name] ?? 0)
            if let serving { sink.add(zoneAPIServers, labels, serving.filter { $0.key != zone }.values.reduce(0, +)) }
            sink.add(podsPinned, labels, pinned[zone] ?? 0)
            for (resource, ratio) in capacity?.ratiosAfterZoneLoss(zone, cluster.index) ?? [] {
                let labels = sink.labels("topology_zone", cluster.text(name), "resource", resource)
                sink.add(zoneCapacity, labels, ratio)
            }
        }
    }

    static func addNodeLosses(
        _ cluster: Cluster,
        _ losses: Losses,
        _ budgets: BudgetLosses,
        _ sink: inout Sink
    ) {
        for (position, node) in cluster.index.nodes.enumerated() {
            let labels = sink.labels("node", cluster.text(node.meta.name))
            sink.add(nodeUnavailable, labels, losses.nodes.unavailable[position] ?? 0)
            sink.add(nodePDBs, labels, budgets.byNode[position] ?? 0)
        }
    }

    /// Services whose every ready endpoint is in one zone, by the zone's name.
    private static func serviceLosses(_ cluster: Cluster) -> [StringID: Int] {
        var lost: [StringID: Int] = [:]
        for facts in cluster.index.services where facts.zones.areKnown && facts.zones.count == 1 {
            lost[facts.zones.first, default: 0] += 1
        }
        return lost
    }

    /// Healthy pods that could not run in any other zone, by zone: their bound volumes and what they ask of the zone
    /// leave that one only. DaemonSets' pods are meant for their nodes and left out.
    private static func pinnedPods(_ cluster: Cluster, _ placement: inout ZonePlacement) -> [Int: Int] {
        let interner = cluster.state.interner
        let volumes = cluster.index.volumes
        let positions = Dictionary(uniqueKeysWithValues: cluster.index.zones.enumerated().map { ($1, $0) })
        var pinned: [Int: Int] = [:]
        cluster.state.pods.forEach { number, pod in
            guard number < cluster.index.pods.count, cluster.index.pods[number].isHealthy,
                !cluster.index.pods[number].isDaemon
            else { return }
            var allowed = placement.requiredZones(pod.placement(interner))
            volumes.forEachVolume(of: pod, interner) { volume in
                guard let zones = volumes.reach(ofRow: volume).zones else { return }
                let reachable = Set(zones.map { positions[$0] ?? -1 })
                allowed = allowed.map { $0.intersection(reachable) } ?? reachable
            }
            if let allowed, allowed.count == 1, let zone = allowed.first { pinned[zone, default: 0] += 1 }
        }
        return pinned
    }
}
