/// A HorizontalPodAutoscaler (autoscaling/v2).
package struct HorizontalPodAutoscaler: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    /// 1 where it is not set.
    package var minReplicas: Int32 = 1
    package var maxReplicas: Int32 = 0
    package var currentReplicas: Int32 = 0
    package var targetKind: StringID = .empty
    package var targetName: StringID = .empty
    /// The condition ScalingActive: whether it can work out a number of replicas.
    package var scalingActive: ConditionStatus = .absent
    /// ScalingActive has the reason ScalingDisabled: its target is scaled to 0.
    package var isScalingDisabled = false
    /// The condition AbleToScale: whether it can read and set the scale of its target.
    package var ableToScale: ConditionStatus = .absent

    /// Creates an autoscaler.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(targetKind)
        marker.mark(targetName)
    }
}
