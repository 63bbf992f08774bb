package import ClusterState

extension StatefulSet: WireRow {
    package static var kind: StaticString { "StatefulSet" }

    /// replicas, template, updateStrategy, revisionHistoryLimit; counts and revisions of the status.
    package static let kept = KeptFields.object(
        spec: [
            1: .value, 3: .message(.podTemplate),
            7: .message([1: .value, 2: .message([1: .value, 2: .message(.intOrString)])]), 8: .value,
        ],
        status: [1: .value, 2: .value, 3: .value, 5: .value, 6: .value, 7: .value, 11: .value]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 1: replicas = try object.spec.int32()
            case 3: template = try object.spec.podTemplate(namespace: meta.namespace, &interner)
            case 7: try readStrategy(&object.spec)
            case 8: revisionHistoryLimit = try object.spec.int32()
            default: try object.spec.skip()
            }
        }
        try readStatus(&object.status, &interner)
    }

    private mutating func readStrategy(_ spec: inout WireReader) throws(WireError) {
        var strategy = try spec.message("spec.updateStrategy")
        while try strategy.next() {
            switch strategy.field {
            case 1: isOnDelete = try strategy.stringEquals("OnDelete")
            case 2:
                var rolling = try strategy.message("spec.updateStrategy.rollingUpdate")
                while try rolling.next() {
                    switch rolling.field {
                    case 1: partition = try rolling.int32()
                    case 2:
                        maxUnavailable = try rolling.intOrPercent("spec.updateStrategy.rollingUpdate.maxUnavailable")
                    default: try rolling.skip()
                    }
                }
            default: try strategy.skip()
            }
        }
    }

    private mutating func readStatus(_ status: inout WireReader, _ interner: inout Interner) throws(WireError) {
        while try status.next() {
            switch status.field {
            case 1: observedGeneration = try status.int64()
            case 2: statusReplicas = try status.int32()
            case 3: readyReplicas = try status.int32()
            case 5: updatedReplicas = try status.int32()
            case 6: currentRevision = try status.string(&interner)
            case 7: updateRevision = try status.string(&interner)
            case 11: availableReplicas = try status.int32()
            default: try status.skip()
            }
        }
    }
}
