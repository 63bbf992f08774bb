package import ClusterState
package import Exposition

/// Area 12: are workloads spread over zones, and what would the loss of a zone or a node make unavailable?
package enum Zones: Area {
    package static let name = AreaName.zones
    package static let optionalSources: Set<Source> = [.services, .poddisruptionbudgets, .persistentvolumes]

    static let zoneRegionLabels = LabelNames(["topology_zone", "topology_region"])

    static let zones = Family(
        "kube_ha_zones",
        .gauge,
        sources: ["nodes"],
        help: "Zones with a node."
    )
    static let expected = Family(
        "kube_ha_zones_expected",
        .gauge,
        sources: ["nodes"],
        help:
            "Expected zones: --expected.zones, else the most with a Ready node at one time within 24 h, without zones that were emptied."
    )
    static let regions = Family(
        "kube_ha_regions",
        .gauge,
        sources: ["nodes"],
        help: "Regions with a node."
    )
    static let nodesWithoutZone = Family(
        "kube_ha_nodes_without_zone",
        .gauge,
        sources: ["nodes"],
        help: "Nodes without a zone label."
    )
    static let zoneNodes = Family(
        "kube_ha_zone_nodes",
        .gauge,
        labels: zoneRegionLabels,
        sources: ["nodes"],
        help: "Nodes in the zone."
    )
    static let zoneNodesReady = Family(
        "kube_ha_zone_nodes_ready",
        .gauge,
        labels: zoneRegionLabels,
        sources: ["nodes"],
        help: "Nodes in the zone that are Ready."
    )
    static let zoneNodesUsable = Family(
        "kube_ha_zone_nodes_usable",
        .gauge,
        labels: zoneRegionLabels,
        sources: ["nodes"],
        help: "Nodes in the zone that are Ready, not cordoned and not being deleted."
    )
    static let zoneHealthyPods = Family(
        "kube_ha_zone_healthy_pods",
        .gauge,
        labels: zoneRegionLabels,
        sources: ["nodes", "pods"],
        help: "Healthy pods in the zone."
    )
    static let nodeSkew = Family(
        "kube_ha_node_zone_skew",
        .gauge,
        labels: .role,
        sources: ["nodes"],
        help: "Most minus fewest usable nodes over the zones that have a node of the role."
    )

    package static let families: [any AnyFamily] =
        [
            zones, expected, regions, nodesWithoutZone, zoneNodes, zoneNodesReady, zoneNodesUsable, zoneHealthyPods,
            nodeSkew,
        ] + placementFamilies + lossFamilies

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        addNodes(context, &output.sink)
        evaluateNodes(context, &output)
        var placement = ZonePlacement(context)
        var losses = WorkloadLosses(context.index)
        addWorkloads(context, &placement, &losses, &output)
        let budgets = BudgetLosses(context)
        addZoneLosses(context, losses, budgets, &placement, &output.sink)
        addNodeLosses(context, losses, budgets, &output.sink)
    }

    private static func addNodes(_ context: CollectionContext, _ sink: inout Sink) {
        let index = context.index
        let ready = Set(index.nodes.lazy.filter { $0.isReady && !$0.zone.isEmpty }.map(\.zone)).count
        sink.add(zones, index.zones.count)
        sink.add(expected, context.settings.expectedZones ?? context.observations.mostReadyZones ?? ready)
        sink.add(regions, Set(index.nodes.map(\.region).filter { !$0.isEmpty }).count)
        sink.add(nodesWithoutZone, index.nodes.count { $0.zone.isEmpty })
        for place in places(context) {
            let labels = sink.labels(zoneRegionLabels, [context.text(place.zone), context.text(place.region)])
            sink.add(zoneNodes, labels, place.nodes.count)
            sink.add(zoneNodesReady, labels, place.nodes.count { index.nodes[$0].isReady })
            sink.add(zoneNodesUsable, labels, place.nodes.count { index.nodes[$0].isUsable })
            guard context.isOK(.pods) else { continue }
            var healthy = 0
            for node in place.nodes {
                index.podsByNode.forEach(in: node) { if index.pods[$0].isHealthy { healthy += 1 } }
            }
            sink.add(zoneHealthyPods, labels, healthy)
        }
        for role in NodeRole.allCases {
            var usable: [StringID: Int] = [:]
            for node in index.nodes where node.role == role && !node.zone.isEmpty {
                usable[node.zone, default: 0] += node.isUsable ? 1 : 0
            }
            guard let most = usable.values.max(), let fewest = usable.values.min() else { continue }
            sink.add(nodeSkew, sink.labels(.role, [role.name]), most - fewest)
        }
    }

    /// The zones with their regions, and the positions of their nodes. A zone name that two regions use is two places.
    private static func places(_ context: CollectionContext) -> [(zone: StringID, region: StringID, nodes: [Int])] {
        struct Place: Hashable {
            var zone: StringID
            var region: StringID
        }
        var nodes: [Place: [Int]] = [:]
        for (position, node) in context.index.nodes.enumerated() where !node.zone.isEmpty {
            nodes[Place(zone: node.zone, region: node.region), default: []].append(position)
        }
        return nodes.map { ($0.key.zone, $0.key.region, $0.value) }
    }

    private static func addWorkloads(
        _ context: CollectionContext,
        _ placement: inout ZonePlacement,
        _ losses: inout WorkloadLosses,
        _ output: inout SignalOutput
    ) {
        let arePodsPlaced = context.isOK(.pods) && context.isOK(.nodes)
        var pinnedSets = PinnedStatefulSets()
        if output.isEvaluated(zonePinned) { pinnedSets = PinnedStatefulSets(context, &placement) }
        // Taken out of the index once: passing it copies a value of many buffers.
        let (pods, rows, zoneOfNode) = (context.index.pods, context.index.podsByWorkload, context.index.zoneOfNode)
        for (position, workload) in context.index.workloads.enumerated() where workload.kind != .daemonSet {
            guard arePodsPlaced && workload.arePodsKnown else {
                // What depends on the template alone is known even so.
                addTemplateSamples(workload, at: position, placement: &placement, context, &output.sink)
                continue
            }
            let spread = Spread(rows[position], of: pods, zoneOfNode)
            losses.add(spread)
            let id = placement.placement(of: workload, at: position)
            let eligible = id.map { placement.eligibleZones(of: workload, $0) } ?? []
            let limit = skewLimit(workload, context)
            addSamples(workload, spread, eligible, limit: limit, context, &output.sink)
            evaluate(
                workload,
                at: position,
                spread,
                eligible,
                limit: limit,
                placement: id,
                &placement,
                pinnedSets,
                context,
                &output
            )
        }
    }

    /// The smallest maxSkew that binds the workload: of its zone constraints with DoNotSchedule whose selector matches
    /// its own template.
    static func skewLimit(_ workload: Workload, _ context: CollectionContext) -> Int? {
        let interner = context.state.interner
        guard let id = workload.template else { return nil }
        let template = interner.template(id)
        guard !template.spread.isEmpty else { return nil }
        let limits = template.spread.filter { constraint in
            constraint.isRequired && interner.isZoneKey(constraint.topologyKey)
                && constraint.selector?.matches(template.labels, interner) ?? false
        }
        return limits.map { Int($0.maxSkew) }.min()
    }
}
