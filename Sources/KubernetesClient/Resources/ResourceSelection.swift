package import ClusterState
package import KubernetesWire

/// What is read of the cluster: `--resources`, `--namespaces`, `--namespaces-denylist`, `--leader-lease`.
package struct ResourceSelection: Sendable, Hashable {
    /// `--resources`; nil for all.
    package var sources: Set<Source>?
    /// `--namespaces`: only these are read, one list and watch each; empty for all.
    package var namespaces: [String]
    /// `--namespaces-denylist`: objects of these are passed over.
    package var deniedNamespaces: Set<String>
    /// Namespaces of `--leader-lease`, beside kube-system.
    package var leaseNamespaces: [String]

    /// Creates a selection; without arguments, of everything.
    package init(
        sources: Set<Source>? = nil,
        namespaces: [String] = [],
        deniedNamespaces: Set<String> = [],
        leaseNamespaces: [String] = []
    ) {
        self.sources = sources
        self.namespaces = namespaces
        self.deniedNamespaces = deniedNamespaces
        self.leaseNamespaces = leaseNamespaces
    }

    /// Whether a source is read at all.
    package func includes(_ source: Source) -> Bool {
        sources?.contains(source) ?? true
    }

    /// The namespaces that a resource is listed in, nil being all at once. Empty where the lists leave none.
    package func scopes(of resource: APIResource) -> [String?] {
        if let namespace = resource.namespace {
            var scopes: [String?] = [namespace]
            if resource.source == .leases {
                for namespace in leaseNamespaces where !scopes.contains(namespace) { scopes.append(namespace) }
            }
            return scopes
        }
        guard resource.isNamespaced, !namespaces.isEmpty else { return [nil] }
        var scopes: [String?] = []
        for namespace in namespaces where !deniedNamespaces.contains(namespace) && !scopes.contains(namespace) {
            scopes.append(namespace)
        }
        return scopes
    }

    /// The namespaces whose objects are passed over where a resource is listed as a whole.
    package func denied(of resource: APIResource) -> Set<String> {
        resource.isNamespaced && scopes(of: resource) == [nil] ? deniedNamespaces : []
    }
}
