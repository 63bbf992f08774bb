/// A PodDisruptionBudget (policy/v1).
package struct PodDisruptionBudget: NamedRow, Hashable {
    package var meta: ObjectMeta
    /// nil selects nothing, an empty selector everything in the namespace.
    package var selector: LabelSelector?
    package var minAvailable: IntOrPercent?
    package var maxUnavailable: IntOrPercent?
    /// `unhealthyPodEvictionPolicy` is AlwaysAllow.
    package var evictsUnhealthyAlways = false
    package var observedGeneration: Int64 = 0
    package var disruptionsAllowed: Int32 = 0
    package var currentHealthy: Int32 = 0
    package var desiredHealthy: Int32 = 0
    package var expectedPods: Int32 = 0
    /// Condition DisruptionAllowed is False for the reason SyncFailed.
    package var isSyncFailed = false

    /// Creates a budget.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    /// The disruption controller takes the number of pods from the scale of their controllers: for maxUnavailable and for
    /// a percentage of minAvailable (getExpectedPodCount in pkg/controller/disruption/disruption.go).
    package var isMeasuredOnScale: Bool {
        if maxUnavailable != nil { return true }
        if case .percent = minAvailable { return true }
        return false
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        selector?.mark(&marker)
    }
}
