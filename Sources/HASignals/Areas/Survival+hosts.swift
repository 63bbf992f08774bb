import ClusterState
import Exposition

extension Survival {
    static let hostLabels = LabelNames(["namespace", "host"])

    static let hostBackends = Family(
        "kube_ha_host_backends",
        .gauge,
        labels: hostLabels,
        sources: ["ingresses", "httproutes*", "services"],
        help: "Distinct Services behind the host, over Ingresses and HTTPRoutes; ExternalName is not counted."
    )
    static let hostAvailable = Family(
        "kube_ha_host_backends_available",
        .gauge,
        labels: hostLabels,
        sources: ["ingresses", "httproutes*", "services", "endpointslices"],
        help: "Of the Services behind the host those with a ready endpoint."
    )
    static let hostSurvivingNode = Family(
        "kube_ha_host_backends_surviving_node_loss",
        .gauge,
        labels: hostLabels,
        sources: ["ingresses", "httproutes*", "services", "endpointslices", "nodes"],
        help: "Of the Services behind the host those with a ready endpoint after the worst node loss."
    )
    static let hostSurvivingZone = Family(
        "kube_ha_host_backends_surviving_zone_loss",
        .gauge,
        labels: hostLabels,
        sources: ["ingresses", "httproutes*", "services", "endpointslices", "nodes"],
        help: "Of the Services behind the host those with a ready endpoint after the worst zone loss."
    )

    static let hostFamilies: [any AnyFamily] = [hostBackends, hostAvailable, hostSurvivingNode, hostSurvivingZone]

    static func addHosts(_ facts: SurvivalFacts, _ context: CollectionContext, _ sink: inout Sink) {
        let chosen = context.settings.hostMetrics ?? (facts.hosts.count > HostMetrics.mostListed ? .atRisk : .all)
        guard chosen != .none else { return }
        let areZonesSeveral = context.index.zones.count > 1
        for (number, host) in facts.hosts.enumerated() {
            let isAtRisk =
                host.available < host.backends || host.survivingNode.map { $0 < host.available } ?? true
                || areZonesSeveral && host.survivingZone.map { $0 < host.available } ?? true
            if chosen == .atRisk, !isAtRisk { continue }
            let object = facts.table.hosts[number]
            let labels = sink.labels(hostLabels, [object.namespace, object.name])
            sink.add(hostBackends, labels, host.backends)
            sink.add(hostAvailable, labels, host.available)
            if let left = host.survivingNode { sink.add(hostSurvivingNode, labels, left) }
            if let left = host.survivingZone { sink.add(hostSurvivingZone, labels, left) }
        }
    }
}
