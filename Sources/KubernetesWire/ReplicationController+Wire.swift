package import ClusterState

extension ReplicationController: WireRow {
    package static var kind: StaticString { "ReplicationController" }
    package static var kept: KeptFields { .replicaSet }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 1: replicas = try object.spec.int32()
            case 3: template = try object.spec.podTemplate(namespace: meta.namespace, &interner)
            default: try object.spec.skip()
            }
        }
        let status = try ReplicaStatus(&object.status)
        statusReplicas = status.replicas
        readyReplicas = status.ready
        availableReplicas = status.available
        replicaFailure = status.failure
    }
}

/// The status of a ReplicaSet or ReplicationController, which have the same fields.
struct ReplicaStatus {
    private(set) var replicas: Int32 = 0
    private(set) var ready: Int32 = 0
    private(set) var available: Int32 = 0
    /// Condition ReplicaFailure.
    private(set) var failure = ConditionStatus.absent

    init(_ status: inout WireReader) throws(WireError) {
        while try status.next() {
            switch status.field {
            case 1: replicas = try status.int32()
            case 4: ready = try status.int32()
            case 5: available = try status.int32()
            case 6:
                let condition = try WireCondition(&status, "status.conditions", .controller)
                if condition.isNamed("ReplicaFailure") { failure = condition.status }
            default: try status.skip()
            }
        }
    }
}

extension KeptFields {
    /// replicas, template; replicas, readyReplicas, availableReplicas, conditions. A ReplicationController has the same
    /// numbers.
    static let replicaSet = object(
        spec: [1: .value, 3: .message(.podTemplate)],
        status: [1: .value, 4: .value, 5: .value, 6: .message(.controllerCondition)]
    )
}
