import ClusterState
package import Exposition

/// Area 2: is etcd a cluster with a quorum, a leader, and a member to spare?
package enum Etcd: Area {
    package static let name = AreaName.etcd

    static let sourceInfo = Family(
        "kube_ha_etcd_source_info",
        .info,
        labels: "source",
        help: "Where etcd is seen from: members (its own answers) or pods."
    )
    static let pods = Family(
        "kube_ha_etcd_pods",
        .gauge,
        sources: ["pods", "nodes"],
        help: "etcd pods seen in kube-system."
    )
    static let podsReady = Family(
        "kube_ha_etcd_pods_ready",
        .gauge,
        sources: ["pods", "nodes"],
        help: "etcd pods that are healthy; says nothing about quorum."
    )
    static let members = Family(
        "kube_ha_etcd_members",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "Members in the member list."
    )
    static let voting = Family(
        "kube_ha_etcd_voting_members",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "Members that vote."
    )
    static let learners = Family(
        "kube_ha_etcd_learners",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "Members that are learners and do not vote."
    )
    static let healthy = Family(
        "kube_ha_etcd_members_healthy",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "Members that are healthy."
    )
    static let quorumSize = Family(
        "kube_ha_etcd_quorum_size",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "Votes needed: half of the voting members, rounded down, plus 1."
    )
    static let tolerance = Family(
        "kube_ha_etcd_failure_tolerance",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "Healthy voting members minus quorum size: members that may still fail; negative without quorum."
    )
    static let hasQuorum = Family(
        "kube_ha_etcd_has_quorum",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "1 where the healthy voting members reach quorum size."
    )
    static let hasLeader = Family(
        "kube_ha_etcd_has_leader",
        .gauge,
        labels: "etcd_cluster",
        sources: ["etcd"],
        help: "1 where a quorum of healthy voting members names the same leader."
    )
    static let zoneLossHasQuorum = Family(
        "kube_ha_etcd_zone_loss_has_quorum",
        .gauge,
        labels: "etcd_cluster",
        "topology_zone",
        sources: ["etcd", "nodes"],
        help: "1 where quorum would survive the loss of the zone."
    )

    package static let families: [any AnyFamily] =
        [sourceInfo, pods, podsReady, members, voting, learners, healthy, quorumSize, tolerance, hasQuorum, hasLeader]
        + memberFamilies + [zoneLossHasQuorum]

    /// A managed control plane hides its etcd unless a flag names it, `--etcd.endpoints none` says that there is none to
    /// judge, and k3s without a node of role etcd keeps its data in SQLite.
    package static func isApplicable(_ cluster: Cluster) -> Bool {
        if cluster.settings.isEtcdExcluded { return false }
        if cluster.probes.etcdClusters.contains(where: \.hasMemberList) { return true }
        guard cluster.isControlPlaneJudged else { return false }
        return !cluster.isOK(.nodes) || !cluster.isSQLite
    }

    /// Without a member list nothing is known of quorum, however ready etcd's pods are: `--etcd.endpoints` tells.
    package static func undetermined(_ cluster: Cluster) -> String? {
        cluster.probes.etcdClusters.contains(where: \.hasMemberList)
            ? nil
            : "no member list of etcd was received: name the members with --etcd.endpoints, or set it to none"
    }

    package static func collect(_ cluster: Cluster, into output: inout SignalOutput) {
        let known = cluster.isOK(.etcd) ? cluster.probes.etcdClusters.filter(\.hasMemberList) : []
        let pods = cluster.kubeSystemPods(ofComponent: "etcd")
        if !known.isEmpty {
            output.sink.add(sourceInfo, output.sink.labels("source", "members"), 1)
        } else if !pods.isEmpty, cluster.isOK(.nodes) {
            output.sink.add(sourceInfo, output.sink.labels("source", "pods"), 1)
        }
        if !pods.isEmpty {
            output.sink.add(Self.pods, pods.count)
            output.sink.add(podsReady, pods.count { cluster.index.pods[$0].isHealthy })
        }
        let facts = ControlPlaneFacts(cluster)
        for etcd in known {
            addCluster(etcd, &output.sink)
            addMembers(etcd, facts, cluster, &output.sink)
            addZoneLosses(etcd, facts, cluster, &output.sink)
            judge(etcd, cluster, &output)
        }
    }

    private static func addCluster(_ etcd: EtcdClusterProbe, _ sink: inout Sink) {
        let labels = sink.labels("etcd_cluster", etcd.name)
        let voters = etcd.voters.count
        sink.add(members, labels, etcd.members.count)
        sink.add(voting, labels, voters)
        sink.add(learners, labels, etcd.members.count - voters)
        sink.add(healthy, labels, etcd.members.count { $0.isHealthy })
        sink.add(quorumSize, labels, etcd.quorumSize)
        sink.add(tolerance, labels, etcd.healthyVoters - etcd.quorumSize)
        sink.add(hasQuorum, labels, etcd.healthyVoters >= etcd.quorumSize)
        sink.add(hasLeader, labels, etcd.leaderID != nil)
    }

    private static func addZoneLosses(
        _ etcd: EtcdClusterProbe,
        _ facts: ControlPlaneFacts,
        _ cluster: Cluster,
        _ sink: inout Sink
    ) {
        var healthyByZone: [Int: Int] = [:]
        for member in etcd.members {
            guard let node = facts.node(of: member), cluster.index.zoneOfNode[node] >= 0 else { return }
            if member.isHealthy && !member.isLearner { healthyByZone[cluster.index.zoneOfNode[node], default: 0] += 1 }
        }
        for (zone, name) in cluster.index.zones.enumerated() {
            let labels = sink.labels("etcd_cluster", etcd.name, "topology_zone", cluster.text(name))
            sink.add(zoneLossHasQuorum, labels, etcd.healthyVoters - (healthyByZone[zone] ?? 0) >= etcd.quorumSize)
        }
    }
}

extension Cluster {
    /// Whether this is k3s on SQLite: a kubelet's version names k3s and no node bears the role etcd.
    fileprivate var isSQLite: Bool {
        index.nodes.contains { text($0.kubeletVersion).contains("+k3s") }
            && !index.nodes.contains {
                state.interner.label("node-role.kubernetes.io/etcd", in: $0.meta.labels) != nil
            }
    }
}
