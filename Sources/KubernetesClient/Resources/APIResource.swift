package import ClusterState

/// Where the API serves the objects of a source, and how they are kept up to date.
package struct APIResource: Sendable, Hashable {
    /// The source that the objects are.
    package let source: Source
    /// The API group; empty for core.
    package let group: String
    /// The version of the group.
    package let version: String
    /// The name in paths.
    package let plural: String
    /// Whether the objects live in namespaces.
    package let isNamespaced: Bool
    /// Objects a page.
    package let pageLimit: Int
    /// Whether it is watched or polled.
    package let mode: ListWatch.Mode

    /// What discovery calls it: `apps/v1`; `v1` for core.
    package var groupVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// Whether every cluster serves it: that it is not found is a fault of whoever says so.
    package var isAlwaysServed: Bool {
        ["v1", "apps/v1", "policy/v1", "discovery.k8s.io/v1"].contains(groupVersion)
    }

    /// The path of all objects, or of those of a namespace.
    package func path(namespace: String?) -> String {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        guard let namespace else { return "\(root)/\(plural)" }
        return "\(root)/namespaces/\(ResourceRequest.escaped(namespace))/\(plural)"
    }

    private init(
        _ source: Source,
        _ groupVersion: String,
        plural: String? = nil,
        isNamespaced: Bool = true,
        pageLimit: Int = 500,
        mode: ListWatch.Mode = .watch
    ) {
        self.source = source
        let parts = groupVersion.split(separator: "/")
        group = parts.count > 1 ? String(parts[0]) : ""
        version = String(parts.last ?? "v1")
        self.plural = plural ?? source.rawValue
        self.isNamespaced = isNamespaced
        self.pageLimit = pageLimit
        self.mode = mode
    }

    /// The resource of a source; nil for those that are no resource.
    package static func of(_ source: Source) -> APIResource? {
        switch source {
        case .namespaces, .persistentvolumes: APIResource(source, "v1", isNamespaced: false)
        // A node of a large cluster names all images that it holds: 50 KB each.
        case .nodes: APIResource(source, "v1", isNamespaced: false, pageLimit: 100)
        case .pods, .replicationcontrollers, .services, .persistentvolumeclaims: APIResource(source, "v1")
        case .deployments, .replicasets, .statefulsets, .daemonsets, .controllerrevisions:
            APIResource(source, "apps/v1")
        case .poddisruptionbudgets: APIResource(source, "policy/v1")
        case .endpointslices: APIResource(source, "discovery.k8s.io/v1")
        case .leases: APIResource(source, "coordination.k8s.io/v1")
        // Each node renews its lease every 10 s: a watch would bring thousands of events for nothing.
        case .nodeleases:
            APIResource(source, "coordination.k8s.io/v1", plural: "leases", mode: .poll(every: .seconds(60)))
        case .ingresses, .networkpolicies: APIResource(source, "networking.k8s.io/v1")
        case .ingressclasses: APIResource(source, "networking.k8s.io/v1", isNamespaced: false)
        // Custom resources come as JSON only, and are few. A page is read as a whole: at 1.5 MiB an object, the most that
        // etcd takes by default (--max-request-bytes), one of 20 is within ``PageReading/jsonLimit``.
        case .gateways, .httproutes:
            APIResource(source, "gateway.networking.k8s.io/v1", pageLimit: 20, mode: .poll(every: .seconds(60)))
        case .storageclasses, .volumeattachments: APIResource(source, "storage.k8s.io/v1", isNamespaced: false)
        case .clusterroles, .clusterrolebindings:
            APIResource(source, "rbac.authorization.k8s.io/v1", isNamespaced: false)
        case .roles, .rolebindings: APIResource(source, "rbac.authorization.k8s.io/v1")
        case .apiservices: APIResource(source, "apiregistration.k8s.io/v1", isNamespaced: false)
        case .horizontalpodautoscalers: APIResource(source, "autoscaling/v2")
        case .validatingwebhookconfigurations, .mutatingwebhookconfigurations:
            APIResource(source, "admissionregistration.k8s.io/v1", isNamespaced: false)
        case .version, .apiserver, .etcd: nil
        }
    }
}
