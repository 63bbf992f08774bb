import ClusterState
import Exposition

extension Ingresses {
    static let gatewayLabels = LabelNames(["namespace", "gateway"])
    static let routeLabels = LabelNames(["namespace", "httproute"])

    static let programmed = Family(
        "kube_ha_gateway_programmed",
        .gauge,
        labels: gatewayLabels,
        sources: ["gateways"],
        help: "1 where the Gateway's condition Programmed is True for its current generation, and of no listener False."
    )
    static let addresses = Family(
        "kube_ha_gateway_addresses",
        .gauge,
        labels: gatewayLabels,
        sources: ["gateways"],
        help: "Addresses in the Gateway's status."
    )
    static let routeAccepted = Family(
        "kube_ha_httproute_accepted",
        .gauge,
        labels: routeLabels,
        sources: ["httproutes", "gateways"],
        help: "1 where a parent of the HTTPRoute that exists accepts its current generation."
    )
    static let routeResolved = Family(
        "kube_ha_httproute_refs_resolved",
        .gauge,
        labels: routeLabels,
        sources: ["httproutes", "gateways"],
        help: "1 where every parent that accepts the HTTPRoute resolves its references; 0 where none accepts it."
    )
    static let routeBackends = Family(
        "kube_ha_httproute_backends",
        .gauge,
        labels: routeLabels,
        sources: ["httproutes", "services", "endpointslices"],
        help: "Distinct Services of weight above 0 behind the HTTPRoute; ExternalName is not counted."
    )
    static let routeBackendsAvailable = Family(
        "kube_ha_httproute_backends_available",
        .gauge,
        labels: routeLabels,
        sources: ["httproutes", "services", "endpointslices"],
        help: "Of the Services behind the HTTPRoute, those that exist and have a ready endpoint."
    )

    static let gatewayFamilies: [any AnyFamily] = [
        programmed, addresses, routeAccepted, routeResolved, routeBackends, routeBackendsAvailable,
    ]

    static func collectGateways(_ facts: inout BackendFacts, _ context: CollectionContext, _ output: inout SignalOutput)
    {
        var gateways: Set<ServiceKey> = []
        if context.isOK(.gateways) {
            for row in context.state.gateways.all {
                gateways.insert(ServiceKey(namespace: row.meta.namespace, name: row.meta.name))
                let labels = context.labels(gatewayLabels, row.meta, &output.sink)
                output.sink.add(programmed, labels, row.isProgrammed)
                output.sink.add(addresses, labels, row.addresses)
                evaluateGateway(row, context, &output)
            }
        }
        guard context.isOK(.httproutes) else { return }
        for row in context.state.httpRoutes.all {
            let labels = context.labels(routeLabels, row.meta, &output.sink)
            let attachment = RouteAttachment(row, gateways: gateways)
            output.sink.add(routeAccepted, labels, attachment.isAccepted)
            output.sink.add(routeResolved, labels, attachment.areReferencesResolved)
            let counted = facts.counted(row.serviceKeys)
            output.sink.add(routeBackends, labels, counted.count)
            output.sink.add(
                routeBackendsAvailable,
                labels,
                counted.count { facts.state(of: $0) == .available }
            )
            evaluateRoute(row, attachment, &facts, context, &output)
        }
    }
}

/// How an HTTPRoute is attached to its parents: those of status.parents that its spec names and that exist.
struct RouteAttachment {
    /// A parent that exists accepts the current generation.
    private(set) var isAccepted = false
    /// Some parent accepts, and each that does resolves the references.
    private(set) var areReferencesResolved = false
    /// Gateways that the spec names and that do not exist.
    private(set) var missing: [HTTPRoute.Parent] = []

    /// A parent of another kind (a Service, in a mesh) is taken to exist where its status says something.
    init(_ row: HTTPRoute, gateways: Set<ServiceKey>) {
        func exists(_ parent: HTTPRoute.Parent) -> Bool {
            !parent.isGateway || gateways.contains(ServiceKey(namespace: parent.namespace, name: parent.name))
        }
        missing = row.parents.filter { !exists($0) }
        let accepting = row.statuses.filter {
            row.parents.contains($0.parent) && exists($0.parent) && $0.accepted == .isTrue
                && $0.acceptedGeneration >= row.meta.generation
        }
        isAccepted = !accepting.isEmpty
        areReferencesResolved =
            isAccepted
            && accepting.allSatisfy {
                $0.resolvedRefs == .isTrue && $0.resolvedRefsGeneration >= row.meta.generation
            }
    }
}

extension HTTPRoute {
    /// The Services behind it.
    var serviceKeys: [ServiceKey] {
        backends.map { ServiceKey(namespace: $0.namespace, name: $0.name) }
    }
}
