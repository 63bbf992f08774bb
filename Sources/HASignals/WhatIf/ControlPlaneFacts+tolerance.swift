import ClusterState

extension ControlPlaneFacts {
    /// How many control-plane nodes may be lost, whichever they are, with a serving API server and quorum left; −1 if
    /// not even now. nil where that is not known: no such nodes, an API server whose node is not known, or etcd on
    /// these nodes with its members, or their nodes, not known.
    func failureTolerance() -> Int? {
        guard !nodes.isEmpty else { return nil }
        let here = Set(nodes)
        var serving: Set<Int> = []
        var servingElsewhere = false
        for server in context.probes.distinctAPIServers where server.isServing {
            guard let node = node(ofAPIServer: server.name) else { return nil }
            if here.contains(node) { serving.insert(node) } else { servingElsewhere = true }
        }
        // Whichever nodes go: as long as fewer go than have a serving instance, one is left.
        let apiTolerance = servingElsewhere ? nodes.count : serving.count - 1
        var tolerance = min(apiTolerance, nodes.count)
        let etcd = context.probes.etcdClusters.filter(\.hasMemberList)
        if etcd.isEmpty && !nodesWithEtcdPods.isDisjoint(with: here) { return nil }
        if etcd.contains(where: mayBeOnNodes) { return nil }
        for cluster in etcd {
            tolerance = min(tolerance, etcdTolerance(cluster, here) ?? tolerance)
        }
        return max(-1, tolerance)
    }

    /// The same for one etcd cluster alone; nil where none of its voters runs on these nodes.
    private func etcdTolerance(_ etcd: EtcdClusterProbe, _ here: Set<Int>) -> Int? {
        var healthyOnNode: [Int: Int] = [:]
        var isHosted = false
        for member in etcd.voters {
            guard let node = node(of: member), here.contains(node) else { continue }
            isHosted = true
            if member.isHealthy { healthyOnNode[node, default: 0] += 1 }
        }
        guard isHosted else { return nil }
        // The worst choice takes the nodes with the most healthy voters first.
        var left = etcd.healthyVoters
        guard left >= etcd.quorumSize else { return -1 }
        var lost = 0
        for count in healthyOnNode.values.sorted(by: >) {
            left -= count
            if left < etcd.quorumSize { return lost }
            lost += 1
        }
        return here.count
    }

    /// Healthy voters of an etcd cluster by position of their zone; nil unless the zone of each member is known.
    func healthyVotersByZone(_ etcd: EtcdClusterProbe) -> [Int: Int]? {
        var healthy: [Int: Int] = [:]
        for member in etcd.members {
            guard let node = node(of: member), context.index.zoneOfNode[node] >= 0 else { return nil }
            if member.isHealthy && !member.isLearner { healthy[context.index.zoneOfNode[node], default: 0] += 1 }
        }
        return healthy
    }
}

extension EtcdClusterProbe {
    /// Whether the healthy voters that are left without `lost` of them are a quorum.
    func hasQuorum(withoutVoters lost: Int = 0) -> Bool {
        healthyVoters - lost >= quorumSize
    }
}
