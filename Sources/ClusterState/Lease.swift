/// What a Lease says of its holder.
package struct LeaseSpec: Hashable, Sendable, BitwiseCopyable {
    package var holder: StringID = .empty
    /// Seconds the lease lasts after a renewal.
    package var durationSeconds: Int32 = 0
    /// When the holder last renewed it; nil where it never did.
    package var renewed: Timestamp?
    package var transitions: Int32 = 0

    /// Creates the spec of a lease that nobody holds.
    package init() {}
}

/// A Lease outside kube-node-lease: of a leader, or the identity of an API server.
package struct Lease: NamedRow, Hashable {
    package var meta: ObjectMeta
    package var spec = LeaseSpec()
    /// Annotation or label that tells an API server's address: `kubernetes.io/peer-advertise-address`.
    package var advertisedAddress: StringID = .empty

    /// Creates a lease.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package var newestTime: Timestamp? { [meta.created.timestampIfSet, spec.renewed].compactMap(\.self).max() }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(spec.holder)
        marker.mark(advertisedAddress)
    }
}

/// A node's heartbeat: a Lease in kube-node-lease, which bears the node's name.
package struct NodeLease: NamedRow, Hashable {
    package var meta: ObjectMeta
    package var spec = LeaseSpec()

    /// Creates a lease.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package var newestTime: Timestamp? { [meta.created.timestampIfSet, spec.renewed].compactMap(\.self).max() }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(spec.holder)
    }
}
