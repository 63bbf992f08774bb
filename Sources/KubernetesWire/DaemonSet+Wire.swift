package import ClusterState

extension DaemonSet: WireRow {
    package static var kind: StaticString { "DaemonSet" }

    /// template, updateStrategy, revisionHistoryLimit; the counts of the status.
    package static let kept = KeptFields.object(
        spec: [
            2: .message(.podTemplate),
            3: .message([1: .value, 2: .message([1: .message(.intOrString), 2: .message(.intOrString)])]), 6: .value,
        ],
        status: [1: .value, 2: .value, 3: .value, 4: .value, 5: .value, 6: .value, 7: .value, 8: .value]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 2: template = try object.spec.podTemplate(namespace: meta.namespace, &interner)
            case 3: try readStrategy(&object.spec)
            case 6: revisionHistoryLimit = try object.spec.int32()
            default: try object.spec.skip()
            }
        }
        try readStatus(&object.status)
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
                    case 1:
                        maxUnavailable = try rolling.intOrPercent("spec.updateStrategy.rollingUpdate.maxUnavailable")
                    case 2: maxSurge = try rolling.intOrPercent("spec.updateStrategy.rollingUpdate.maxSurge")
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
            case 1: current = try status.int32()
            case 2: misscheduled = try status.int32()
            case 3: desired = try status.int32()
            case 4: ready = try status.int32()
            case 5: observedGeneration = try status.int64()
            case 6: updated = try status.int32()
            case 7: available = try status.int32()
            case 8: unavailable = try status.int32()
            default: try status.skip()
            }
        }
    }
}
