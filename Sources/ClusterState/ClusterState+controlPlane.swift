extension ClusterState {
    /// The leader elections of the control plane, by the name of their lease in kube-system.
    package static let leaderNames = ["kube-controller-manager", "kube-scheduler", "cloud-controller-manager"]

    /// Whether the lease is that of a leader of the control plane.
    package func isLeader(_ lease: Lease) -> Bool {
        interner.string(lease.meta.namespace) == "kube-system"
            && Self.leaderNames.contains(interner.string(lease.meta.name))
    }

    /// Whether the lease is the identity of an API server.
    package func isIdentity(_ lease: Lease) -> Bool {
        interner.label(.apiServerIdentity, in: lease.meta.labels) != nil
            && interner.string(lease.meta.namespace) == "kube-system"
    }

    /// The distinct addresses in the EndpointSlices of default/kubernetes, with the port each is published with.
    package var apiServerAddresses: [(address: String, port: Int32)] {
        guard let namespace = interner.find("default"), let service = interner.find("kubernetes") else { return [] }
        var seen: Set<StringID> = []
        var result: [(String, Int32)] = []
        endpointSlices.forEach { _, slice in
            guard slice.meta.namespace == namespace, slice.service == service else { return }
            for endpoint in slice.endpoints where !endpoint.address.isEmpty {
                if seen.insert(endpoint.address).inserted {
                    result.append((interner.string(endpoint.address), slice.ports.first ?? 6_443))
                }
            }
        }
        return result
    }
}
