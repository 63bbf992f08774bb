import ClusterState

extension Rollouts {
    static let stuckRollout = Rule(
        "rollout-stuck",
        .warning,
        needs: [.workloads, .pods],
        summary: "A rollout makes no progress: old and new pods run side by side, or none runs.",
        remedy:
            "Check the events and logs of the new pods (image, configuration, probes, quota); correct the template or run kubectl rollout undo."
    )
    static let pausedRollout = Rule(
        "rollout-paused",
        .info,
        needs: [.workloads],
        summary: "A Deployment's rollout is paused: changes to its template have no effect.",
        remedy: "Run kubectl rollout resume to continue it."
    )
    static let noRollback = Rule(
        "rollback-impossible",
        .info,
        needs: [.workloads],
        summary: "A workload keeps no earlier revision (revisionHistoryLimit 0), so a bad rollout cannot be undone.",
        remedy: "Set revisionHistoryLimit to 2 or more; the default is 10."
    )
    static let takesAll = Rule(
        "rollout-takes-all-replicas",
        .info,
        needs: [.workloads],
        summary: "A rollout may take down every replica of a workload at the same time.",
        remedy:
            "Use the strategy RollingUpdate with a maxUnavailable below the number of replicas, if two versions can run side by side."
    )

    static let volumeDeadlock = Rule(
        "rollout-volume-deadlock",
        .info,
        needs: [.one(.deployments), .claims, .nodes],
        summary: "A rollout starts new pods before it ends old ones, over a volume that only one of them can have.",
        remedy:
            "Use the strategy Recreate, or a StatefulSet; with a ReadWriteMany volume old and new pods can run beside each other."
    )

    package static let rules = [stuckRollout, pausedRollout, noRollback, takesAll, volumeDeadlock]

    static func evaluate(
        _ workload: Workload,
        _ facts: RolloutFacts,
        _ history: RevisionHistory,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        let ignored = workload.ignoredRules
        if facts.isStuck {
            output.raise(
                stuckRollout,
                context.object(workload),
                ignored: ignored,
                workload.kind == .deployment
                    ? "no progress within progressDeadlineSeconds, \(workload.available ?? 0) of "
                        + "\(workload.desired ?? 0) replicas are available"
                    : "no pod of the new revision was created or became Ready for 10 min"
            )
        }
        if history.isPaused {
            output.raise(pausedRollout, context.object(workload), ignored: ignored, "spec.paused is true")
        }
        if history.keepsNone {
            output.raise(noRollback, context.object(workload), ignored: ignored, "revisionHistoryLimit is 0")
        }
        // Of a DaemonSet each pod serves its own node: all at once is a common way to update agents.
        if workload.kind != .daemonSet, let desired = workload.desired, desired >= 2,
            let most = facts.maxUnavailable, most >= desired
        {
            output.raise(
                takesAll,
                context.object(workload),
                ignored: ignored,
                history.isRecreate
                    ? "strategy Recreate takes down all \(desired) replicas before it starts new ones"
                    : "maxUnavailable comes to \(most) of \(desired) replicas"
            )
        }
    }
}
