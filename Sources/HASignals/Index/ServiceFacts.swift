package import ClusterState

/// A Service that is judged, with what its EndpointSlices say. See SIGNALS, area 6.
package struct ServiceFacts: Sendable {
    package var service: Service
    /// Endpoints ready: as published, under publishNotReadyAddresses those whose target is Ready.
    package var ready = 0
    /// Endpoints not ready.
    package var notReady = 0
    /// Endpoints of slices without a port, of a Service that declares ports: they cannot be reached, so they count neither
    /// as ready nor as not ready.
    package var withoutPort = 0
    /// Ready endpoints that name neither a node nor a target: addresses that somebody wrote down, of what is on no node.
    package var outside = 0
    /// The nodes that ready endpoints are on, by name.
    package var nodes = Places()
    /// The zones that they are in, by name.
    package var zones = Places()

    /// The places of ready endpoints, only as far as areas ask for them: there are as many endpoints as pods.
    package struct Places: Sendable {
        /// How many distinct ones there are.
        package var count = 0
        /// How many endpoints the one with the most has.
        package var most = 0
        /// One of them; the only one where ``count`` is 1.
        package var first = StringID.empty
        /// Whether the place of every ready endpoint is known.
        package var areKnown = true
    }

    /// Ready endpoints left after the worst zone loss; nil where a zone is not known.
    package var survivingZoneLoss: Int? {
        zones.areKnown ? ready - zones.most : nil
    }

    /// Ready endpoints left after the worst node loss; nil where a node is not known.
    package var survivingNodeLoss: Int? {
        nodes.areKnown ? ready - nodes.most : nil
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
    private var nodes = PlaceCounter(capacity: 0)
    private var zones = PlaceCounter(capacity: 0)

    init(_ state: ClusterState, _ index: ClusterIndex) {
        guard state.status(of: .services).state.givesFamilies, state.status(of: .endpointslices).state.givesFamilies
        else { return }
        let interner = state.interner
        nodes = PlaceCounter(capacity: interner.stringCapacity)
        zones = PlaceCounter(capacity: interner.stringCapacity)
        var slices: [ServiceKey: [EndpointSlice]] = [:]
        state.endpointSlices.forEach { _, slice in
            guard !slice.service.isEmpty, slice.addressType != .fqdn else { return }
            slices[ServiceKey(namespace: slice.meta.namespace, name: slice.service), default: []].append(slice)
        }
        let rows = state.services.all
            .filter { $0.type != .externalName }
            .map { (interner.string($0.meta.namespace), interner.string($0.meta.name), $0) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        services.reserveCapacity(rows.count)
        for (_, _, service) in rows {
            let key = ServiceKey(namespace: service.meta.namespace, name: service.meta.name)
            let own = slices[key] ?? []
            guard !service.selector.isEmpty || !own.isEmpty else { continue }
            positions[key] = services.count
            services.append(facts(service, own, state, index))
        }
    }

    private mutating func facts(
        _ service: Service,
        _ slices: [EndpointSlice],
        _ state: ClusterState,
        _ index: ClusterIndex
    ) -> ServiceFacts {
        var facts = ServiceFacts(service: service)
        let areAllReachable = !service.hasPorts || slices.allSatisfy(\.hasPorts)
        if !areAllReachable { facts.withoutPort = Self.endpoints(slices.filter { !$0.hasPorts }).count }
        for endpoint in Self.endpoints(areAllReachable ? slices : slices.filter(\.hasPorts)) {
            guard service.publishesNotReady ? endpoint.isServing : endpoint.isReady else {
                facts.notReady += 1
                continue
            }
            facts.ready += 1
            if endpoint.node.isEmpty, endpoint.target == .none { facts.outside += 1 }
            let node = endpoint.node.isEmpty ? state.pods[endpoint.target]?.node ?? .empty : endpoint.node
            nodes.add(node)
            let zone = index.zone(ofNode: node)
            zones.add(zone.isEmpty ? endpoint.zone : zone)
        }
        facts.nodes = nodes.finish()
        facts.zones = zones.finish()
        return facts
    }

    /// The endpoints of the address family that has more: a dual-stack Service has slices of both with the same ones.
    private static func endpoints(_ slices: [EndpointSlice]) -> [Endpoint] {
        if slices.count == 1 { return slices[0].endpoints }
        let first = distinctEndpoints(slices.filter { $0.addressType == .ipv4 })
        let second = distinctEndpoints(slices.filter { $0.addressType == .ipv6 })
        return second.count > first.count ? second : first
    }

    /// The endpoints of several slices, each once: while the controller moves one between slices it stands in both.
    private static func distinctEndpoints(_ slices: [EndpointSlice]) -> [Endpoint] {
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
                    if endpoint.isServing { result[known].isServing = true }
                } else {
                    positions[identity] = result.count
                    result.append(endpoint)
                }
            }
        }
        return result
    }
}

/// Counts names one Service after the other, in an array by string id that is made once: a dictionary a Service would
/// take ten times as long.
private struct PlaceCounter {
    private var counts: ContiguousArray<Int32>
    private var touched: [StringID] = []
    private var areKnown = true

    init(capacity: Int) {
        counts = ContiguousArray(repeating: 0, count: capacity)
    }

    mutating func add(_ name: StringID) {
        guard !name.isEmpty else {
            areKnown = false
            return
        }
        if counts[Int(name.value)] == 0 { touched.append(name) }
        counts[Int(name.value)] += 1
    }

    /// What was counted since the last time.
    mutating func finish() -> ServiceFacts.Places {
        var places = ServiceFacts.Places()
        places.count = touched.count
        places.first = touched.first ?? .empty
        places.areKnown = areKnown
        for name in touched {
            places.most = max(places.most, Int(counts[Int(name.value)]))
            counts[Int(name.value)] = 0
        }
        touched.removeAll(keepingCapacity: true)
        areKnown = true
        return places
    }
}
