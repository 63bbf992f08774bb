/// A ReplicationController.
package struct ReplicationController: NamedRow, Hashable {
    package var meta: ObjectMeta
    /// `spec.replicas`, 1 where unset.
    package var replicas: Int32 = 1
    package var template: TemplateID = .none
    package var statusReplicas: Int32 = 0
    package var readyReplicas: Int32 = 0
    package var availableReplicas: Int32 = 0
    /// Condition ReplicaFailure.
    package var replicaFailure: ConditionStatus = .absent

    /// Creates a ReplicationController with Kubernetes' defaults.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(template)
    }
}
