/// An HTTPRoute (gateway.networking.k8s.io/v1).
package struct HTTPRoute: NamedRow, Hashable {
    /// A parentRef: what the route is attached to.
    package struct Parent: Hashable, Sendable {
        /// `group` and `kind` are those of a Gateway.
        package var isGateway: Bool
        /// Its own, or where unset the route's.
        package var namespace: StringID
        package var name: StringID
        /// `sectionName`: one listener of the parent.
        package var section: StringID
        /// 0 where unset.
        package var port: Int32

        /// Creates a reference.
        package init(
            isGateway: Bool = true,
            namespace: StringID,
            name: StringID,
            section: StringID = .empty,
            port: Int32 = 0
        ) {
            self.isGateway = isGateway
            self.namespace = namespace
            self.name = name
            self.section = section
            self.port = port
        }
    }

    /// What a controller says of the route under one parent.
    package struct ParentStatus: Hashable, Sendable {
        package var parent: Parent
        /// Condition Accepted, and the generation that it is about: the current one where it does not say.
        package var accepted: ConditionStatus = .absent
        package var acceptedGeneration: Int64 = 0
        /// Condition ResolvedRefs, and the generation that it is about, likewise.
        package var resolvedRefs: ConditionStatus = .absent
        package var resolvedRefsGeneration: Int64 = 0

        /// Creates the status of a parent that says nothing.
        package init(parent: Parent) {
            self.parent = parent
        }
    }

    /// A Service that the route sends requests to.
    package struct Backend: Hashable, Sendable {
        package var namespace: StringID
        package var name: StringID

        /// Creates a reference.
        package init(namespace: StringID, name: StringID) {
            self.namespace = namespace
            self.name = name
        }
    }

    package var meta: ObjectMeta
    /// `spec.hostnames`; empty where it takes those of its listeners.
    package var hostnames: [StringID] = []
    /// `spec.parentRefs`.
    package var parents: [Parent] = []
    /// `status.parents`.
    package var statuses: [ParentStatus] = []
    /// The distinct Services of weight above 0.
    package var backends: [Backend] = []

    /// Creates a route.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(hostnames)
        for parent in parents + statuses.map(\.parent) {
            marker.mark(parent.namespace)
            marker.mark(parent.name)
            marker.mark(parent.section)
        }
        for backend in backends {
            marker.mark(backend.namespace)
            marker.mark(backend.name)
        }
    }
}
