import ClusterState

/// What explains workloads that lack replicas.
extension CauseFinder {
    func findDeficientWorkloads() -> [FindingObject: Int] {
        var positions: [FindingObject: Int] = [:]
        for (position, workload) in context.index.workloads.enumerated() where (workload.deficit ?? 0) > 0 {
            positions[context.object(workload)] = position
        }
        return positions
    }

    /// What explains the deficit of a workload: the node, iff its pods bound to nodes that are not Ready are at least the
    /// deficit; else a claim that they wait for, pods that the API server refuses, or its own stuck rollout. Of these the
    /// last comes last, since a rollout that waits for a claim or is refused pods is stuck for that.
    mutating func explainWorkload(_ position: Int) -> Explanation? {
        if let known = workloadExplanations[position] { return known }
        let found = findExplanation(ofWorkload: position)
        workloadExplanations[position] = .some(found)
        return found
    }

    private mutating func findExplanation(ofWorkload position: Int) -> Explanation? {
        let workload = context.index.workloads[position]
        guard let deficit = workload.deficit, deficit > 0 else { return nil }
        let podsLeft = strandedPods(ofWorkload: position)
        if podsLeft.values.reduce(0, +) >= deficit, let node = nodeWithMost(podsLeft) {
            return explanation(byNode: node)
        }
        if let claim = unboundClaim(ofWorkload: position) { return Explanation(claim) }
        let object = context.object(workload)
        if refusedWorkloads.contains(workload.uid) {
            return Explanation(Cause(object: object, rule: Replicas.cannotCreate.name.description))
        }
        if context.rollout(of: workload, at: position)?.isStuck == true {
            return Explanation(Cause(object: object, rule: Rollouts.stuckRollout.name.description))
        }
        return nil
    }

    /// The workload's pods that are bound to a node that is not Ready or gone and have not run to their end, terminating
    /// ones included, by the node.
    private func strandedPods(ofWorkload position: Int) -> [StringID: Int] {
        var counts: [StringID: Int] = [:]
        context.index.podsByWorkload.forEach(in: position) { number in
            guard let pod = context.pod(number), !pod.flags.isTerminal, isDown(node: pod.node) else { return }
            counts[pod.node, default: 0] += 1
        }
        return counts
    }

    private func nodeWithMost(_ counts: [StringID: Int]) -> StringID? {
        counts.map { (count: $0.value, name: context.text($0.key), id: $0.key) }
            .min { ($1.count, $0.name) < ($0.count, $1.name) }?
            .id
    }

    /// A StatefulSet's pod that is held by its node is explained by that node, whatever else the set lacks.
    mutating func explainHeldPod(_ object: FindingObject) -> Explanation? {
        guard let position = deficientWorkloads[object] else { return nil }
        return nodeWithMost(strandedPods(ofWorkload: position)).map { explanation(byNode: $0) }
    }

    /// That all healthy pods are on one node, or in one zone, is explained by a node that is not Ready and held others:
    /// those on it were elsewhere.
    mutating func explainCrowding(_ object: FindingObject, byZone: Bool) -> Explanation? {
        guard let position = deficientWorkloads[object] else { return nil }
        var podsLeft = strandedPods(ofWorkload: position)
        if byZone {
            let zones = Spread(ofWorkload: position, context.index).byZone.entries.map { context.index.zones[$0.place] }
            podsLeft = podsLeft.filter { node, _ in !zones.contains(context.index.zone(ofNode: node)) }
        }
        return nodeWithMost(podsLeft).map { explanation(byNode: $0) }
    }

    func findUnboundClaims() -> [ServiceKey: String] {
        var claims: [ServiceKey: String] = [:]
        guard context.isOK(.persistentvolumeclaims) else { return claims }
        context.state.persistentVolumeClaims.forEach { _, claim in
            guard claim.phase != .bound else { return }
            let rule = claim.phase == .lost ? Storage.lost : Storage.pending
            claims[ServiceKey(namespace: claim.meta.namespace, name: claim.meta.name)] = rule.name.description
        }
        return claims
    }

    /// The first by name of the claims without volume that pods of the workload wait for.
    private mutating func unboundClaim(ofWorkload position: Int) -> Cause? {
        let claims = unboundClaims
        guard !claims.isEmpty else { return nil }
        let interner = context.state.interner
        let namespace = context.index.workloads[position].namespace
        var found: Cause?
        context.index.podsByWorkload.forEach(in: position) { number in
            guard let pod = context.pod(number), pod.claims != .none, !pod.flags.isTerminal,
                !context.index.pods[number].isHealthy
            else { return }
            for word in 0..<interner.count(pod.claims) {
                let name = StringID(value: interner.word(pod.claims, word))
                guard let rule = claims[ServiceKey(namespace: namespace, name: name)] else { continue }
                let object = FindingObject(
                    kind: "PersistentVolumeClaim",
                    namespace: context.text(namespace),
                    name: context.text(name)
                )
                if let before = found, before.object.name <= object.name { continue }
                found = Cause(object: object, rule: rule)
            }
        }
        return found
    }
}
