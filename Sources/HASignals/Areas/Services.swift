package import ClusterState
package import Exposition

/// Area 6: does every Service have ready endpoints, on more than one node and in more than one zone?
package enum Services: Area {
    package static let name = AreaName.services
    package static let optionalSources: Set<Source> = [.nodes]

    static let serviceLabels = LabelNames(["namespace", "service"])

    static let endpointsReady = Family(
        "kube_ha_service_endpoints_ready",
        .gauge,
        labels: serviceLabels,
        sources: ["services", "endpointslices"],
        help: "Ready endpoints, as the EndpointSlices publish them, each target once."
    )
    static let endpointsNotReady = Family(
        "kube_ha_service_endpoints_not_ready",
        .gauge,
        labels: serviceLabels,
        sources: ["services", "endpointslices"],
        help: "Endpoints that are not ready, or terminating."
    )
    static let endpointNodes = Family(
        "kube_ha_service_endpoint_nodes",
        .gauge,
        labels: serviceLabels,
        sources: ["services", "endpointslices", "nodes"],
        help: "Distinct nodes of the ready endpoints."
    )
    static let endpointZones = Family(
        "kube_ha_service_endpoint_zones",
        .gauge,
        labels: serviceLabels,
        sources: ["services", "endpointslices", "nodes"],
        help: "Distinct zones of the ready endpoints."
    )
    static let survivingZoneLoss = Family(
        "kube_ha_service_endpoints_surviving_zone_loss",
        .gauge,
        labels: serviceLabels,
        sources: ["services", "endpointslices", "nodes"],
        help: "Ready endpoints left after the loss of the worst zone; absent where a zone is not known."
    )
    static let survivingNodeLoss = Family(
        "kube_ha_service_endpoints_surviving_node_loss",
        .gauge,
        labels: serviceLabels,
        sources: ["services", "endpointslices", "nodes"],
        help: "Ready endpoints left after the loss of the worst node; absent where a node is not known."
    )
    static let loadBalancerReady = Family(
        "kube_ha_service_load_balancer_ready",
        .gauge,
        labels: serviceLabels,
        sources: ["services"],
        help: "1 where a Service of type LoadBalancer has an address."
    )
    static let services = Family(
        "kube_ha_services",
        .gauge,
        sources: ["services", "endpointslices"],
        help: "Services judged: not ExternalName, and with a selector or EndpointSlices."
    )
    static let withoutEndpoints = Family(
        "kube_ha_services_without_ready_endpoints",
        .gauge,
        sources: ["services", "endpointslices"],
        help: "Services judged that have no ready endpoint."
    )
    static let dnsEndpoints = Family(
        "kube_ha_cluster_dns_endpoints_ready",
        .gauge,
        sources: ["services", "endpointslices", "nodes"],
        help: "Ready endpoints of the cluster DNS Service."
    )
    static let dnsNodes = Family(
        "kube_ha_cluster_dns_nodes",
        .gauge,
        sources: ["services", "endpointslices", "nodes"],
        help: "Distinct nodes of the ready endpoints of the cluster DNS Service."
    )

    package static let families: [any AnyFamily] = [
        endpointsReady, endpointsNotReady, endpointNodes, endpointZones, survivingZoneLoss, survivingNodeLoss,
        loadBalancerReady, services, withoutEndpoints, dnsEndpoints, dnsNodes,
    ]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        addLoadBalancers(context, &output)
        guard context.isOK(.services), context.isOK(.endpointslices) else { return }
        for facts in context.index.services { addSamples(facts, context, &output.sink) }
        output.sink.add(services, context.index.services.count)
        output.sink.add(withoutEndpoints, context.index.services.count { $0.ready == 0 })
        let dns = context.clusterDNS
        evaluateEmpty(context, dns, &output)
        guard let position = dns else { return }
        let facts = context.index.services[position]
        output.sink.add(dnsEndpoints, facts.ready)
        output.sink.add(dnsNodes, facts.nodes.count)
        evaluateDNS(facts, context, &output)
    }

    private static func addSamples(_ facts: ServiceFacts, _ context: CollectionContext, _ sink: inout Sink) {
        let labels = context.labels(serviceLabels, facts.service.meta, &sink)
        sink.add(endpointsReady, labels, facts.ready)
        sink.add(endpointsNotReady, labels, facts.notReady)
        sink.add(endpointNodes, labels, facts.nodes.count)
        sink.add(endpointZones, labels, facts.zones.count)
        if let left = facts.survivingZoneLoss { sink.add(survivingZoneLoss, labels, left) }
        if let left = facts.survivingNodeLoss { sink.add(survivingNodeLoss, labels, left) }
    }

    private static func addLoadBalancers(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.services) else { return }
        context.state.services.forEach { _, service in
            guard service.type == .loadBalancer else { return }
            output.sink.add(
                loadBalancerReady,
                context.labels(serviceLabels, service.meta, &output.sink),
                service.hasLoadBalancerAddress
            )
            evaluateLoadBalancer(service, context, &output)
        }
    }
}

extension CollectionContext {
    /// The position in the index of the cluster DNS Service: of the one that `--dns-service` names, else of the usual
    /// name, else by the usual label (RKE2 names it after its chart); nil where none of them is judged.
    var clusterDNS: Int? {
        settings.dnsService.flatMap { servicePosition($0.namespace, $0.name) }
            ?? servicePosition("kube-system", "kube-dns") ?? labelledDNS
            ?? servicePosition("openshift-dns", "dns-default")
    }

    private func servicePosition(_ namespace: String, _ name: String) -> Int? {
        guard let namespace = state.interner.find(namespace), let name = state.interner.find(name) else { return nil }
        return index.servicePositions[ServiceKey(namespace: namespace, name: name)]
    }

    /// The Service of kube-system with the label `k8s-app: kube-dns`. NodeLocal DNSCache has one of its own for what it
    /// asks (`kube-dns-upstream`), and the CoreDNS chart one for metrics, of a longer name and maybe headless.
    private var labelledDNS: Int? {
        let interner = state.interner
        guard let namespace = interner.find("kube-system"), let key = interner.find(.k8sApp),
            let value = interner.find("kube-dns")
        else { return nil }
        return index.services.indices
            .filter { position in
                let service = index.services[position].service
                return service.meta.namespace == namespace && interner.label(key, in: service.meta.labels) == value
                    && !text(service.meta.name).hasSuffix("-upstream") && !service.isHeadless
            }
            .min { text(index.services[$0].service.meta.name).count < text(index.services[$1].service.meta.name).count }
    }
}
