package import ClusterState

/// The kind of a workload: one of the five of Kubernetes, or that of another controller.
package enum WorkloadKind: Hashable, Sendable {
    case deployment, statefulSet, daemonSet, replicaSet, replicationController
    /// A controller of another kind (Argo Rollouts, CloudNativePG, Strimzi): the kind as written, and whether
    /// its pods are owned by ReplicaSets.
    case other(StringID, throughReplicaSets: Bool)

    /// The source that it is read from.
    package var source: Source {
        switch self {
        case .deployment: .deployments
        case .statefulSet: .statefulsets
        case .daemonSet: .daemonsets
        case .replicaSet: .replicasets
        case .replicationController: .replicationcontrollers
        case .other(_, let throughReplicaSets): throughReplicaSets ? .replicasets : .pods
        }
    }

    /// The kind as Kubernetes writes it; nil for another controller's.
    package var builtInName: String? {
        switch self {
        case .deployment: "Deployment"
        case .statefulSet: "StatefulSet"
        case .daemonSet: "DaemonSet"
        case .replicaSet: "ReplicaSet"
        case .replicationController: "ReplicationController"
        case .other: nil
        }
    }

    /// The kinds that Kubernetes has.
    package static let builtIn: [WorkloadKind] = [
        .deployment, .statefulSet, .daemonSet, .replicaSet, .replicationController,
    ]
}

/// A workload: a controller that keeps replicas of a pod running. See SIGNALS, «Words».
package struct Workload: Sendable {
    /// Where it is in ``ClusterIndex/workloads``.
    package internal(set) var position = 0
    package var kind: WorkloadKind
    package var namespace: StringID
    package var name: StringID
    /// The UID of the object; none for another controller's.
    package var uid: UID
    /// The object's own labels; none for another controller's.
    package var labels: LabelsID
    /// Annotation `kube-ha-exporter/ignore`.
    package var ignoredRules: StringID
    package var created: Seconds
    /// Replicas wanted; nil where that is unknown (pods owned directly by another controller).
    package var desired: Int?
    package var ready: Int?
    package var available: Int?
    /// nil where no template is known.
    package var template: TemplateID?
    /// The labels that its template gives to pods; nil where none is known.
    package internal(set) var templateLabels: LabelsID?
    /// Whether its pods are known: of a Deployment only with its ReplicaSets.
    package var arePodsKnown: Bool

    /// `max(0, desired − available)`.
    package var deficit: Int? {
        guard let desired, let available else { return nil }
        return max(0, desired - available)
    }
}

/// What areas ask of a pod again and again.
package struct PodFacts: Sendable, BitwiseCopyable {
    /// Position in ``ClusterIndex/workloads``; −1 for none.
    package var workload: Int32
    /// Position in ``ClusterIndex/nodes``; −1 where it is not bound or its node does not exist.
    package var node: Int32
    /// Running, Ready, not being deleted, on a node that exists and whose Ready condition is not Unknown.
    package var isHealthy: Bool
    /// No controller, and not the mirror of a static pod.
    package var isBare: Bool
    /// The mirror of a static pod. See SIGNALS, «mirror pod».
    package var isMirror = false
    /// Its controller is a DaemonSet that exists.
    package var isDaemon = false
}
