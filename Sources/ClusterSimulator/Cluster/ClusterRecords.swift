/// What the script knows of a node; its object is in the store.
struct NodeRecord: Sendable {
    var name: String
    var uid: String
    var zone: Int
    /// The number of the control-plane node, counted from 0; nil for a worker.
    var master: Int?
    var address: String
    /// Powered off: its kubelet renews no lease, and nothing on it answers.
    var isLost = false
    /// The node controller has noticed.
    var isUnreachable = false
    var isCordoned = false
    /// The slots of the pods that are bound to it.
    var pods: Set<Int> = []
    /// Counts losses and recoveries, so that what was scheduled before is not done after.
    var epoch = 0
}

/// What the script knows of a pod.
struct PodRecord: Sendable {
    var namespace: String
    var name: String
    var uid: String
    var workload: Int
    /// The index of its node; nil while it is pending.
    var node: Int?
    /// The zone that spread constraints and volumes keep it in.
    var zone: Int
    /// The ordinal of a StatefulSet's pod, else its place in the workload.
    var ordinal: Int
    var address: String
    var created: Int64
    var isReady: Bool
    var isTerminating = false
    /// The workload's revision when it was made.
    var revision = 1
    /// False once it is gone; the slot is used again.
    var exists = true
    /// Its entry in an EndpointSlice, encoded once for each ``endpointState``.
    var endpoint: [UInt8] = []
    /// Node and flags that ``endpoint`` was encoded for; -1 for none.
    var endpointState = -1
    /// Counts the pods that had this slot, so that what was scheduled for one is not done to the next.
    var incarnation = 0
}

/// What the script knows of a workload and of the objects that describe its pods.
struct WorkloadRecord: Sendable {
    enum Kind: Sendable {
        case deployment, statefulSet, daemonSet, staticPods
    }

    var kind: Kind
    var namespace: String
    var name: String
    var uid: String
    var replicas: Int
    /// Of the ReplicaSet, or of the ControllerRevision.
    var hash = ""
    var replicaSetUID = ""
    var service = ""
    var endpointSlice = ""
    var hasBudget = false
    /// Labels of its object beside its name.
    var labels: [String: String] = [:]
    /// Slots in the list of pods.
    var pods: [Int] = []
    /// Its pods, all but name, uid and place.
    var podTemplate = ProtobufMessage()
    /// Counts rollouts.
    var revision = 1
    /// What the pods of the revision before were made from, and their ReplicaSet; while a rollout goes on.
    var previousPodTemplate = ProtobufMessage()
    var previousReplicaSet = ""

    var replicaSet: String { "\(name)-\(hash)" }
}

/// What is to be done at a later time.
enum ScheduledAction: Sendable {
    case bindPod(slot: Int, incarnation: Int)
    case startPod(slot: Int, incarnation: Int)
    case removePod(slot: Int, incarnation: Int)
    case markUnreachable(node: Int, epoch: Int)
    case evict(node: Int, epoch: Int)
    case refreshAPIServerEndpoints
    case rollOut(workload: Int, revision: Int)
}
