/// What a ``Table`` asks of its rows. Public, as the table is.
public protocol TableRow: Sendable {
    /// The object's UID: rows are found by it.
    var uid: UID { get }
}

/// One object of the cluster, reduced to what availability depends on.
package protocol ClusterRow: TableRow {
    /// Marks every interned id that the row holds, so that a sweep keeps them.
    func mark(_ marker: inout Marker)
    /// The newest moment that the object names; nil where it names none. Its deletion time does not count: the API server
    /// sets it to the end of the grace period, which is still to come.
    var newestTime: Timestamp? { get }
}

/// What every kind but Pod keeps of an object's metadata.
package struct ObjectMeta: Hashable, Sendable, BitwiseCopyable {
    package var uid: UID
    package var namespace: StringID
    package var name: StringID
    /// The labels, interned with the namespace.
    package var labels: LabelsID
    /// The controller, if one owns it.
    package var owner: OwnerID
    /// The annotation `kube-ha-exporter/ignore`: rules not to raise for this object.
    package var ignoredRules: StringID
    package var created: Seconds
    package var deletion: Seconds
    package var generation: Int64

    /// Creates metadata.
    package init(
        uid: UID = .none,
        namespace: StringID = .empty,
        name: StringID = .empty,
        labels: LabelsID = .none,
        owner: OwnerID = .none,
        ignoredRules: StringID = .empty,
        created: Seconds = .none,
        deletion: Seconds = .none,
        generation: Int64 = 0
    ) {
        self.uid = uid
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self.owner = owner
        self.ignoredRules = ignoredRules
        self.created = created
        self.deletion = deletion
        self.generation = generation
    }

    /// Whether the object is being deleted.
    package var isTerminating: Bool { deletion.isSet }

    package func mark(_ marker: inout Marker) {
        marker.mark(namespace)
        marker.mark(name)
        marker.mark(labels)
        marker.mark(owner)
        marker.mark(ignoredRules)
    }
}

/// A row that keeps ``ObjectMeta``.
package protocol NamedRow: ClusterRow {
    var meta: ObjectMeta { get }
}

extension NamedRow {
    package var uid: UID { meta.uid }

    package var newestTime: Timestamp? { meta.created.timestampIfSet }
}

/// The status of a Kubernetes condition.
package enum ConditionStatus: UInt8, Hashable, Sendable, BitwiseCopyable {
    /// The object has no such condition.
    case absent
    case isTrue, isFalse, unknown
}
