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

/// What areas ask of a pod again and again, in 12 bytes: the pods' rows are many times as long, and areas go over them in
/// another order than they lie in.
package struct PodFacts: Sendable, BitwiseCopyable {
    /// Position in ``ClusterIndex/workloads``; −1 for none.
    package let workload: Int32
    /// Position in ``ClusterIndex/nodes``; −1 where it is not bound or its node does not exist.
    package let node: Int32
    /// The pod's own flags, which end below bit 16, and those of ``Found`` from there on.
    private let bits: UInt32

    /// What was found out about a pod.
    struct Found: OptionSet {
        let rawValue: UInt16

        static let healthy = Found(rawValue: 1 << 0)
        static let owned = Found(rawValue: 1 << 1)
        static let mirror = Found(rawValue: 1 << 2)
        static let daemon = Found(rawValue: 1 << 3)
        static let leaving = Found(rawValue: 1 << 4)
    }

    /// No pod.
    init() {
        workload = -1
        node = -1
        bits = 0
    }

    init(workload: Int32, node: Int32, flags: PodFlags, _ found: Found) {
        self.workload = workload
        self.node = node
        bits = flags.rawValue & 0xFFFF | UInt32(found.rawValue) << 16
    }

    private func has(_ found: Found) -> Bool { bits & UInt32(found.rawValue) << 16 != 0 }

    /// The pod's own flags.
    package var flags: PodFlags { PodFlags(rawValue: bits & 0xFFFF) }
    /// Running, Ready, not being deleted, on a node that exists and whose Ready condition is not Unknown.
    package var isHealthy: Bool { has(.healthy) }
    /// It has a controller.
    package var isOwned: Bool { has(.owned) }
    /// No controller, not the mirror of a static pod, and not finished.
    package var isBare: Bool { !isOwned && !isMirror && !flags.isTerminal }
    /// The mirror of a static pod. See SIGNALS, «mirror pod».
    package var isMirror: Bool { has(.mirror) }
    /// Its controller is a DaemonSet that exists.
    package var isDaemon: Bool { has(.daemon) }
    /// It is being deleted.
    package var isLeaving: Bool { has(.leaving) }
    /// It is neither finished nor being deleted.
    package var isStaying: Bool { !flags.isTerminal && !isLeaving }
}
