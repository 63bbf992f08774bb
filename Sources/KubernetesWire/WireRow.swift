package import ClusterState

/// A row that is read from protobuf: bytes → row, nothing between. One file a kind, `X+Wire.swift`.
package protocol WireRow: ClusterRow {
    /// The kind as the envelope names it: `Pod`.
    static var kind: StaticString { get }

    /// Reads one object.
    ///
    /// - Parameters:
    ///   - reader: Over the object's bytes, without envelope.
    ///   - interner: Gives ids to what recurs.
    /// - Throws: ``WireError`` where the bytes are malformed.
    init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError)
}

extension WireRow {
    /// Reads one object from its bytes.
    ///
    /// - Parameters:
    ///   - bytes: The object, without envelope.
    ///   - offset: Where it begins in the stream, for errors.
    ///   - interner: Gives ids to what recurs.
    /// - Returns: The row.
    /// - Throws: ``WireError`` where the bytes are malformed.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer,
        offset: Int = 0,
        _ interner: inout Interner
    ) throws(WireError) -> Self {
        var reader = WireReader(bytes, path: kind, base: offset)
        do throws(WireError) {
            return try Self(&reader, &interner)
        } catch {
            throw error.inside(kind)
        }
    }
}

/// A resource that is read as protobuf: how its objects get into the state, without naming the row's type.
package struct WireResource: Sendable {
    /// The source that its objects come from.
    package let source: Source
    /// The kind as the envelope names it.
    package let kind: String
    /// Starts, ends or gives up a list.
    package let list: @Sendable (inout ClusterState, ListStep) -> Void
    /// Reads an object into the list under way (or, without one, into the table).
    package let stage: @Sendable (inout ClusterState, UnsafeRawBufferPointer, Int) throws(WireError) -> Void
    /// Reads an object into the table.
    package let upsert: @Sendable (inout ClusterState, UnsafeRawBufferPointer, Int) throws(WireError) -> Void
    /// Reads an object for its UID and removes it from the table.
    package let remove: @Sendable (inout ClusterState, UnsafeRawBufferPointer, Int) throws(WireError) -> Void
    /// How many objects the table holds.
    package let count: @Sendable (borrowing ClusterState) -> Int

    /// What happens to a list as a whole.
    package enum ListStep: Sendable {
        case begin, commit, abandon
        /// All objects go: the resource is gone or is not read any more.
        case clear
    }

    /// Makes the entry of a kind.
    package init<Row: WireRow>(_ source: Source, _: Row.Type) {
        self.source = source
        kind = "\(Row.kind)"
        list = { state, step in
            switch step {
            case .begin: state[keyPath: Row.table].beginReplace()
            case .commit: state[keyPath: Row.table].commitReplace()
            case .abandon: state[keyPath: Row.table].abandonReplace()
            case .clear: state[keyPath: Row.table].removeAll()
            }
        }
        stage = { state, bytes, offset throws(WireError) in
            let row = try Row.decode(bytes, offset: offset, &state.interner)
            state[keyPath: Row.table].stage(row)
        }
        upsert = { state, bytes, offset throws(WireError) in
            let row = try Row.decode(bytes, offset: offset, &state.interner)
            state[keyPath: Row.table].upsert(row)
        }
        remove = { state, bytes, offset throws(WireError) in
            let row = try Row.decode(bytes, offset: offset, &state.interner)
            state[keyPath: Row.table].remove(row.uid)
        }
        count = { state in state[keyPath: Row.table].count }
    }

    /// Every resource that is read as protobuf.
    package static let all: [WireResource] = [
        WireResource(.namespaces, Namespace.self),
        WireResource(.nodes, Node.self),
        WireResource(.pods, Pod.self),
        WireResource(.replicationcontrollers, ReplicationController.self),
        WireResource(.deployments, Deployment.self),
        WireResource(.replicasets, ReplicaSet.self),
        WireResource(.statefulsets, StatefulSet.self),
        WireResource(.daemonsets, DaemonSet.self),
        WireResource(.controllerrevisions, ControllerRevision.self),
        WireResource(.poddisruptionbudgets, PodDisruptionBudget.self),
        WireResource(.services, Service.self),
        WireResource(.endpointslices, EndpointSlice.self),
        WireResource(.persistentvolumes, PersistentVolume.self),
        WireResource(.persistentvolumeclaims, PersistentVolumeClaim.self),
        WireResource(.ingresses, Ingress.self),
        WireResource(.ingressclasses, IngressClass.self),
        WireResource(.storageclasses, StorageClass.self),
        WireResource(.volumeattachments, VolumeAttachment.self),
        WireResource(.leases, Lease.self),
        WireResource(.nodeleases, NodeLease.self),
        WireResource(.networkpolicies, NetworkPolicy.self),
        WireResource(.clusterroles, ClusterRole.self),
        WireResource(.clusterrolebindings, ClusterRoleBinding.self),
        WireResource(.roles, Role.self),
        WireResource(.rolebindings, RoleBinding.self),
        WireResource(.apiservices, APIService.self),
        WireResource(.horizontalpodautoscalers, HorizontalPodAutoscaler.self),
        WireResource(.validatingwebhookconfigurations, ValidatingWebhookConfiguration.self),
        WireResource(.mutatingwebhookconfigurations, MutatingWebhookConfiguration.self),
    ]
}
