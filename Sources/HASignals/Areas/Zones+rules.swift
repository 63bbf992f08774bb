import ClusterState

extension Zones {
    static let zoneLost = Rule(
        "zone-lost",
        .critical,
        needs: [.nodes],
        for: .minutes(2),
        keepFiringFor: .minutes(10),
        summary: "No node of a zone is Ready.",
        remedy: "Find out whether the zone is down or cut off; keep the other zones' capacity free until it is back."
    )
    static let zonePartlyLost = Rule(
        "zone-degraded",
        .critical,
        needs: [.nodes],
        for: .minutes(2),
        keepFiringFor: .minutes(10),
        summary: "Over half of a zone's nodes, and at least three, are not Ready.",
        remedy: "Look for what these nodes share: power, network, a bad rollout of the kubelet or its configuration."
    )
    static let zoneMissing = Rule(
        "zone-missing",
        .warning,
        needs: [.nodes],
        summary: "Fewer zones have a Ready node than expected.",
        remedy: "Bring nodes back in the missing zone, or set --expected.zones to the intended number."
    )
    static let singleZone = Rule(
        "workload-single-zone",
        .warning,
        needs: [.workloads, .pods, .nodes],
        summary: "All healthy pods of a workload are in one zone, though it could run in several.",
        remedy:
            "Add a topologySpreadConstraint on topology.kubernetes.io/zone, then restart the rollout so that pods move."
    )
    static let zonePinned = Rule(
        "workload-zone-pinned",
        .warning,
        needs: [.workloads, .pods, .nodes],
        summary: "A workload's node selector or affinity admits one zone only.",
        remedy: "Remove the zone from its node selector or affinity, or run one such workload in each zone."
    )
    static let singleNode = Rule(
        "workload-single-node",
        .warning,
        needs: [.workloads, .pods, .nodes],
        summary: "All healthy pods of a workload are on one node, though it could run on several.",
        remedy:
            "Add a topologySpreadConstraint or pod anti-affinity on kubernetes.io/hostname, then restart the rollout."
    )
    static let skewed = Rule(
        "workload-zone-skew",
        .warning,
        needs: [.workloads, .pods, .nodes],
        summary: "The pods of a workload are spread over zones less evenly than its topologySpreadConstraint allows.",
        remedy:
            "Delete pods in the fullest zone one by one, or restart the rollout: constraints apply only when pods are scheduled."
    )
    static let withoutZones = Rule(
        "cluster-without-zones",
        .info,
        needs: [.nodes],
        summary:
            "No node has a zone label: the effect of losing a zone is unknown, and pods cannot be spread over zones.",
        remedy:
            "Label the nodes with topology.kubernetes.io/zone, with one value for nodes that fail together: a room, a rack, a power feed."
    )
    static let nodeWithoutZone = Rule(
        "node-without-zone",
        .info,
        needs: [.nodes],
        summary: "A node has no zone label while others have one.",
        remedy: "Label it with topology.kubernetes.io/zone."
    )

    package static let rules = [
        zoneLost, zonePartlyLost, zoneMissing, singleZone, zonePinned, singleNode, skewed, withoutZones,
        nodeWithoutZone,
    ]

    private static var spreadRules: [Rule] { [singleZone, zonePinned, singleNode, skewed] }

    /// While a zone is lost, all pods are in the others: that is no fault of the workloads.
    package static func suspendedRules(_ context: CollectionContext) -> Set<String> {
        let isLost = context.settledNodesByZone().contains { $0.all > 0 && $0.unready == $0.all }
        return isLost ? Set(spreadRules.map { $0.name.description }) : []
    }

    static func evaluateNodes(_ context: CollectionContext, _ output: inout SignalOutput) {
        let index = context.index
        guard context.isOK(.nodes), !index.nodes.isEmpty else { return }
        for (name, own) in zip(index.zones, context.settledNodesByZone()) where own.all > 0 {
            let object = FindingObject(kind: "Zone", name: context.text(name))
            if own.unready == own.all {
                output.raise(zoneLost, object, "none of its \(own.all) nodes is Ready")
            } else if own.unready >= 3 && own.unready * 2 > own.all {
                output.raise(zonePartlyLost, object, "\(own.unready) of its \(own.all) nodes are not Ready")
            }
        }
        let zonesOfReady = index.nodes.indices.lazy.filter { index.nodes[$0].isReady }.map { index.zoneOfNode[$0] }
        let readyZones = Set(zonesOfReady.filter { $0 >= 0 }).count
        let wanted = context.settings.expectedZones ?? context.observations.mostReadyZones ?? readyZones
        if readyZones < wanted {
            output.raise(zoneMissing, .cluster, "\(readyZones) of \(wanted) zones have a Ready node")
        }
        guard index.nodes.count > 1 else { return }
        if !index.hasZones {
            output.raise(withoutZones, .cluster, "none of \(index.nodes.count) nodes has a zone label")
            return
        }
        for node in index.nodes where node.zone.isEmpty {
            output.raise(nodeWithoutZone, context.object(node), ignored: node.meta.ignoredRules, "no zone label")
        }
    }

    static func evaluate(
        _ workload: Workload,
        at position: Int,
        _ spread: Spread,
        _ eligible: Set<Int>,
        limit: Int?,
        placement id: PlacementID?,
        _ placement: inout ZonePlacement,
        _ pinnedSets: PinnedStatefulSets,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard spread.healthy >= 2, context.index.nodes.count > 1 else { return }
        let ignored = workload.ignoredRules
        if spread.areZonesKnown, eligible.count > 1, let zone = spread.byZone.only {
            output.raise(
                singleZone,
                context.object(workload),
                ignored: ignored,
                "all \(spread.healthy) healthy pods are in \(context.text(context.index.zones[zone])), "
                    + "of \(eligible.count) zones it could run in"
            )
        }
        if let id, let zones = placement.requiredZones(id), zones.count == 1, let zone = zones.first,
            context.index.zones.count > 1, !pinnedSets.hasSibling(of: workload, pinnedTo: zone)
        {
            output.raise(
                zonePinned,
                context.object(workload),
                ignored: ignored,
                "its node selector or affinity admits \(context.text(context.index.zones[zone])) only"
            )
        }
        if let node = spread.byNode.only, let id, placement.admitsSeveralNodes(id),
            !placement.sharesNodeBoundVolume(workload)
        {
            output.raise(
                singleNode,
                context.object(workload),
                ignored: ignored,
                "all \(spread.healthy) healthy pods are on \(context.text(context.index.nodes[node].meta.name))"
            )
        }
        if let limit, let skew = spread.skew(over: eligible), skew > limit, skew >= 2, workload.deficit == 0,
            context.rollout(of: workload, at: position)?.isInProgress != true
        {
            output.raise(
                skewed,
                context.object(workload),
                ignored: ignored,
                "zone skew \(skew), its constraint allows \(limit)"
            )
        }
    }

    /// StatefulSets that are pinned to a zone, by namespace: one for each zone is a layout, not a fault.
    struct PinnedStatefulSets {
        private var zones: [StringID: Set<Int>] = [:]

        init() {}

        init(_ context: CollectionContext, _ placement: inout ZonePlacement) {
            for (position, workload) in context.index.workloads.enumerated() where workload.kind == .statefulSet {
                guard let id = placement.placement(of: workload, at: position),
                    let required = placement.requiredZones(id), required.count == 1, let zone = required.first
                else { continue }
                zones[workload.namespace, default: []].insert(zone)
            }
        }

        /// Whether the workload is a StatefulSet with a sibling pinned to another zone.
        func hasSibling(of workload: Workload, pinnedTo zone: Int) -> Bool {
            workload.kind == .statefulSet && zones[workload.namespace]?.contains { $0 != zone } ?? false
        }
    }
}

extension CollectionContext {
    /// Seconds that a new node has to become Ready for the first time.
    static var nodeStartAllowance: Double { 600 }

    /// How many nodes of each zone decide whether it is lost, and how many of these are not Ready: not those that are
    /// being deleted, nor new ones that were not seen Ready yet.
    func settledNodesByZone() -> [(all: Int, unready: Int)] {
        var counts = Array(repeating: (all: 0, unready: 0), count: index.zones.count)
        for (position, zone) in index.zoneOfNode.enumerated() where zone >= 0 && isSettled(index.nodes[position]) {
            counts[zone].all += 1
            if !index.nodes[position].isReady { counts[zone].unready += 1 }
        }
        return counts
    }

    private func isSettled(_ node: Node) -> Bool {
        guard !node.meta.isTerminating else { return false }
        return node.isReady || observations.wasReady(node: node.uid) || !node.meta.created.isSet
            || now.seconds - node.meta.created.timestamp.seconds > Self.nodeStartAllowance
    }
}
