import ClusterState
package import Exposition

/// Area 2: does etcd have a quorum and a leader, and how many members may fail?
package enum Etcd: Area {
    package static let name = AreaName.etcd

    static let clusterLabels = LabelNames(["etcd_cluster"])
    static let zoneLabels = LabelNames(["etcd_cluster", "topology_zone"])
    static let sourceLabels = LabelNames(["source"])

    static let sourceInfo = Family(
        "kube_ha_etcd_source_info",
        .info,
        labels: sourceLabels,
        help: "How etcd is observed: members (their own answers), metrics (health and metrics alone) or pods."
    )
    static let pods = Family(
        "kube_ha_etcd_pods",
        .gauge,
        sources: ["pods", "nodes"],
        help: "etcd pods in kube-system."
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
        labels: clusterLabels,
        sources: ["etcd"],
        help: "Members in the member list."
    )
    static let voting = Family(
        "kube_ha_etcd_voting_members",
        .gauge,
        labels: clusterLabels,
        sources: ["etcd"],
        help: "Members that vote."
    )
    static let learners = Family(
        "kube_ha_etcd_learners",
        .gauge,
        labels: clusterLabels,
        sources: ["etcd"],
        help: "Members that are learners and do not vote."
    )
    static let healthy = Family(
        "kube_ha_etcd_members_healthy",
        .gauge,
        labels: clusterLabels,
        sources: ["etcd"],
        help: "Members that are healthy."
    )
    static let quorumSize = Family(
        "kube_ha_etcd_quorum_size",
        .gauge,
        labels: clusterLabels,
        sources: ["etcd"],
        help: "Votes needed: half of the voting members, rounded down, plus 1."
    )
    static let tolerance = Family(
        "kube_ha_etcd_failure_tolerance",
        .gauge,
        labels: clusterLabels,
        sources: ["etcd"],
        help: "Healthy voting members minus quorum size: members that may still fail; negative without quorum."
    )
    static let hasQuorum = Family(
        "kube_ha_etcd_has_quorum",
        .gauge,
        labels: clusterLabels,
        sources: ["etcd"],
        help: "1 where the healthy voting members reach quorum size."
    )
    static let hasLeader = Family(
        "kube_ha_etcd_has_leader",
        .gauge,
        labels: clusterLabels,
        sources: ["etcd"],
        help: "1 where a quorum of healthy voting members names the same leader."
    )
    static let zoneLossHasQuorum = Family(
        "kube_ha_etcd_zone_loss_has_quorum",
        .gauge,
        labels: zoneLabels,
        sources: ["etcd", "nodes"],
        help: "1 where quorum would survive the loss of the zone."
    )

    package static let families: [any AnyFamily] =
        [sourceInfo, pods, podsReady, members, voting, learners, healthy, quorumSize, tolerance, hasQuorum, hasLeader]
        + memberFamilies + [zoneLossHasQuorum]

    /// A managed control plane hides its etcd unless a flag names it, `--etcd.endpoints none` says that there is none to
    /// judge, and k3s without a node of role etcd keeps its data in SQLite.
    package static func isApplicable(_ context: CollectionContext) -> Bool {
        if context.settings.isEtcdExcluded { return false }
        if context.probes.etcdClusters.contains(where: \.hasMemberList) { return true }
        guard context.isControlPlaneEvaluated else { return false }
        return !context.isOK(.nodes) || !context.isSQLite
    }

    /// Without a member list nothing is known of quorum, however many of etcd's pods are ready.
    package static func undetermined(_ context: CollectionContext) -> String? {
        context.probes.etcdClusters.contains(where: \.hasMemberList)
            ? nil
            : "no member list of etcd was received: name the members with --etcd.endpoints or --etcd.metrics-endpoints, "
                + "or set the former to none"
    }

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        let known = context.isOK(.etcd) ? context.probes.etcdClusters.filter(\.hasMemberList) : []
        let pods = context.kubeSystemPods(ofComponent: "etcd")
        if !known.isEmpty {
            for (source, isFromMetrics) in [("members", false), ("metrics", true)]
            where known.contains(where: { $0.isFromMetrics == isFromMetrics }) {
                output.sink.add(sourceInfo, output.sink.labels(sourceLabels, [source]), 1)
            }
        } else if !pods.isEmpty, context.isOK(.nodes) {
            output.sink.add(sourceInfo, output.sink.labels(sourceLabels, ["pods"]), 1)
        }
        if !pods.isEmpty {
            output.sink.add(Self.pods, pods.count)
            output.sink.add(podsReady, pods.count { context.index.pods[$0].isHealthy })
        }
        let facts = ControlPlaneFacts(context)
        for etcd in known {
            addCluster(etcd, &output.sink)
            addMembers(etcd, facts, context, &output.sink)
            addZoneLosses(etcd, facts, context, &output.sink)
            evaluate(etcd, context, &output)
        }
    }

    private static func addCluster(_ etcd: EtcdClusterProbe, _ sink: inout Sink) {
        let labels = sink.labels(clusterLabels, [etcd.name])
        let learners = etcd.members.count { $0.isLearner }
        sink.add(members, labels, etcd.voterCount + learners)
        sink.add(voting, labels, etcd.voterCount)
        sink.add(Self.learners, labels, learners)
        sink.add(healthy, labels, etcd.members.count { $0.isHealthy })
        sink.add(quorumSize, labels, etcd.quorumSize)
        sink.add(tolerance, labels, etcd.healthyVoters - etcd.quorumSize)
        sink.add(hasQuorum, labels, etcd.hasQuorum())
        sink.add(hasLeader, labels, etcd.leaderID != nil)
    }

    private static func addZoneLosses(
        _ etcd: EtcdClusterProbe,
        _ facts: ControlPlaneFacts,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        guard let healthyByZone = facts.healthyVotersByZone(etcd) else { return }
        for (zone, name) in context.index.zones.enumerated() {
            let labels = sink.labels(zoneLabels, [etcd.name, context.text(name)])
            sink.add(zoneLossHasQuorum, labels, etcd.hasQuorum(withoutVoters: healthyByZone[zone] ?? 0))
        }
    }
}

extension CollectionContext {
    /// Whether this is k3s on SQLite: a kubelet's version names k3s and no node has the role etcd.
    fileprivate var isSQLite: Bool {
        index.nodes.contains { text($0.kubeletVersion).contains("+k3s") }
            && !index.nodes.contains {
                state.interner.label(.etcdRole, in: $0.meta.labels) != nil
            }
    }
}
