package import ClusterState

extension PodDisruptionBudget: WireRow {
    package static var kind: StaticString { "PodDisruptionBudget" }

    /// minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy; counts and conditions of the status.
    package static let kept = KeptFields.object(
        spec: [1: .message(.intOrString), 2: .message(.labelSelector), 3: .message(.intOrString), 4: .value],
        status: [1: .value, 3: .value, 4: .value, 5: .value, 6: .value, 7: .message(.condition)]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 1: minAvailable = try object.spec.intOrPercent("spec.minAvailable")
            case 2: selector = try object.spec.labelSelector("spec.selector", &interner)
            case 3: maxUnavailable = try object.spec.intOrPercent("spec.maxUnavailable")
            case 4: evictsUnhealthyAlways = try object.spec.stringEquals("AlwaysAllow")
            default: try object.spec.skip()
            }
        }
        try readStatus(&object.status)
    }

    private mutating func readStatus(_ status: inout WireReader) throws(WireError) {
        while try status.next() {
            switch status.field {
            case 1: observedGeneration = try status.int64()
            case 3: disruptionsAllowed = try status.int32()
            case 4: currentHealthy = try status.int32()
            case 5: desiredHealthy = try status.int32()
            case 6: expectedPods = try status.int32()
            case 7:
                let condition = try WireCondition(&status, "status.conditions", .core)
                if condition.isNamed("DisruptionAllowed") {
                    isSyncFailed =
                        condition.status == .isFalse && StaticString("SyncFailed").equals(condition.reason)
                }
            default: try status.skip()
            }
        }
    }
}
