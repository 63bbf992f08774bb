/// A StatefulSet.
package struct StatefulSet: NamedRow, Hashable {
    package var meta: ObjectMeta
    /// `spec.replicas`, 1 where unset.
    package var replicas: Int32 = 1
    package var template: TemplateID = .none
    /// `updateStrategy.type` is OnDelete.
    package var isOnDelete = false
    package var partition: Int32 = 0
    /// nil where unset, which means 1.
    package var maxUnavailable: IntOrPercent?
    package var revisionHistoryLimit: Int32 = 10
    package var observedGeneration: Int64 = 0
    package var statusReplicas: Int32 = 0
    package var readyReplicas: Int32 = 0
    package var availableReplicas: Int32 = 0
    package var updatedReplicas: Int32 = 0
    package var currentRevision: StringID = .empty
    package var updateRevision: StringID = .empty

    /// Creates a StatefulSet with Kubernetes' defaults.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(template)
        marker.mark(currentRevision)
        marker.mark(updateRevision)
    }
}
