import ClusterState

@testable import HASignals

extension ClusterBuilder {
    /// A Service with so many ready endpoints on a node.
    mutating func served(_ namespace: String, _ name: String, endpoints: Int = 1, on node: String = "") {
        service(namespace, name, selector: ["app": name])
        let ready = (0..<endpoints).map { _ in endpoint(on: node) }
        slice(namespace, name, ready)
    }

    mutating func ingressClass(
        _ name: String,
        controller: String = "",
        labels: [String: String] = [:],
        isDefault: Bool = false
    ) {
        var row = IngressClass(meta: meta("IngressClass", "", name, labels: labels))
        row.controller = id(controller)
        row.isDefault = isDefault
        state.ingressClasses.upsert(row)
    }

    mutating func ingress(
        _ namespace: String,
        _ name: String,
        class ingressClass: String = "",
        host: String = "",
        services: [String] = [],
        _ change: (inout Ingress) -> Void = { _ in }
    ) {
        var row = Ingress(meta: meta("Ingress", namespace, name))
        row.ingressClass = id(ingressClass)
        row.rules = [Ingress.Backends(host: id(host), services: services.map { id($0) })]
        change(&row)
        state.ingresses.upsert(row)
    }

    mutating func gateway(
        _ namespace: String,
        _ name: String,
        generation: Int64 = 1,
        _ change: (inout Gateway) -> Void = { _ in }
    ) {
        var row = Gateway(meta: meta("Gateway", namespace, name, generation: generation))
        row.programmed = .isTrue
        row.programmedGeneration = generation
        row.addresses = 1
        change(&row)
        state.gateways.upsert(row)
    }

    /// A route that each of its parents accepts with its references resolved.
    mutating func route(
        _ namespace: String,
        _ name: String,
        parents: [HTTPRoute.Parent],
        backends: [String] = [],
        generation: Int64 = 1,
        _ change: (inout HTTPRoute) -> Void = { _ in }
    ) {
        var row = HTTPRoute(meta: meta("HTTPRoute", namespace, name, generation: generation))
        row.parents = parents
        row.statuses = parents.map {
            var status = HTTPRoute.ParentStatus(parent: $0)
            status.accepted = .isTrue
            status.acceptedGeneration = generation
            status.resolvedRefs = .isTrue
            status.resolvedRefsGeneration = generation
            return status
        }
        row.backends = backends.map { HTTPRoute.Backend(namespace: row.meta.namespace, name: id($0)) }
        change(&row)
        state.httpRoutes.upsert(row)
    }

    /// A reference to a Gateway.
    mutating func parent(_ namespace: String, _ name: String) -> HTTPRoute.Parent {
        HTTPRoute.Parent(namespace: id(namespace), name: id(name))
    }
}
