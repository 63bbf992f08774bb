import ClusterState
import Exposition

extension Zones {
    static let workloadZones = Family(
        "kube_ha_workload_zones",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods", "nodes"],
        help: "Distinct zones of the workload's healthy pods."
    )
    static let workloadNodes = Family(
        "kube_ha_workload_nodes",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods", "nodes"],
        help: "Distinct nodes of the workload's healthy pods."
    )
    static let eligibleZones = Family(
        "kube_ha_workload_eligible_zones",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "nodes"],
        help:
            "Zones with a usable node that the workload's node selector, required node affinity, tolerations and shared zonal volumes admit."
    )
    static let zoneSkew = Family(
        "kube_ha_workload_zone_skew",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods", "nodes"],
        help: "Most minus fewest healthy pods over the workload's eligible zones; absent with fewer than two."
    )
    static let zoneSkewLimit = Family(
        "kube_ha_workload_zone_skew_limit",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "The maxSkew of a topologySpreadConstraint that binds the workload's zones."
    )
    static let survivingZoneLoss = Family(
        "kube_ha_workload_replicas_surviving_zone_loss",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods", "nodes"],
        help: "Healthy pods left after the loss of the worst zone."
    )
    static let survivingNodeLoss = Family(
        "kube_ha_workload_replicas_surviving_node_loss",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods", "nodes"],
        help: "Healthy pods left after the loss of the worst node."
    )

    static let placementFamilies: [any AnyFamily] = [
        workloadZones, workloadNodes, eligibleZones, zoneSkew, zoneSkewLimit, survivingZoneLoss, survivingNodeLoss,
    ]

    static func addSamples(
        _ workload: Workload,
        _ spread: Spread,
        _ eligible: Set<Int>,
        limit: Int?,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let labels = context.labels(workload, &sink)
        if context.index.hasZones { sink.add(workloadZones, labels, spread.byZone.count) }
        sink.add(workloadNodes, labels, spread.byNode.count)
        addTemplateSamples(eligible: eligible, limit: limit, context, labels, &sink)
        if let skew = spread.skew(over: eligible) { sink.add(zoneSkew, labels, skew) }
        if let left = spread.survivingZoneLoss { sink.add(survivingZoneLoss, labels, left) }
        sink.add(survivingNodeLoss, labels, spread.survivingNodeLoss)
    }

    static func addTemplateSamples(
        _ workload: Workload,
        at position: Int,
        placement: inout ZonePlacement,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let id = placement.placement(of: workload, at: position)
        let labels = context.labels(workload, &sink)
        addTemplateSamples(
            eligible: id.map { placement.eligibleZones(of: workload, $0) } ?? [],
            limit: skewLimit(workload, context),
            context,
            labels,
            &sink
        )
    }

    private static func addTemplateSamples(
        eligible: Set<Int>,
        limit: Int?,
        _ context: CollectionContext,
        _ labels: LabelBlock<3>,
        _ sink: inout Sink
    ) {
        sink.add(eligibleZones, labels, eligible.count)
        if let limit { sink.add(zoneSkewLimit, labels, limit) }
    }
}
