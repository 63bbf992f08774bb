package import ClusterState

extension HorizontalPodAutoscaler: WireRow {
    package static var kind: StaticString { "HorizontalPodAutoscaler" }

    /// scaleTargetRef (kind, name), minReplicas, maxReplicas; currentReplicas, conditions.
    package static let kept = KeptFields.object(
        spec: [1: .message([1: .value, 2: .value]), 2: .value, 3: .value],
        status: [3: .value, 6: .message(.controllerCondition)]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 1:
                var target = try object.spec.message("spec.scaleTargetRef")
                while try target.next() {
                    switch target.field {
                    case 1: targetKind = try target.string(&interner)
                    case 2: targetName = try target.string(&interner)
                    default: try target.skip()
                    }
                }
            case 2: minReplicas = try object.spec.int32()
            case 3: maxReplicas = try object.spec.int32()
            default: try object.spec.skip()
            }
        }
        while try object.status.next() {
            switch object.status.field {
            case 3: currentReplicas = try object.status.int32()
            case 6:
                let condition = try WireCondition(&object.status, "status.conditions", .controller)
                if condition.isNamed("ScalingActive") {
                    scalingActive = condition.status
                    isScalingDisabled = StaticString("ScalingDisabled").equals(condition.reason)
                } else if condition.isNamed("AbleToScale") {
                    ableToScale = condition.status
                }
            default: try object.status.skip()
            }
        }
    }
}
