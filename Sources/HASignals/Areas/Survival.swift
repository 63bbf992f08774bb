import ClusterState
package import Exposition

/// Area 18: what would break with the loss or the drain of a node or zone, and for whom?
package enum Survival: Area {
    package static let name = AreaName.survival

    static let applicationInfoLabels = LabelNames([
        "namespace", "workload", "workload_type", "application", "component",
    ])
    static let applicationLabels = LabelNames(["namespace", "application"])
    static let obstacleLabels = LabelNames(["node", "obstacle"])
    static let eventLabels = LabelNames(["event"])

    static let applicationInfo = Family(
        "kube_ha_workload_application_info",
        .info,
        labels: applicationInfoLabels,
        sources: ["workloads*"],
        help: "The application that the workload is part of, by the first of --application-label that it carries."
    )
    static let applicationWorkloads = Family(
        "kube_ha_application_workloads",
        .gauge,
        labels: applicationLabels,
        sources: ["workloads*"],
        help: "Workloads of the application that want replicas, DaemonSets left out."
    )
    static let applicationUnavailable = Family(
        "kube_ha_application_workloads_unavailable",
        .gauge,
        labels: applicationLabels,
        sources: ["workloads*"],
        help: "Of the application's workloads those without an available replica."
    )
    static let applicationSinglePoints = Family(
        "kube_ha_application_single_points",
        .gauge,
        labels: applicationLabels,
        sources: ["workloads*", "pods", "nodes"],
        help: "Of the application's workloads those with a healthy pod and every healthy pod on one node."
    )
    static let applicationNodeLoss = Family(
        "kube_ha_application_node_loss_workloads_unavailable",
        .gauge,
        labels: applicationLabels,
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads of the application that the worst node loss would take down."
    )
    static let applicationZoneLoss = Family(
        "kube_ha_application_zone_loss_workloads_unavailable",
        .gauge,
        labels: applicationLabels,
        sources: ["workloads*", "pods", "nodes"],
        help: "Workloads of the application that the worst zone loss would take down."
    )
    static let nodeServices = Family(
        "kube_ha_node_loss_services_without_endpoints",
        .gauge,
        labels: .node,
        sources: ["services", "endpointslices", "nodes"],
        help: "Services that would lose every ready endpoint with the node."
    )
    static let nodeHosts = Family(
        "kube_ha_node_loss_hosts_degraded",
        .gauge,
        labels: .node,
        sources: ["ingresses", "httproutes*", "services", "endpointslices", "nodes"],
        help: "Hosts that would lose a backend whole with the node."
    )
    static let zoneHosts = Family(
        "kube_ha_zone_loss_hosts_degraded",
        .gauge,
        labels: Zones.zoneLabels,
        sources: ["ingresses", "httproutes*", "services", "endpointslices", "nodes"],
        help: "Hosts that would lose a backend whole with the zone."
    )
    static let nodeApplications = Family(
        "kube_ha_node_loss_applications_degraded",
        .gauge,
        labels: .node,
        sources: ["workloads*", "pods", "nodes"],
        help: "Applications that would lose a workload whole with the node."
    )
    static let zoneApplications = Family(
        "kube_ha_zone_loss_applications_degraded",
        .gauge,
        labels: Zones.zoneLabels,
        sources: ["workloads*", "pods", "nodes"],
        help: "Applications that would lose a workload whole with the zone."
    )
    static let drainObstacle = Family(
        "kube_ha_node_drain_obstacle",
        .gauge,
        labels: obstacleLabels,
        sources: [
            "pods", "nodes", "poddisruptionbudgets", "workloads*", "persistentvolumeclaims", "persistentvolumes",
        ],
        help:
            "1 where draining the node would meet refused, outage, single_replica, no_room, pinned, bare_pod; no_room is by cpu, memory and pods, without pod affinity, spread, host ports and attach limits."
    )
    static let drainSafe = Family(
        "kube_ha_node_drain_safe",
        .gauge,
        labels: .node,
        sources: [
            "pods", "nodes", "poddisruptionbudgets", "workloads*", "persistentvolumeclaims", "persistentvolumes",
        ],
        help:
            "1 where draining the node would meet none of refused, outage, pinned, bare_pod and, without --autoscaled, no_room."
    )
    static let drainSafeNodes = Family(
        "kube_ha_nodes_drain_safe",
        .gauge,
        sources: [
            "pods", "nodes", "poddisruptionbudgets", "workloads*", "persistentvolumeclaims", "persistentvolumes",
        ],
        help: "Nodes whose drain is safe."
    )
    static let maintenanceSafe = Family(
        "kube_ha_maintenance_safe",
        .gauge,
        sources: ["pods", "nodes", "poddisruptionbudgets"],
        help:
            "1 where nothing stands against taking a node out now; absent where that cannot be told, so that a gate stays shut."
    )
    static let survives = Family(
        "kube_ha_survives",
        .gauge,
        labels: eventLabels,
        help:
            "0 where the worst node_loss, zone_loss, control_plane_node_loss or node_drain would break what is meant to survive it; absent where that cannot be told."
    )

    package static let families: [any AnyFamily] =
        [
            applicationInfo, applicationWorkloads, applicationUnavailable, applicationSinglePoints,
            applicationNodeLoss, applicationZoneLoss,
        ] + hostFamilies + [
            nodeServices, nodeHosts, zoneHosts, nodeApplications, zoneApplications, drainObstacle, drainSafe,
            drainSafeNodes, maintenanceSafe, survives,
        ]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        let facts = SurvivalFacts(context)
        addApplications(facts, context, &output.sink)
        addHosts(facts, context, &output.sink)
        addNodes(facts, context, &output.sink)
        addZones(facts, context, &output.sink)
        evaluateBackends(facts, context, &output)
        evaluateApplications(facts, context, &output)
        output.survival = facts
    }

    private static func addApplications(_ facts: SurvivalFacts, _ context: CollectionContext, _ sink: inout Sink) {
        let known = facts.applicationOfWorkload
        let interner = context.state.interner
        for (position, workload) in context.index.workloads.enumerated() where known[position] >= 0 {
            let labels = sink.labels(
                applicationInfoLabels,
                [
                    context.text(workload.namespace),
                    context.text(workload.name),
                    context.typeName(workload.kind),
                    context.text(facts.applications[Int(known[position])].key.name),
                    context.text(Applications.component(of: position, context, interner)),
                ]
            )
            sink.add(applicationInfo, labels, 1)
        }
        for application in facts.applications {
            let labels = sink.labels(
                applicationLabels,
                [context.text(application.key.namespace), context.text(application.key.name)]
            )
            sink.add(applicationWorkloads, labels, application.workloads)
            sink.add(applicationUnavailable, labels, application.unavailable)
            sink.add(applicationSinglePoints, labels, application.singlePoints.count)
            sink.add(applicationNodeLoss, labels, application.worstNode)
            if context.index.hasZones, application.areZonesKnown {
                sink.add(applicationZoneLoss, labels, application.worstZone)
            }
        }
    }

    private static func addNodes(_ facts: SurvivalFacts, _ context: CollectionContext, _ sink: inout Sink) {
        let nodes = facts.table.nodes
        for (position, name) in nodes.names.enumerated() {
            let labels = sink.labels(.node, [name])
            let losses = nodes.losses[position]
            if !facts.gaps.nodesOfServices { sink.add(nodeServices, labels, losses.services) }
            if !facts.gaps.nodesOfHosts { sink.add(nodeHosts, labels, losses.hosts) }
            sink.add(nodeApplications, labels, losses.applications)
            guard facts.hasDrains else { continue }
            for obstacle in DrainObstacle.allCases {
                let labels = sink.labels(obstacleLabels, [name, obstacle.rawValue])
                sink.add(drainObstacle, labels, nodes.drains[position][obstacle] > 0)
            }
            sink.add(drainSafe, labels, nodes.drains[position].isSafe)
        }
        if facts.hasDrains { sink.add(drainSafeNodes, nodes.drains.count { $0.isSafe }) }
    }

    /// Adds the answers, which are drawn when every area has run; what is unknown has no series.
    static func add(_ verdict: SurvivalVerdict, _ sink: inout Sink) {
        for event in verdict.events where event.answer != .unknown {
            sink.add(survives, sink.labels(eventLabels, [event.event.rawValue]), event.answer == .yes)
        }
        if verdict.maintenance.answer != .unknown { sink.add(maintenanceSafe, verdict.maintenance.answer == .yes) }
    }

    private static func addZones(_ facts: SurvivalFacts, _ context: CollectionContext, _ sink: inout Sink) {
        for (name, losses) in zip(facts.table.zones.names, facts.table.zones.losses) {
            let labels = sink.labels(Zones.zoneLabels, [name])
            if !facts.gaps.zonesOfHosts { sink.add(zoneHosts, labels, losses.hosts) }
            if !facts.gaps.zonesOfApplications { sink.add(zoneApplications, labels, losses.applications) }
        }
    }
}
