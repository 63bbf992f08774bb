/// A DaemonSet.
package struct DaemonSet: NamedRow, Hashable {
    package var meta: ObjectMeta
    package var template: TemplateID = .none
    /// `updateStrategy.type` is OnDelete.
    package var isOnDelete = false
    package var maxUnavailable: IntOrPercent = .number(1)
    package var maxSurge: IntOrPercent = .number(0)
    package var revisionHistoryLimit: Int32 = 10
    package var observedGeneration: Int64 = 0
    /// Nodes that should run a pod.
    package var desired: Int32 = 0
    /// Nodes that run one.
    package var current: Int32 = 0
    package var misscheduled: Int32 = 0
    package var ready: Int32 = 0
    package var available: Int32 = 0
    package var unavailable: Int32 = 0
    package var updated: Int32 = 0

    /// Creates a DaemonSet with Kubernetes' defaults.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(template)
    }
}
