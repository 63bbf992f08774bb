import ClusterState

/// The hosts that Ingresses and HTTPRoutes serve, each with the Services behind it. See SIGNALS, area 18.
struct Hosts {
    /// A host in a namespace.
    struct Host {
        var namespace: StringID
        /// Empty for requests of whatever host, which is written `*`.
        var name: StringID
        /// The distinct Services behind it, but for those of type ExternalName, which have no endpoints to lose.
        var backends: [ServiceKey] = []
    }

    /// The hosts, in no order.
    private(set) var hosts: [Host] = []
    private var positions: [ServiceKey: Int] = [:]

    init(_ context: CollectionContext) {
        let facts = BackendFacts(context)
        if context.isOK(.ingresses) {
            context.state.ingresses.forEach { _, row in add(row, facts) }
        }
        guard context.isOK(.httproutes) else { return }
        let listeners = Self.listeners(context)
        context.state.httpRoutes.forEach { _, row in
            let backends = facts.counted(row.serviceKeys)
            for name in Self.hostnames(of: row, listeners) { add(row.meta.namespace, name, backends) }
        }
    }

    /// Requests for a host that no path takes go to the default backend of its Ingress, and so do requests for any other
    /// host where the rules name none.
    private mutating func add(_ row: Ingress, _ facts: BackendFacts) {
        let namespace = row.meta.namespace
        func keys(_ names: [StringID]) -> [ServiceKey] {
            facts.counted(names.map { ServiceKey(namespace: namespace, name: $0) })
        }
        let fallback = row.defaultService.isEmpty ? [] : keys([row.defaultService])
        for rule in row.rules { add(namespace, rule.host, keys(rule.services) + fallback) }
        if row.rules.isEmpty, !row.defaultService.isEmpty { add(namespace, .empty, fallback) }
    }

    private mutating func add(_ namespace: StringID, _ name: StringID, _ backends: [ServiceKey]) {
        let key = ServiceKey(namespace: namespace, name: name)
        let position = positions[key] ?? hosts.count
        if position == hosts.count {
            positions[key] = position
            hosts.append(Host(namespace: namespace, name: name))
        }
        for backend in backends where !hosts[position].backends.contains(backend) {
            hosts[position].backends.append(backend)
        }
    }

    private static func listeners(_ context: CollectionContext) -> [ServiceKey: [Gateway.Listener]] {
        var listeners: [ServiceKey: [Gateway.Listener]] = [:]
        guard context.isOK(.gateways) else { return listeners }
        context.state.gateways.forEach { _, row in
            listeners[ServiceKey(namespace: row.meta.namespace, name: row.meta.name)] = row.listeners
        }
        return listeners
    }

    /// The hosts of a route: its own, else those of the listeners that it is attached to, else any.
    private static func hostnames(of row: HTTPRoute, _ listeners: [ServiceKey: [Gateway.Listener]]) -> [StringID] {
        if !row.hostnames.isEmpty { return row.hostnames }
        var names: [StringID] = []
        for parent in row.parents where parent.isGateway {
            let own = listeners[ServiceKey(namespace: parent.namespace, name: parent.name)] ?? []
            for listener in own
            where (parent.section.isEmpty || parent.section == listener.name)
                && (parent.port == 0 || parent.port == listener.port) && !names.contains(listener.hostname)
            {
                names.append(listener.hostname)
            }
        }
        return names.isEmpty ? [.empty] : names
    }
}
