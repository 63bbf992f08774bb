/// A Deployment.
package struct Deployment: NamedRow, Hashable {
    package var meta: ObjectMeta
    /// `spec.replicas`, 1 where unset.
    package var replicas: Int32 = 1
    package var template: TemplateID = .none
    /// `strategy.type` is Recreate.
    package var isRecreate = false
    package var maxUnavailable: IntOrPercent = .percent(25)
    package var maxSurge: IntOrPercent = .percent(25)
    package var revisionHistoryLimit: Int32 = 10
    package var isPaused = false
    package var observedGeneration: Int64 = 0
    package var statusReplicas: Int32 = 0
    package var updatedReplicas: Int32 = 0
    package var readyReplicas: Int32 = 0
    package var availableReplicas: Int32 = 0
    package var progressing: ConditionStatus = .absent
    /// Condition Progressing has the reason NewReplicaSetAvailable: a rollout once came to its end.
    package var hasCompletedRollout = false
    /// Condition ReplicaFailure.
    package var replicaFailure: ConditionStatus = .absent

    /// Creates a Deployment with Kubernetes' defaults.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(template)
    }
}
