package import ClusterState
package import Exposition

/// Area 12: is everything spread over zones, and what would the loss of a zone or a node cost?
package enum Zones: Area {
    package static let name = AreaName.zones
    package static let optionalSources: Set<Source> = [.services, .poddisruptionbudgets, .persistentvolumes]

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
            "Zones there should be: --expected.zones, else the most with a Ready node at one time within 24 h, emptied ones left out."
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
        labels: "topology_zone",
        "topology_region",
        sources: ["nodes"],
        help: "Nodes in the zone."
    )
    static let zoneNodesReady = Family(
        "kube_ha_zone_nodes_ready",
        .gauge,
        labels: "topology_zone",
        "topology_region",
        sources: ["nodes"],
        help: "Nodes in the zone that are Ready."
    )
    static let zoneNodesUsable = Family(
        "kube_ha_zone_nodes_usable",
        .gauge,
        labels: "topology_zone",
        "topology_region",
        sources: ["nodes"],
        help: "Nodes in the zone that are Ready, not cordoned and not being deleted."
    )
    static let zoneHealthyPods = Family(
        "kube_ha_zone_healthy_pods",
        .gauge,
        labels: "topology_zone",
        "topology_region",
        sources: ["nodes", "pods"],
        help: "Healthy pods in the zone."
    )
    static let nodeSkew = Family(
        "kube_ha_node_zone_skew",
        .gauge,
        labels: "role",
        sources: ["nodes"],
        help: "Most minus fewest usable nodes over the zones that have a node of the role."
    )

    package static let families: [any AnyFamily] =
        [
            zones, expected, regions, nodesWithoutZone, zoneNodes, zoneNodesReady, zoneNodesUsable, zoneHealthyPods,
            nodeSkew,
        ] + placementFamilies + lossFamilies

    package static func collect(_ cluster: Cluster, into output: inout SignalOutput) {
        addNodes(cluster, &output.sink)
        judgeNodes(cluster, &output)
        var placement = ZonePlacement(cluster)
        var losses = Losses()
        addWorkloads(cluster, &placement, &losses, &output)
        let budgets = BudgetLosses(cluster)
        addZoneLosses(cluster, losses, budgets, &placement, &output.sink)
        addNodeLosses(cluster, losses, budgets, &output.sink)
    }

    /// What the loss of each zone and of each node would do to workloads.
    struct Losses {
        var zones = LossCounts()
        var nodes = LossCounts()
    }

    private static func addNodes(_ cluster: Cluster, _ sink: inout Sink) {
        let index = cluster.index
        let ready = Set(index.nodes.filter { $0.isReady && !$0.zone.isEmpty }.map(\.zone)).count
        sink.add(zones, index.zones.count)
        sink.add(expected, cluster.settings.expectedZones ?? cluster.observations.mostReadyZones ?? ready)
        sink.add(regions, Set(index.nodes.map(\.region).filter { !$0.isEmpty }).count)
        sink.add(nodesWithoutZone, index.nodes.count { $0.zone.isEmpty })
        for place in places(cluster) {
            let labels = sink.labels(
                "topology_zone",
                cluster.text(place.zone),
                "topology_region",
                cluster.text(place.region)
            )
            let own = place.nodes.map { index.nodes[$0] }
            sink.add(zoneNodes, labels, own.count)
            sink.add(zoneNodesReady, labels, own.count { $0.isReady })
            sink.add(zoneNodesUsable, labels, own.count { $0.isUsable })
            guard cluster.isOK(.pods) else { continue }
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
            sink.add(nodeSkew, sink.labels("role", role.name), most - fewest)
        }
    }

    /// The zones with their regions, and the positions of their nodes. A zone name that two regions use is two places.
    private static func places(_ cluster: Cluster) -> [(zone: StringID, region: StringID, nodes: [Int])] {
        struct Place: Hashable {
            var zone: StringID
            var region: StringID
        }
        var nodes: [Place: [Int]] = [:]
        for (position, node) in cluster.index.nodes.enumerated() where !node.zone.isEmpty {
            nodes[Place(zone: node.zone, region: node.region), default: []].append(position)
        }
        return nodes.map { ($0.key.zone, $0.key.region, $0.value) }
    }

    private static func addWorkloads(
        _ cluster: Cluster,
        _ placement: inout ZonePlacement,
        _ losses: inout Losses,
        _ output: inout SignalOutput
    ) {
        let arePodsPlaced = cluster.isOK(.pods) && cluster.isOK(.nodes)
        var pinnedSets = PinnedStatefulSets()
        if output.isEvaluated(zonePinned) { pinnedSets = PinnedStatefulSets(cluster, &placement) }
        for (position, workload) in cluster.index.workloads.enumerated()
        where workload.kind != .daemonSet {
            guard arePodsPlaced && workload.arePodsKnown else {
                // What the template alone tells is known all the same.
                addTemplateSamples(workload, at: position, placement: &placement, cluster, &output.sink)
                continue
            }
            let spread = Spread(ofWorkload: position, cluster.index)
            losses.zones.add(spread.byZone, healthy: spread.healthy)
            losses.nodes.add(spread.byNode, healthy: spread.healthy)
            let id = placement.placement(of: workload, at: position)
            let eligible = id.map { placement.eligibleZones(of: workload, $0) } ?? []
            let limit = skewLimit(workload, cluster)
            addSamples(workload, spread, eligible, limit: limit, cluster, &output.sink)
            judge(
                workload,
                at: position,
                spread,
                eligible,
                limit: limit,
                placement: id,
                &placement,
                pinnedSets,
                cluster,
                &output
            )
        }
    }

    /// The smallest maxSkew that binds the workload: of its zone constraints with DoNotSchedule whose selector matches
    /// its own template.
    static func skewLimit(_ workload: Workload, _ cluster: Cluster) -> Int? {
        let interner = cluster.state.interner
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
