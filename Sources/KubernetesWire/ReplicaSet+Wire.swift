package import ClusterState

extension ReplicaSet: WireRow {
    package static var kind: StaticString { "ReplicaSet" }
    package static var kept: KeptFields { .replicaSet }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        let isOfDeployment = object.meta.isControlled(by: "Deployment", interner)
        while try object.spec.next() {
            switch object.spec.field {
            case 1: replicas = try object.spec.int32()
            case 3 where !isOfDeployment:
                template = try object.spec.podTemplate(namespace: meta.namespace, &interner)
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
