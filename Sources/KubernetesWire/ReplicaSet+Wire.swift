package import ClusterState

extension ReplicaSet: WireRow {
    package static var kind: StaticString { "ReplicaSet" }

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
        while try object.status.next() {
            switch object.status.field {
            case 1: statusReplicas = try object.status.int32()
            case 4: readyReplicas = try object.status.int32()
            case 5: availableReplicas = try object.status.int32()
            case 6:
                let condition = try WireCondition(&object.status, "status.conditions", .controller)
                if condition.isNamed("ReplicaFailure") { replicaFailure = condition.status }
            default: try object.status.skip()
            }
        }
    }
}
