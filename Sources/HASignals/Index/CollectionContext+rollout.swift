import ClusterState

/// The state of a workload's rollout; shared by the areas replicas, rollouts and zones. See SIGNALS, area 4.
struct RolloutFacts {
    /// A rollout is in progress.
    var isInProgress: Bool
    /// It makes no progress.
    var isStuck: Bool
    /// Replicas that a rollout may make unavailable at once; nil where that is not defined.
    var maxUnavailable: Int?
}

extension CollectionContext {
    /// Seconds without a pod of the new revision created or become Ready after which a rollout is stuck: the default
    /// progressDeadlineSeconds of Deployments.
    static var rolloutDeadline: Double { 600 }

    /// Returns the state of the workload's rollout; nil for kinds without rollouts.
    func rollout(of workload: Workload, at position: Int) -> RolloutFacts? {
        // Not map(rollout(of:)): a method that is passed on takes a copy of the whole cluster with it.
        switch workload.kind {
        case .deployment:
            guard let row = state.deployments[workload.uid] else { return nil }
            return rollout(of: row)
        case .statefulSet:
            guard let row = state.statefulSets[workload.uid] else { return nil }
            return rollout(of: row, at: position)
        case .daemonSet:
            guard let row = state.daemonSets[workload.uid] else { return nil }
            return rollout(of: row, at: position)
        case .replicaSet, .replicationController, .other: return nil
        }
    }

    private func rollout(of row: Deployment) -> RolloutFacts {
        let isBehind = row.observedGeneration < row.meta.generation
        // Until the new pods are available the rollout is not over: the condition's reason becomes
        // NewReplicaSetAvailable at its end and stays so (syncRolloutStatus in pkg/controller/deployment/progress.go).
        let isSettling =
            row.progressing != .absent && !row.hasCompletedRollout && row.availableReplicas < row.updatedReplicas
        let isMoving =
            !row.isPaused
            && (row.updatedReplicas < row.replicas || row.statusReplicas > row.updatedReplicas || isSettling)
        return RolloutFacts(
            isInProgress: isBehind || isMoving,
            isStuck: row.progressing == .isFalse,
            maxUnavailable: maxUnavailable(row)
        )
    }

    /// As the deployment controller's MaxUnavailable: percent rounded down, surge up, 1 where both come to nothing, and
    /// never more than there are.
    private func maxUnavailable(_ row: Deployment) -> Int? {
        let replicas = Int(row.replicas)
        if row.isRecreate { return replicas }
        guard let unavailable = row.maxUnavailable.resolved(of: replicas, rounding: .down),
            let surge = row.maxSurge.resolved(of: replicas, rounding: .up)
        else { return nil }
        return min(unavailable == 0 && surge == 0 ? 1 : unavailable, replicas)
    }

    private func rollout(of row: StatefulSet, at position: Int) -> RolloutFacts {
        let isBehind = row.observedGeneration < row.meta.generation
        var isMoving = false
        if !row.isOnDelete, row.updateRevision != row.currentRevision {
            // The revisions become equal when every pod is updated and ready (completeRollingUpdate in
            // pkg/controller/statefulset/stateful_set_utils.go); under a partition they never do.
            isMoving =
                Int(row.updatedReplicas) < Int(row.replicas) - Int(row.partition)
                || row.partition == 0 && row.readyReplicas < row.replicas
                    && hasRecentPod(ofRevision: row.updateRevision, at: position, countsReady: false)
        }
        let isInProgress = isBehind || isMoving
        return RolloutFacts(
            isInProgress: isInProgress,
            isStuck: isInProgress && !hasRecentPod(ofRevision: row.updateRevision, at: position),
            maxUnavailable: row.isOnDelete
                ? nil
                : (row.maxUnavailable ?? .number(1)).resolved(of: Int(row.replicas), rounding: .down).map { max(1, $0) }
        )
    }

    private func rollout(of row: DaemonSet, at position: Int) -> RolloutFacts {
        let isBehind = row.observedGeneration < row.meta.generation
        let expected = Int(row.desired) - unreadyNodes(admittedBy: row)
        let revision = index.revisions.newestHash(of: row.uid)
        // Without an earlier revision these are its first pods: there is no rollout.
        let isSettling =
            Int(row.available) < expected && index.revisions.oldControllerRevisions(of: row.uid) > 0
            && hasRecentPod(ofRevision: revision, at: position, countsReady: false)
        let isMoving = !row.isOnDelete && (Int(row.updated) < expected || isSettling)
        let isInProgress = isBehind || isMoving
        return RolloutFacts(
            isInProgress: isInProgress,
            isStuck: isInProgress && !hasRecentPod(ofRevision: revision, at: position),
            maxUnavailable: row.isOnDelete
                ? nil : row.maxUnavailable.resolved(of: Int(row.desired), rounding: .up)
        )
    }

    /// Whether a pod of the revision was created or, with `countsReady`, became Ready within the deadline. Where the
    /// revision or the pods are not known, a rollout counts neither as stuck nor as in progress.
    private func hasRecentPod(ofRevision revision: StringID?, at position: Int, countsReady: Bool = true) -> Bool {
        guard let revision, isOK(.pods), let key = state.interner.find(.controllerRevisionHash) else {
            return countsReady
        }
        var latest: Seconds = .none
        index.podsByWorkload.forEach(in: position) { number in
            guard let pod = pod(number), state.interner.label(key, in: pod.labels) == revision else { return }
            latest = max(latest, pod.created)
            if countsReady, pod.flags.contains(.ready) { latest = max(latest, pod.readySince) }
        }
        return latest.isSet && now.seconds - latest.timestamp.seconds <= Self.rolloutDeadline
    }

    /// Nodes that are not Ready among those that a DaemonSet is meant for: its pods there cannot be up. Nodes with a
    /// taint that its pods do not tolerate are left out, as the controller leaves them out of the nodes desired.
    func unreadyNodes(admittedBy row: DaemonSet) -> Int {
        guard !index.unreadyNodes.isEmpty else { return 0 }
        let placement = state.interner.placement(state.interner.template(row.template).placement)
        return index.unreadyNodes.count { admits(index.nodes[$0], placement) }
    }

    /// Nodes that are not Ready, that run a pod of the DaemonSet and that its controller no longer selects: it
    /// counts them as misscheduled (updateDaemonSetStatus in pkg/controller/daemon/daemon_controller.go), although the
    /// fault is the node's.
    func unreadyNodesMisscheduled(_ row: DaemonSet, at position: Int) -> Int {
        guard !index.unreadyNodes.isEmpty else { return 0 }
        let placement = state.interner.placement(state.interner.template(row.template).placement)
        var nodes: Set<Int> = []
        index.podsByWorkload.forEach(in: position) { number in
            let node = Int(index.pods[number].node)
            if node >= 0, !index.nodes[node].isReady, !admits(index.nodes[node], placement) { nodes.insert(node) }
        }
        return nodes.count
    }

    /// Whether the DaemonSet controller runs a pod of that placement on the node.
    private func admits(_ node: Node, _ placement: Placement) -> Bool {
        placement.admits(labels: node.meta.labels, name: node.meta.name, state.interner)
            && placement.tolerates(node.taints.filter { !isToleratedByDaemonPods($0) })
    }

    /// Whether the DaemonSet controller makes all its pods tolerate the taint (AddOrUpdateDaemonPodTolerations in
    /// pkg/controller/daemon/util/daemonset_util.go): not-ready and unreachable with effect NoExecute alone, so that a
    /// node with their NoSchedule taints is left only to pods whose template tolerates these.
    private func isToleratedByDaemonPods(_ taint: Taint) -> Bool {
        let names: [String]
        switch taint.effect {
        case .noExecute: names = ["not-ready", "unreachable"]
        case .noSchedule: names = ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"]
        default: return false
        }
        let key = text(taint.key)
        return names.contains { key == "node.kubernetes.io/" + $0 }
    }
}
