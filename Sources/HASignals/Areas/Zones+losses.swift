import ClusterState
import Exposition

extension Zones {
    static let zoneLabels = LabelNames(["topology_zone"])
    static let zoneResourceLabels = LabelNames(["topology_zone", "resource"])

    static let zoneUnavailable = Family(
        "kube_ha_zone_loss_workloads_unavailable",
        .gauge,
        labels: zoneLabels,
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads that would lose every healthy pod with the zone."
    )
    static let zoneDegraded = Family(
        "kube_ha_zone_loss_workloads_degraded",
        .gauge,
        labels: zoneLabels,
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads that would lose some healthy pods with the zone."
    )
    static let zonePDBs = Family(
        "kube_ha_zone_loss_pdbs_violated",
        .gauge,
        labels: zoneLabels,
        sources: ["poddisruptionbudgets", "pods", "nodes"],
        help: "Budgets that would fall below desiredHealthy with the zone."
    )
    static let zoneServices = Family(
        "kube_ha_zone_loss_services_without_endpoints",
        .gauge,
        labels: zoneLabels,
        sources: ["services", "endpointslices", "nodes"],
        help: "Services that would lose every ready endpoint with the zone."
    )
    static let zoneAPIServers = Family(
        "kube_ha_zone_loss_apiservers_left",
        .gauge,
        labels: zoneLabels,
        sources: ["apiserver", "leases", "nodes", "pods"],
        help: "Serving API servers left without the zone."
    )
    static let podsPinned = Family(
        "kube_ha_zone_loss_pods_pinned",
        .gauge,
        labels: zoneLabels,
        sources: ["pods", "nodes", "persistentvolumeclaims", "persistentvolumes"],
        help: "Healthy pods that could not run in any other zone."
    )
    static let zoneCapacity = Family(
        "kube_ha_zone_loss_capacity_ratio",
        .gauge,
        labels: zoneResourceLabels,
        sources: ["nodes", "pods"],
        help: "Requests to place over room left without the zone; above 1 they cannot all run."
    )
    static let nodeUnavailable = Family(
        "kube_ha_node_loss_workloads_unavailable",
        .gauge,
        labels: .node,
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads that would lose every healthy pod with the node."
    )
    static let nodePDBs = Family(
        "kube_ha_node_loss_pdbs_violated",
        .gauge,
        labels: .node,
        sources: ["poddisruptionbudgets", "pods", "nodes"],
        help: "Budgets that would fall below desiredHealthy with the node."
    )

    static let lossFamilies: [any AnyFamily] = [
        zoneUnavailable, zoneDegraded, zonePDBs, zoneServices, zoneAPIServers, podsPinned, zoneCapacity,
        nodeUnavailable, nodePDBs,
    ]

    static func addZoneLosses(
        _ context: CollectionContext,
        _ losses: WorkloadLosses,
        _ budgets: BudgetLosses,
        _ placement: inout ZonePlacement,
        _ sink: inout Sink
    ) {
        guard context.isOK(.nodes), context.index.hasZones else { return }
        let services = context.servicesInOneZone()
        let serving = ControlPlaneFacts(context).servingByZone
        let pinned = placement.pinnedPods()
        let capacity = context.isOK(.pods) ? context.index.capacity : nil
        for (zone, name) in context.index.zones.enumerated() {
            let labels = sink.labels(zoneLabels, [context.text(name)])
            sink.add(zoneUnavailable, labels, losses.zones.unavailable[zone])
            sink.add(zoneDegraded, labels, losses.zones.degraded[zone])
            sink.add(zonePDBs, labels, budgets.byZone[zone] ?? 0)
            sink.add(zoneServices, labels, services[name] ?? 0)
            if let serving { sink.add(zoneAPIServers, labels, serving.filter { $0.key != zone }.values.reduce(0, +)) }
            sink.add(podsPinned, labels, pinned[zone] ?? 0)
            for (resource, ratio) in capacity?.ratiosAfterZoneLoss(zone, context.index) ?? [] {
                let labels = sink.labels(zoneResourceLabels, [context.text(name), resource])
                sink.add(zoneCapacity, labels, ratio)
            }
        }
    }

    static func addNodeLosses(
        _ context: CollectionContext,
        _ losses: WorkloadLosses,
        _ budgets: BudgetLosses,
        _ sink: inout Sink
    ) {
        for (position, node) in context.index.nodes.enumerated() {
            let labels = sink.labels(.node, [context.text(node.meta.name)])
            sink.add(nodeUnavailable, labels, losses.nodes.unavailable[position])
            sink.add(nodePDBs, labels, budgets.byNode[position] ?? 0)
        }
    }
}
