import ClusterState

/// What explains the findings of the control plane, and when they explain all others.
extension CauseFinder {
    /// The rules that may explain one another, each explained by those before it.
    static let controlPlaneOrder = [
        Etcd.quorumLost, Etcd.noLeader, Etcd.alarm, ControlPlane.noneServing, ControlPlane.requestsFailing,
        ControlPlane.writesStalled, ControlPlane.leaseExpiredRule,
    ]
    .map(\.name.description)

    private static let etcdLost = [Etcd.quorumLost, Etcd.noLeader].map(\.name.description)

    /// The finding that represents the stalled control plane; nil where it is not stalled.
    func findStall() -> Explanation? {
        let freezing = controlPlane.filter(SignalRunner.isFreezing)
        let first = Self.controlPlaneOrder.lazy.compactMap { rule in freezing.first { $0.rule == rule } }.first
        return first.map { finding in
            Explanation(
                Cause(object: finding.object, rule: finding.rule),
                because: explainControlPlane(finding)
            )
        }
    }

    /// What explains a finding about the control plane as a whole: another one that stands before it in the order, of
    /// etcd the members that are not healthy.
    func explainControlPlane(_ finding: Finding) -> Explanation? {
        // An alarm of etcd stops writes; that no API server serves has other reasons.
        let isOfWrites = finding.rule != ControlPlane.noneServing.name.description
        let earlier = Self.controlPlaneOrder.prefix { $0 != finding.rule }
            .filter { isOfWrites || Self.etcdLost.contains($0) }
        if let other = raised(oneOf: earlier) { return explanation(by: other) }
        return finding.object.kind == "EtcdCluster" ? explainEtcdCluster(finding.object) : nil
    }

    private func raised(oneOf rules: [String]) -> Finding? {
        rules.lazy.compactMap { rule in controlPlane.first { $0.rule == rule } }.first
    }

    private func explanation(by finding: Finding) -> Explanation {
        let isOfEtcd = finding.object.kind == "EtcdCluster"
        return Explanation(
            Cause(object: finding.object, rule: finding.rule),
            because: isOfEtcd ? explainEtcdCluster(finding.object) : nil
        )
    }

    /// An etcd cluster that lacks voters is explained by the one that it lacks, or by what explains all of them. Where it
    /// has lost quorum, members that answer are not healthy for that reason alone.
    func explainEtcdCluster(_ object: FindingObject) -> Explanation? {
        guard let etcd = context.probes.etcdClusters.first(where: { $0.name == object.name }) else { return nil }
        let isLost = isRaised(Etcd.quorumLost, object)
        let missing = zip(etcd.members, etcd.memberLabels)
            .filter { member, _ in !member.isLearner && !(isLost ? member.isAlive : member.isHealthy) }
        if missing.count == 1, let (member, name) = missing.first {
            return Explanation(cause(Etcd.memberObject(name, of: etcd)), because: explanation(byNodeOf: member))
        }
        let roots = Set(missing.map { explanation(byNodeOf: $0.0)?.root })
        return roots.count == 1 ? roots.first.flatMap { $0 }.map { Explanation($0) } : nil
    }

    /// A member is explained by its node where that is not Ready; one that answers, by the quorum that its cluster lacks.
    func explainEtcdMember(_ object: FindingObject) -> Explanation? {
        for etcd in context.probes.etcdClusters {
            for (member, name) in zip(etcd.members, etcd.memberLabels) where Etcd.memberObject(name, of: etcd) == object
            {
                if let node = explanation(byNodeOf: member) { return node }
                let cluster = FindingObject(kind: "EtcdCluster", name: etcd.name)
                guard member.isAlive, isRaised(Etcd.quorumLost, cluster) else { return nil }
                return Explanation(cause(cluster), because: explainEtcdCluster(cluster))
            }
        }
        return nil
    }

    /// An API server instance is explained by its node where that is not Ready; one that is reached, by etcd that has no
    /// quorum or leader.
    func explainAPIServer(named name: String) -> Explanation? {
        guard let server = context.probes.apiServers.first(where: { $0.name == name }) else { return nil }
        if let node = explanation(byNodeAt: controlPlaneFacts.node(ofAPIServer: name)) { return node }
        guard server.isReachable, server.isEtcdReady == false else { return nil }
        return raised(oneOf: Self.etcdLost).map { explanation(by: $0) }
    }

    /// That API servers are missing is explained by those that do not serve, where no others are missing: by the only one,
    /// or by what explains all of them.
    func explainMissingAPIServers() -> Explanation? {
        let servers = context.probes.distinctAPIServers
        let silent = servers.filter { !$0.isServing }
        guard servers.count >= context.expectedAPIServers else { return nil }
        if silent.count == 1, let server = silent.first {
            let object = FindingObject(kind: "APIServer", name: server.name)
            return Explanation(cause(object), because: explainAPIServer(named: server.name))
        }
        let roots = Set(silent.map { explainAPIServer(named: $0.name)?.root })
        return roots.count == 1 ? roots.first.flatMap { $0 }.map { Explanation($0) } : nil
    }

    private func explanation(byNodeOf member: EtcdMemberProbe) -> Explanation? {
        explanation(byNodeAt: controlPlaneFacts.node(of: member))
    }

    /// The node, where it is not Ready and may explain the control plane: not where that is stalled, since what is written
    /// of nodes is old then.
    private func explanation(byNodeAt position: Int?) -> Explanation? {
        guard !isStalled, let position, !context.index.nodes[position].isReady else { return nil }
        return explanation(byNode: context.index.nodes[position].meta.name)
    }
}
