/// An APIService: a group and version of the API, served by the API server itself or by a Service behind it.
package struct APIService: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    /// `spec.group`; empty for the core group.
    package var group: StringID = .empty
    /// `spec.service` is set: what serves it is aggregated.
    package var hasService = false
    package var serviceNamespace: StringID = .empty
    package var serviceName: StringID = .empty
    /// The condition Available.
    package var available: ConditionStatus = .absent
    /// Its reason.
    package var reason: StringID = .empty

    /// Creates an APIService.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(group)
        marker.mark(serviceNamespace)
        marker.mark(serviceName)
        marker.mark(reason)
    }
}

extension ClusterState {
    /// The API groups that discovery shows: ``apiGroups``, else those of the APIServices, which the API server keeps one
    /// of for each group and version. nil where neither is known.
    package var discoveredGroups: Set<String>? {
        if let apiGroups { return apiGroups }
        guard status(of: .apiservices).state.givesFamilies else { return nil }
        var groups: Set<String> = []
        apiServices.forEach { groups.insert(interner.string($1.group)) }
        return groups
    }
}
