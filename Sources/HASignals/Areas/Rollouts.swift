import ClusterState
package import Exposition

/// Area 4: do rollouts make progress, and can they be rolled back?
package enum Rollouts: Area {
    package static let name = AreaName.rollouts

    static let inProgress = Family(
        "kube_ha_workload_rollout_in_progress",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "1 while a rollout is in progress."
    )
    static let stuck = Family(
        "kube_ha_workload_rollout_stuck",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods"],
        help:
            "1 where the rollout makes no progress: past progressDeadlineSeconds, of StatefulSets and DaemonSets 10 min without a new pod."
    )
    static let paused = Family(
        "kube_ha_workload_rollout_paused",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "1 where the rollout is paused (Deployments only)."
    )
    static let rollbackRevisions = Family(
        "kube_ha_workload_rollback_revisions",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "replicasets", "controllerrevisions"],
        help: "Earlier revisions that the workload can be rolled back to."
    )
    static let maxUnavailable = Family(
        "kube_ha_workload_max_unavailable_replicas",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "Replicas that a rollout may make unavailable at once, percentages resolved; absent with OnDelete."
    )

    package static let families: [any AnyFamily] = [inProgress, stuck, paused, rollbackRevisions, maxUnavailable]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        let arePodsOK = context.isOK(.pods)
        for (position, workload) in context.index.workloads.enumerated() {
            guard let facts = context.rollout(of: workload, at: position) else { continue }
            let history = RevisionHistory(workload, context)
            let labels = context.labels(workload, &output.sink)
            output.sink.add(inProgress, labels, facts.isInProgress)
            if arePodsOK { output.sink.add(stuck, labels, facts.isStuck) }
            if workload.kind == .deployment { output.sink.add(paused, labels, history.isPaused) }
            output.sink.add(rollbackRevisions, labels, history.oldRevisions)
            if let most = facts.maxUnavailable { output.sink.add(maxUnavailable, labels, most) }
            evaluate(workload, facts, history, context, &output)
        }
        evaluateVolumes(context, &output)
    }
}

/// A workload's revision history, by its object and by the revisions that exist.
struct RevisionHistory {
    /// `spec.paused`, which Deployments alone have.
    var isPaused = false
    /// `spec.revisionHistoryLimit` is 0.
    var keepsNone = false
    /// Recreate: a rollout takes every replica down before it starts new ones.
    var isRecreate = false
    /// Revisions besides the present one.
    var oldRevisions = 0

    init(_ workload: Workload, _ context: CollectionContext) {
        let state = context.state
        switch workload.kind {
        case .deployment:
            oldRevisions = context.index.revisions.oldReplicaSets(of: workload.uid)
            guard let row = state.deployments[workload.uid] else { return }
            isPaused = row.isPaused
            isRecreate = row.isRecreate
            keepsNone = row.revisionHistoryLimit == 0
        case .statefulSet:
            oldRevisions = context.index.revisions.oldControllerRevisions(of: workload.uid)
            keepsNone = state.statefulSets[workload.uid]?.revisionHistoryLimit == 0
        case .daemonSet:
            oldRevisions = context.index.revisions.oldControllerRevisions(of: workload.uid)
            keepsNone = state.daemonSets[workload.uid]?.revisionHistoryLimit == 0
        case .replicaSet, .replicationController, .other: return
        }
    }
}
