package import ClusterState
package import Exposition

/// Area 7: do Ingresses and Gateways lead to Services that can answer?
package enum Ingresses: Area {
    package static let name = AreaName.ingress
    package static let optionalSources: Set<Source> = [.gateways, .httproutes, .pods]

    static let ingressClassLabels = LabelNames(["ingress_class"])
    static let ingressLabels = LabelNames(["namespace", "ingress"])

    static let backends = Family(
        "kube_ha_ingress_backends",
        .gauge,
        labels: ingressLabels,
        sources: ["ingresses"],
        help:
            "Distinct Services behind the Ingress, the default backend included; resources, annotations, redirects and ExternalName are not counted."
    )
    static let backendsAvailable = Family(
        "kube_ha_ingress_backends_available",
        .gauge,
        labels: ingressLabels,
        sources: ["ingresses", "services", "endpointslices"],
        help: "Of the Services behind the Ingress, those that exist and have a ready endpoint."
    )
    static let loadBalancerReady = Family(
        "kube_ha_ingress_load_balancer_ready",
        .gauge,
        labels: ingressLabels,
        sources: ["ingresses"],
        help: "1 where the Ingress has an address in its status; some controllers never write one."
    )
    static let classExists = Family(
        "kube_ha_ingress_class_exists",
        .gauge,
        labels: ingressLabels,
        sources: ["ingresses", "ingressclasses"],
        help: "1 where the IngressClass that the Ingress names exists; where it names none, a default class."
    )
    static let hosts = Family(
        "kube_ha_ingress_hosts",
        .gauge,
        labels: ingressLabels,
        sources: ["ingresses"],
        help: "Distinct hosts in the rules of the Ingress."
    )
    static let tlsHosts = Family(
        "kube_ha_ingress_tls_hosts",
        .gauge,
        labels: ingressLabels,
        sources: ["ingresses"],
        help: "Hosts in the rules of the Ingress that its TLS section covers."
    )
    static let classes = Family(
        "kube_ha_ingress_classes",
        .gauge,
        sources: ["ingressclasses"],
        help: "IngressClasses."
    )
    static let defaultClasses = Family(
        "kube_ha_ingress_default_classes",
        .gauge,
        sources: ["ingressclasses"],
        help: "IngressClasses marked default."
    )
    static let controllerReady = Family(
        "kube_ha_ingress_controller_replicas_ready",
        .gauge,
        labels: ingressClassLabels,
        sources: ["ingressclasses", "workloads*", "pods", "nodes"],
        help: "Healthy pods of the controller of the class; absent where its workload is not known."
    )
    static let controllerSurviving = Family(
        "kube_ha_ingress_controller_replicas_surviving_zone_loss",
        .gauge,
        labels: ingressClassLabels,
        sources: ["ingressclasses", "workloads*", "pods", "nodes"],
        help: "Healthy pods of the controller left after the loss of the worst zone."
    )

    package static let families: [any AnyFamily] =
        [
            backends, backendsAvailable, loadBalancerReady, classExists, hosts, tlsHosts, classes, defaultClasses,
            controllerReady, controllerSurviving,
        ] + gatewayFamilies

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        var facts = BackendFacts(context)
        let known = IngressClasses(context)
        if context.isOK(.ingressclasses) {
            output.sink.add(classes, known.names.count)
            output.sink.add(defaultClasses, known.defaults.count)
            evaluateDefaults(known, context, &output)
        }
        if context.isOK(.ingresses) {
            context.state.ingresses.forEach { _, row in
                addSamples(row, facts, known, context, &output.sink)
                evaluate(row, &facts, known, context, &output)
            }
        }
        addControllers(known, context, &output)
        collectGateways(&facts, context, &output)
    }

    private static func addSamples(
        _ row: Ingress,
        _ facts: BackendFacts,
        _ known: IngressClasses,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let labels = context.labels(ingressLabels, row.meta, &sink)
        let counted = facts.counted(row.serviceKeys)
        sink.add(backends, labels, counted.count)
        sink.add(backendsAvailable, labels, counted.count { facts.state(of: $0) == .available })
        sink.add(loadBalancerReady, labels, row.hasLoadBalancerAddress)
        sink.add(classExists, labels, known.exists(for: row))
        sink.add(hosts, labels, row.hosts.count)
        sink.add(tlsHosts, labels, row.tlsHosts.count)
    }

    private static func addControllers(
        _ known: IngressClasses,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard context.isOK(.ingressclasses), context.isOK(.pods), context.isOK(.nodes) else { return }
        let controllers = IngressControllers(context)
        for row in context.state.ingressClasses.all {
            let workloads = controllers.workloads(of: row)
            guard !workloads.isEmpty,
                workloads.allSatisfy({ context.index.workloads[$0].arePodsKnown })
            else { continue }
            var spread = Spread()
            for position in workloads { spread.add(Spread(ofWorkload: position, context.index)) }
            let labels = output.sink.labels(ingressClassLabels, [context.text(row.meta.name)])
            output.sink.add(controllerReady, labels, spread.healthy)
            if let left = spread.survivingZoneLoss { output.sink.add(controllerSurviving, labels, left) }
            guard controllers.carriesTraffic(row) else { continue }
            evaluateController(row, workloads, spread, isUsed: known.isUsed(row), context, &output)
        }
    }
}

/// The IngressClasses there are, and which of them Ingresses ask for.
struct IngressClasses {
    private(set) var names: Set<StringID> = []
    private(set) var defaults: [StringID] = []
    private var used: Set<StringID> = []

    init(_ context: CollectionContext) {
        var names: Set<StringID> = []
        var defaults: [StringID] = []
        if context.isOK(.ingressclasses) {
            context.state.ingressClasses.forEach { _, row in
                names.insert(row.meta.name)
                if row.isDefault { defaults.append(row.meta.name) }
            }
        }
        var used: Set<StringID> = []
        if context.isOK(.ingresses) {
            context.state.ingresses.forEach { _, row in used.insert(row.ingressClass) }
        }
        self.names = names
        self.defaults = defaults
        self.used = used
    }

    /// Whether the class that an Ingress asks for exists.
    func exists(for row: Ingress) -> Bool {
        row.ingressClass.isEmpty ? !defaults.isEmpty : names.contains(row.ingressClass)
    }

    /// Whether an Ingress asks for the class.
    func isUsed(_ row: IngressClass) -> Bool {
        used.contains(row.meta.name) || row.isDefault && used.contains(.empty)
    }
}

extension Ingress {
    /// The Services behind it, which are in its own namespace.
    var serviceKeys: [ServiceKey] {
        services.map { ServiceKey(namespace: meta.namespace, name: $0) }
    }
}
