/// A ReplicaSet. There are as many as the revision histories of all Deployments hold, so the row is small.
package struct ReplicaSet: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    /// `spec.replicas`, 1 where unset.
    package var replicas: Int32 = 1
    package var statusReplicas: Int32 = 0
    package var readyReplicas: Int32 = 0
    package var availableReplicas: Int32 = 0
    /// The template; not read where a Deployment owns the ReplicaSet, which has it too.
    package var template: TemplateID = .none
    /// Condition ReplicaFailure.
    package var replicaFailure: ConditionStatus = .absent

    /// Creates a ReplicaSet with Kubernetes' defaults.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(template)
    }
}
