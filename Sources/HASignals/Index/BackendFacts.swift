import ClusterState

/// Whether the Services that Ingresses and routes send requests to can answer.
struct BackendFacts {
    /// The state of a backend.
    enum State {
        case available
        case missing
        /// Of type ExternalName, without endpoints, or of a namespace that is not read: whether it answers is not known.
        case external
        case withoutEndpoints
    }

    private let context: CollectionContext
    private var types: [ServiceKey: Service.ServiceType] = [:]
    private var scaledToZero: Set<ServiceKey>?

    init(_ context: CollectionContext) {
        self.context = context
        guard context.isOK(.services) else { return }
        var types: [ServiceKey: Service.ServiceType] = [:]
        types.reserveCapacity(context.state.services.count)
        context.state.services.forEach { _, row in
            types[ServiceKey(namespace: row.meta.namespace, name: row.meta.name)] = row.type
        }
        self.types = types
    }

    /// Returns the Services that count as backends: all but those of type ExternalName, which have no endpoints, and of
    /// namespaces that are not read. Services that do not exist count.
    func counted(_ keys: [ServiceKey]) -> [ServiceKey] {
        keys.filter { key in
            guard let type = types[key] else { return isRead(key) }
            return type != .externalName
        }
    }

    private func isRead(_ key: ServiceKey) -> Bool {
        context.settings.reads(namespace: context.text(key.namespace))
    }

    /// Returns the state of the Service as a backend.
    func state(of key: ServiceKey) -> State {
        guard let type = types[key] else { return isRead(key) ? .missing : .external }
        if type == .externalName { return .external }
        guard let position = context.index.servicePositions[key] else { return .withoutEndpoints }
        return context.index.services[position].ready > 0 ? .available : .withoutEndpoints
    }

    /// Whether the Service has no endpoint because every workload that it selects is scaled to 0.
    mutating func isScaledToZero(_ key: ServiceKey) -> Bool {
        if let scaledToZero { return scaledToZero.contains(key) }
        let empty = EmptyServices(context)
        var keys: Set<ServiceKey> = []
        for (position, behind) in zip(empty.positions, empty.backing()) where behind.isScaledToZero {
            let meta = context.index.services[position].service.meta
            keys.insert(ServiceKey(namespace: meta.namespace, name: meta.name))
        }
        scaledToZero = keys
        return keys.contains(key)
    }

    /// Returns what is wrong with each of the Services, a phrase each; empty where every one is available or scaled to 0.
    mutating func problems(_ keys: [ServiceKey], in namespace: StringID) -> [String] {
        var words: [String] = []
        for key in keys {
            let space = key.namespace == namespace ? "" : context.text(key.namespace) + "/"
            let name = space + context.text(key.name)
            switch state(of: key) {
            case .available, .external: continue
            case .missing: words.append("Service \(name) does not exist")
            case .withoutEndpoints:
                if !isScaledToZero(key) { words.append("Service \(name) has no ready endpoint") }
            }
        }
        return words.sorted()
    }
}
