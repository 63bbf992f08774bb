import ClusterState

extension Rollouts {
    /// Raises what is to be said of Deployments whose new pods wait for a volume that the old ones hold: those that surge
    /// with maxUnavailable 0 over a claim that one pod may use, or the pods of one node where there are several nodes.
    static func evaluateVolumes(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard output.isEvaluated(volumeDeadlock) else { return }
        let isSeveralNodes = context.index.nodes.count(where: \.isUsable) > 1
        var exclusive: [ServiceKey: PersistentVolumeClaim.Sharing] = [:]
        context.state.persistentVolumeClaims.forEach { _, claim in
            if claim.sharing == .onePod || claim.sharing == .oneNode && isSeveralNodes {
                exclusive[ServiceKey(namespace: claim.meta.namespace, name: claim.meta.name)] = claim.sharing
            }
        }
        guard !exclusive.isEmpty else { return }
        for (position, workload) in context.index.workloads.enumerated() where workload.kind == .deployment {
            guard let desired = workload.desired, desired > 0, let id = workload.template,
                let row = context.state.deployments[workload.uid], !row.isRecreate,
                context.rollout(of: workload, at: position)?.maxUnavailable == 0
            else { continue }
            let claims = context.state.interner.template(id).claims
                .filter { exclusive[ServiceKey(namespace: workload.namespace, name: $0)] != nil }
            guard let claim = claims.first else { continue }
            let isOnePod = exclusive[ServiceKey(namespace: workload.namespace, name: claim)] == .onePod
            output.raise(
                volumeDeadlock,
                context.object(workload),
                ignored: workload.ignoredRules,
                "maxUnavailable comes to 0, and its pods share the claim \(context.text(claim)) "
                    + (isOnePod
                        ? "(ReadWriteOncePod)" : "(ReadWriteOnce): a new pod on another node waits for the old one")
            )
        }
    }
}
