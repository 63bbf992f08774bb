package import ClusterState

/// What an area sees: all that is known of a cluster at one moment, indexed.
package final class CollectionContext: Sendable {
    /// The objects, and the state of each source.
    package let state: ClusterState
    /// What several areas ask of the state.
    package let index: ClusterIndex
    /// What API servers and etcd members answered.
    package let probes: ProbeResults
    /// What was seen before, advanced to this moment.
    package let observations: Observations
    /// What the operator says of the cluster.
    package let settings: SignalSettings
    /// Wall time, which the cluster's own timestamps are compared with.
    package let now: Timestamp
    /// Whether this is a recording, of which there is one observation only.
    package let isRecording: Bool

    /// The text of a string.
    package func text(_ id: StringID) -> String {
        state.interner.string(id)
    }

    /// Whether a source is ok.
    package func isOK(_ source: Source) -> Bool {
        state.status(of: source).state.givesFamilies
    }

    /// Whether an object is being deleted, or its namespace is being deleted or is gone.
    ///
    /// The objects of a namespace are deleted kind by kind, and kinds that are listed once a minute are seen to go last:
    /// what is missing meanwhile is no finding.
    package func isBeingDeleted(_ meta: ObjectMeta) -> Bool {
        meta.isTerminating || index.activeNamespaces.map { !$0.contains(meta.namespace) } ?? false
    }

    /// Creates the context of a collection, with its index. The state of unreachable probes was set before, see
    /// ``ClusterState/ClusterState/markUnreachableProbes(_:areRequestsAnswered:)``.
    package init(
        state: ClusterState,
        probes: ProbeResults,
        observations: Observations,
        settings: SignalSettings,
        now: Timestamp,
        isRecording: Bool
    ) {
        self.state = state
        var probes = probes
        for position in probes.etcdClusters.indices where probes.etcdClusters[position].name == "main" {
            probes.etcdClusters[position].leastVoters = settings.expectedEtcdMembers ?? 0
        }
        self.probes = probes
        self.observations = observations
        self.settings = settings
        self.now = now
        self.isRecording = isRecording
        index = ClusterIndex(state)
    }
}
