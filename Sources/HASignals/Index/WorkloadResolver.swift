import ClusterState

/// Finds the workload of each pod by following controller references by UID. See SIGNALS, «Words: workload».
struct WorkloadResolver {
    /// The workloads found; those of other controllers are added while pods are resolved.
    private(set) var workloads: [Workload] = []
    private let interner: Interner
    /// nil while their source is not ok.
    private let replicaSets: Table<ReplicaSet>?
    private let replicaSetKind: StringID?
    private let deploymentKind: StringID?
    /// Kinds of controllers that do not make their pods a workload here: Job, CronJob, Node, and the built-in kinds whose
    /// object was not found.
    private let nonWorkloadControllerKinds: Set<StringID>
    private var byUID: [UID: Int32] = [:]
    private var otherControllers: [OtherControllerKey: Int32] = [:]
    /// By owner id, so that a pod costs one look-up: −2 not resolved yet, −1 none, −3 another controller's directly.
    private var byOwner: ContiguousArray<Int32>

    private struct OtherControllerKey: Hashable {
        var namespace: StringID
        var kind: StringID
        var name: StringID
    }

    init(_ state: ClusterState) {
        interner = state.interner
        replicaSets = state.status(of: .replicasets).state.givesFamilies ? state.replicaSets : nil
        byOwner = ContiguousArray(repeating: -2, count: state.interner.listCapacity)
        replicaSetKind = interner.find("ReplicaSet")
        deploymentKind = interner.find("Deployment")
        let names = [
            "Deployment", "StatefulSet", "DaemonSet", "ReplicationController", "ReplicaSet", "Job", "CronJob", "Node",
        ]
        nonWorkloadControllerKinds = Set(names.compactMap(state.interner.find))
        addBuiltIn(state)
        addReplicaSets(state)
    }

    private mutating func add(_ workload: Workload) -> Int32 {
        workloads.append(workload)
        workloads[workloads.count - 1].position = workloads.count - 1
        setTemplate(workload.template, ofWorkload: workloads.count - 1)
        return Int32(workloads.count - 1)
    }

    private mutating func setTemplate(_ template: TemplateID?, ofWorkload position: Int) {
        workloads[position].template = template
        workloads[position].templateLabels = template.map { interner.template($0).labels }
    }

    private mutating func add(_ kind: WorkloadKind, _ row: some ReplicaRow, arePodsKnown: Bool = true) {
        byUID[row.meta.uid] = add(
            Workload(
                kind: kind,
                namespace: row.meta.namespace,
                name: row.meta.name,
                uid: row.meta.uid,
                labels: row.meta.labels,
                ignoredRules: row.meta.ignoredRules,
                created: row.meta.created,
                desired: Int(row.replicas),
                ready: Int(row.readyReplicas),
                available: Int(row.availableReplicas),
                template: row.template,
                arePodsKnown: arePodsKnown
            )
        )
    }

    private mutating func addBuiltIn(_ state: ClusterState) {
        func isOK(_ source: Source) -> Bool { state.status(of: source).state.givesFamilies }
        if isOK(.deployments) {
            // Without ReplicaSets the pods of a Deployment are not known.
            let arePodsKnown = isOK(.replicasets)
            state.deployments.forEach { add(.deployment, $1, arePodsKnown: arePodsKnown) }
        }
        if isOK(.statefulsets) { state.statefulSets.forEach { add(.statefulSet, $1) } }
        if isOK(.daemonsets) { state.daemonSets.forEach { add(.daemonSet, $1) } }
        if isOK(.replicationcontrollers) { state.replicationControllers.forEach { add(.replicationController, $1) } }
    }

    private mutating func addReplicaSets(_ state: ClusterState) {
        guard state.status(of: .replicasets).state.givesFamilies else { return }
        let interner = state.interner
        state.replicaSets.forEach { _, row in
            guard let owner = interner.owner(row.meta.owner) else {
                return add(.replicaSet, row)
            }
            // Those of Deployments are looked up when a pod names one: most are old and have none.
            if owner.kind == deploymentKind { return }
            let key = OtherControllerKey(namespace: row.meta.namespace, kind: owner.kind, name: owner.name)
            let position: Int32
            if let known = otherControllers[key] {
                position = known
                let index = Int(known)
                workloads[index].desired = (workloads[index].desired ?? 0) + Int(row.replicas)
                workloads[index].ready = (workloads[index].ready ?? 0) + Int(row.readyReplicas)
                workloads[index].available = (workloads[index].available ?? 0) + Int(row.availableReplicas)
                if row.replicas > 0 { setTemplate(row.template, ofWorkload: index) }
            } else {
                position = add(
                    Workload(
                        kind: .other(owner.kind, throughReplicaSets: true),
                        namespace: row.meta.namespace,
                        name: owner.name,
                        uid: owner.uid,
                        labels: .none,
                        ignoredRules: .empty,
                        created: row.meta.created,
                        desired: Int(row.replicas),
                        ready: Int(row.readyReplicas),
                        available: Int(row.availableReplicas),
                        template: row.template,
                        arePodsKnown: true
                    )
                )
                otherControllers[key] = position
            }
            byUID[row.uid] = position
        }
    }

    /// The position of the pod's workload; −1 where it belongs to none.
    mutating func workload(of pod: Pod) -> Int32 {
        guard pod.owner != .none else { return -1 }
        let slot = Int(pod.owner.value)
        if byOwner[slot] == -2 { byOwner[slot] = resolve(pod.owner) }
        if byOwner[slot] != -3 { return byOwner[slot] }
        // Pods that run to an end under a controller that nobody knows are a batch of some kind, not a workload; one that
        // has come to its end makes none.
        guard pod.flags.contains(.restartsAlways), !pod.flags.contains(.mirror), !pod.flags.isTerminal,
            let owner = interner.owner(pod.owner)
        else { return -1 }
        let key = OtherControllerKey(namespace: pod.namespace(interner), kind: owner.kind, name: owner.name)
        if let known = otherControllers[key] { return known }
        let position = add(
            Workload(
                kind: .other(owner.kind, throughReplicaSets: false),
                namespace: key.namespace,
                name: owner.name,
                uid: owner.uid,
                labels: .none,
                ignoredRules: .empty,
                created: pod.created,
                desired: nil,
                ready: nil,
                available: nil,
                template: nil,
                arePodsKnown: true
            )
        )
        otherControllers[key] = position
        return position
    }

    private func resolve(_ id: OwnerID) -> Int32 {
        guard let owner = interner.owner(id) else { return -1 }
        if let known = byUID[owner.uid] { return known }
        // Owners without kind or name cannot be distinguished from one another.
        if owner.kind.isEmpty || owner.name.isEmpty { return -1 }
        if owner.kind == replicaSetKind, let row = replicaSets?[owner.uid], let above = interner.owner(row.meta.owner) {
            // A ReplicaSet whose Deployment is not known belongs to nothing that is published.
            return above.kind == deploymentKind ? byUID[above.uid] ?? -1 : -1
        }
        return nonWorkloadControllerKinds.contains(owner.kind) ? -1 : -3
    }
}

/// A built-in workload: what its object says of replicas.
private protocol ReplicaRow {
    var meta: ObjectMeta { get }
    var replicas: Int32 { get }
    var readyReplicas: Int32 { get }
    var availableReplicas: Int32 { get }
    var template: TemplateID { get }
}

extension Deployment: ReplicaRow {}
extension StatefulSet: ReplicaRow {}
extension ReplicaSet: ReplicaRow {}
extension ReplicationController: ReplicaRow {}
extension DaemonSet: ReplicaRow {
    fileprivate var replicas: Int32 { desired }
    fileprivate var readyReplicas: Int32 { ready }
    fileprivate var availableReplicas: Int32 { available }
}
