import ClusterState

/// How a workload's rollout stands; shared by the areas replicas, rollouts and zones. See SIGNALS, area 4.
struct RolloutFacts {
    /// A rollout goes on.
    var isInProgress: Bool
    /// It makes no progress.
    var isStuck: Bool
    /// Replicas a rollout may take away; nil where that is not defined.
    var maxUnavailable: Int?
}

extension Cluster {
    /// Seconds without a pod of the new revision created or become Ready after which a rollout is stuck: the default
    /// progressDeadlineSeconds of Deployments.
    static var rolloutDeadline: Double { 600 }

    /// How the workload's rollout stands; nil for kinds that roll nothing out.
    func rollout(of workload: Workload, at position: Int) -> RolloutFacts? {
        switch workload.kind {
        case .deployment: return state.deployments[workload.uid].map(rollout(of:))
        case .statefulSet: return state.statefulSets[workload.uid].map { rollout(of: $0, at: position) }
        case .daemonSet: return state.daemonSets[workload.uid].map { rollout(of: $0, at: position) }
        case .replicaSet, .replicationController, .other: return nil
        }
    }

    private func rollout(of row: Deployment) -> RolloutFacts {
        let isBehind = row.observedGeneration < row.meta.generation
        let isMoving =
            !row.isPaused && (row.updatedReplicas < row.replicas || row.statusReplicas > row.updatedReplicas)
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
        let isMoving =
            !row.isOnDelete && row.updateRevision != row.currentRevision
            && row.updatedReplicas < row.replicas - row.partition
        let isInProgress = isBehind || isMoving
        return RolloutFacts(
            isInProgress: isInProgress,
            isStuck: isInProgress && !hasRecentPod(ofRevision: row.updateRevision, at: position),
            maxUnavailable: row.isOnDelete
                ? nil
                : (row.maxUnavailable ?? .number(1)).resolved(of: Int(row.replicas), rounding: .up).map { max(1, $0) }
        )
    }

    private func rollout(of row: DaemonSet, at position: Int) -> RolloutFacts {
        let isBehind = row.observedGeneration < row.meta.generation
        let expected = Int(row.desired) - unreadyNodes(admittedBy: row)
        let isInProgress = isBehind || (!row.isOnDelete && Int(row.updated) < expected)
        return RolloutFacts(
            isInProgress: isInProgress,
            isStuck: isInProgress && !hasRecentPod(ofRevision: currentRevision(of: row), at: position),
            maxUnavailable: row.isOnDelete
                ? nil : row.maxUnavailable.resolved(of: Int(row.desired), rounding: .up)
        )
    }

    /// The hash of the newest ControllerRevision of a DaemonSet; nil where revisions are not known.
    private func currentRevision(of row: DaemonSet) -> StringID? {
        guard isOK(.controllerrevisions), let key = state.interner.find("controller-revision-hash") else { return nil }
        var newest: (revision: Int64, hash: StringID)?
        state.controllerRevisions.forEach { _, revision in
            guard state.interner.owner(revision.meta.owner)?.uid == row.uid,
                let hash = state.interner.label(key, in: revision.meta.labels),
                revision.revision >= newest?.revision ?? .min
            else { return }
            newest = (revision.revision, hash)
        }
        return newest?.hash
    }

    /// Whether a pod of the revision was created or became Ready within the deadline. Where the revision or the pods
    /// are not known, nothing says that the rollout is stuck.
    private func hasRecentPod(ofRevision revision: StringID?, at position: Int) -> Bool {
        guard let revision, isOK(.pods), let key = state.interner.find("controller-revision-hash") else { return true }
        var latest: Seconds = .none
        index.podsByWorkload.forEach(in: position) { number in
            guard let pod = pod(number), state.interner.label(key, in: pod.labels) == revision else { return }
            latest = max(latest, pod.created)
            if pod.flags.contains(.ready) { latest = max(latest, pod.readySince) }
        }
        return latest.isSet && now.seconds - latest.timestamp.seconds <= Self.rolloutDeadline
    }

    /// Nodes that are not Ready among those that a DaemonSet is meant for: its pods there cannot be up.
    func unreadyNodes(admittedBy row: DaemonSet) -> Int {
        guard isOK(.nodes) else { return 0 }
        let placement = state.interner.placement(state.interner.template(row.template).placement)
        return index.nodes.count { node in
            !node.isReady
                && placement.admits(labels: node.meta.labels, name: node.meta.name, state.interner)
                && placement.tolerates(node.taints.filter { !isBorneByDaemons($0) })
        }
    }

    /// The taints that the DaemonSet controller makes all its pods bear (pkg/controller/daemon/util).
    private func isBorneByDaemons(_ taint: Taint) -> Bool {
        let names = ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"]
        let key = text(taint.key)
        return names.contains { key == "node.kubernetes.io/" + $0 }
    }
}
