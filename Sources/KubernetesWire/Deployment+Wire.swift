package import ClusterState

extension Deployment: WireRow {
    package static var kind: StaticString { "Deployment" }

    /// replicas, template, strategy, revisionHistoryLimit, paused; the counts of the status, and its conditions.
    package static let kept = KeptFields.object(
        spec: [
            1: .value, 3: .message(.podTemplate),
            4: .message([1: .value, 2: .message([1: .message(.intOrString), 2: .message(.intOrString)])]), 6: .value,
            7: .value,
        ],
        status: [1: .value, 2: .value, 3: .value, 4: .value, 6: .message(.deploymentCondition), 7: .value]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 1: replicas = try object.spec.int32()
            case 3: template = try object.spec.podTemplate(namespace: meta.namespace, &interner)
            case 4: try readStrategy(&object.spec)
            case 6: revisionHistoryLimit = try object.spec.int32()
            case 7: isPaused = try object.spec.bool()
            default: try object.spec.skip()
            }
        }
        try readStatus(&object.status)
    }

    private mutating func readStrategy(_ spec: inout WireReader) throws(WireError) {
        var strategy = try spec.message("spec.strategy")
        while try strategy.next() {
            switch strategy.field {
            case 1: isRecreate = try strategy.stringEquals("Recreate")
            case 2:
                var rolling = try strategy.message("spec.strategy.rollingUpdate")
                while try rolling.next() {
                    switch rolling.field {
                    case 1: maxUnavailable = try rolling.intOrPercent("spec.strategy.rollingUpdate.maxUnavailable")
                    case 2: maxSurge = try rolling.intOrPercent("spec.strategy.rollingUpdate.maxSurge")
                    default: try rolling.skip()
                    }
                }
            default: try strategy.skip()
            }
        }
    }

    private mutating func readStatus(_ status: inout WireReader) throws(WireError) {
        while try status.next() {
            switch status.field {
            case 1: observedGeneration = try status.int64()
            case 2: statusReplicas = try status.int32()
            case 3: updatedReplicas = try status.int32()
            case 4: availableReplicas = try status.int32()
            case 6:
                let condition = try WireCondition(&status, "status.conditions", .deployment)
                if condition.isNamed("Progressing") {
                    progressing = condition.status
                    hasCompletedRollout = StaticString("NewReplicaSetAvailable").equals(condition.reason)
                } else if condition.isNamed("ReplicaFailure") {
                    replicaFailure = condition.status
                }
            case 7: readyReplicas = try status.int32()
            default: try status.skip()
            }
        }
    }
}
