package import ClusterState

/// A Service that is judged, with what its EndpointSlices say. See SIGNALS, area 6.
package struct ServiceFacts: Sendable {
    package var service: Service
    /// Endpoints ready, as published.
    package var ready = 0
    /// Endpoints not ready.
    package var notReady = 0
    /// Ready endpoints by the node's name.
    package var readyByNode: [StringID: Int] = [:]
    /// Ready endpoints by the zone's name.
    package var readyByZone: [StringID: Int] = [:]
    /// Whether the node of every ready endpoint is known.
    package var areNodesKnown = true
    /// Whether the zone of every ready endpoint is known.
    package var areZonesKnown = true

    /// Ready endpoints left after the worst zone loss; nil where a zone is not known.
    package var survivingZoneLoss: Int? {
        areZonesKnown ? ready - (readyByZone.values.max() ?? 0) : nil
    }

    /// Ready endpoints left after the worst node loss; nil where a node is not known.
    package var survivingNodeLoss: Int? {
        areNodesKnown ? ready - (readyByNode.values.max() ?? 0) : nil
    }
}

/// A Service's namespace and name.
package struct ServiceKey: Hashable, Sendable {
    package var namespace: StringID
    package var name: StringID

    /// Creates a key.
    package init(namespace: StringID, name: StringID) {
        self.namespace = namespace
        self.name = name
    }
}

/// The Services that are judged: not ExternalName, and with a selector or a slice of their own.
struct ServiceIndex {
    private(set) var services: [ServiceFacts] = []
    private(set) var positions: [ServiceKey: Int] = [:]

    init() {}

    init(_ state: ClusterState, _ index: ClusterIndex) {
        guard state.status(of: .services).state == .ok, state.status(of: .endpointslices).state == .ok else { return }
        let interner = state.interner
        var slices: [ServiceKey: [EndpointSlice]] = [:]
        state.endpointSlices.forEach { _, slice in
            guard !slice.service.isEmpty, slice.addressType != .fqdn else { return }
            slices[ServiceKey(namespace: slice.meta.namespace, name: slice.service), default: []].append(slice)
        }
        let rows = state.services.all
            .filter { $0.type != .externalName }
            .map { (interner.string($0.meta.namespace), interner.string($0.meta.name), $0) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        for (_, _, service) in rows {
            let key = ServiceKey(namespace: service.meta.namespace, name: service.meta.name)
            let own = slices[key] ?? []
            guard !service.selector.isEmpty || !own.isEmpty else { continue }
            positions[key] = services.count
            services.append(Self.facts(service, own, state, index))
        }
    }

    private static func facts(
        _ service: Service,
        _ slices: [EndpointSlice],
        _ state: ClusterState,
        _ index: ClusterIndex
    ) -> ServiceFacts {
        // A dual-stack Service has a slice of each family with the same endpoints: the fuller one counts.
        let first = endpoints(slices.filter { $0.addressType == .ipv4 })
        let second = endpoints(slices.filter { $0.addressType == .ipv6 })
        var facts = ServiceFacts(service: service)
        for endpoint in second.count > first.count ? second : first {
            guard endpoint.isReady else {
                facts.notReady += 1
                continue
            }
            facts.ready += 1
            let node = endpoint.node.isEmpty ? state.pods[endpoint.target]?.node ?? .empty : endpoint.node
            if node.isEmpty { facts.areNodesKnown = false } else { facts.readyByNode[node, default: 0] += 1 }
            var zone = index.node(named: node)?.zone ?? .empty
            if zone.isEmpty { zone = endpoint.zone }
            if zone.isEmpty { facts.areZonesKnown = false } else { facts.readyByZone[zone, default: 0] += 1 }
        }
        return facts
    }

    /// The endpoints of several slices, each once: while the controller moves one between slices it stands in both.
    private static func endpoints(_ slices: [EndpointSlice]) -> [Endpoint] {
        guard slices.count > 1 else { return slices.first?.endpoints ?? [] }
        struct Identity: Hashable {
            var target: UID
            var address: StringID
        }
        var positions: [Identity: Int] = [:]
        var result: [Endpoint] = []
        for slice in slices {
            for endpoint in slice.endpoints {
                let identity = Identity(target: endpoint.target, address: endpoint.address)
                if let known = positions[identity] {
                    if endpoint.isReady { result[known].isReady = true }
                } else {
                    positions[identity] = result.count
                    result.append(endpoint)
                }
            }
        }
        return result
    }
}
