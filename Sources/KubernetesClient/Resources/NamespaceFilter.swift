import ClusterState
import KubernetesWire

/// Which objects of a source are passed over: those of namespaces that are not read, and these Namespaces themselves.
struct NamespaceFilter: Sendable, Hashable {
    /// Empty for all.
    private let allowed: Set<String>
    let denied: Set<String>
    private let isOfNamespaces: Bool

    /// The filter of a resource; nil where nothing is passed over.
    ///
    /// A resource that is listed namespace by namespace needs none. Of a Namespace whose objects are not read it would be
    /// said that it has none.
    init?(_ resource: APIResource, _ selection: ResourceSelection) {
        isOfNamespaces = resource.source == .namespaces
        allowed = isOfNamespaces ? Set(selection.namespaces) : []
        denied = isOfNamespaces ? selection.deniedNamespaces : selection.denied(of: resource)
        if allowed.isEmpty, denied.isEmpty { return nil }
    }

    /// Whether an object is read.
    func takes(_ object: ObjectHeader) -> Bool {
        let namespace = isOfNamespaces ? object.name : object.namespace
        return !denied.contains(namespace) && (allowed.isEmpty || allowed.contains(namespace))
    }
}
