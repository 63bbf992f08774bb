import ClusterState
import Exposition

extension Etcd {
    static let memberLabels = LabelNames(["etcd_cluster", "member"])
    static let alarmLabels = LabelNames(["etcd_cluster", "member", "alarm"])
    static let memberInfoLabels = LabelNames(["etcd_cluster", "member", "client_url", "version", "node"])

    static let memberHealthy = Family(
        "kube_ha_etcd_member_healthy",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "1 where a linearizable health check of the member answers true."
    )
    static let memberAlive = Family(
        "kube_ha_etcd_member_alive",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "1 where the member answers at all, quorum or not."
    )
    static let memberIsLeader = Family(
        "kube_ha_etcd_member_is_leader",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "1 for the leader that a quorum of healthy voting members names."
    )
    static let memberIsLearner = Family(
        "kube_ha_etcd_member_is_learner",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "1 for a learner, which does not vote."
    )
    static let memberLag = Family(
        "kube_ha_etcd_member_raft_applied_lag",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "Raft entries that the member has yet to apply, against the leader's index of the round before."
    )
    static let memberSize = Family(
        "kube_ha_etcd_member_db_size_bytes",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "Size of the member's database file."
    )
    static let memberInUse = Family(
        "kube_ha_etcd_member_db_in_use_bytes",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "Bytes of the database file in use."
    )
    static let memberQuota = Family(
        "kube_ha_etcd_member_db_quota_bytes",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "Size of the database at which the member raises the alarm NOSPACE."
    )
    static let memberProbe = Family(
        "kube_ha_etcd_member_probe_duration_seconds",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "Time that the probe of the member took."
    )
    static let memberCertificate = Family(
        "kube_ha_etcd_member_certificate_expiry_timestamp_seconds",
        .gauge,
        labels: memberLabels,
        sources: ["etcd"],
        help: "Earliest notAfter of the certificate chain that the member presents."
    )
    static let memberInfo = Family(
        "kube_ha_etcd_member_info",
        .info,
        labels: memberInfoLabels,
        sources: ["etcd", "nodes"],
        help: "A member: where clients reach it, its version, the node it lives on."
    )
    static let alarmActive = Family(
        "kube_ha_etcd_alarm_active",
        .gauge,
        labels: alarmLabels,
        sources: ["etcd"],
        help: "1 where the alarm (NOSPACE, CORRUPT) is raised for the member."
    )

    static let memberFamilies: [any AnyFamily] = [
        memberHealthy, memberAlive, memberIsLeader, memberIsLearner, memberLag, memberSize, memberInUse, memberQuota,
        memberProbe,
        memberCertificate, memberInfo, alarmActive,
    ]

    static func addMembers(
        _ etcd: EtcdClusterProbe,
        _ facts: ControlPlaneFacts,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let leader = etcd.leaderID
        for (member, name) in zip(etcd.members, etcd.memberLabels) {
            let labels = sink.labels(memberLabels, [etcd.name, name])
            sink.add(memberHealthy, labels, member.isHealthy)
            sink.add(memberAlive, labels, member.isAlive)
            sink.add(memberIsLeader, labels, member.id == leader)
            sink.add(memberIsLearner, labels, member.isLearner)
            if let lag = lag(of: member, in: etcd, context) { sink.add(memberLag, labels, lag) }
            if let bytes = member.databaseBytes { sink.add(memberSize, labels, bytes) }
            if let bytes = member.databaseInUseBytes { sink.add(memberInUse, labels, bytes) }
            if let bytes = member.databaseQuotaBytes { sink.add(memberQuota, labels, bytes) }
            if let seconds = member.seconds { sink.add(memberProbe, labels, seconds) }
            if let expiry = member.certificateExpiry { sink.add(memberCertificate, labels, expiry.seconds) }
            let node = facts.node(of: member).map { context.text(context.index.nodes[$0].meta.name) } ?? ""
            sink.add(
                memberInfo,
                sink.labels(
                    memberInfoLabels,
                    [etcd.name, name, member.clientURLs.first ?? "", member.version ?? "", node]
                ),
                1
            )
            // Without an answer about alarms they are unknown, not 0.
            guard etcd.isAlarmKnown else { continue }
            for alarm in EtcdAlarm.allCases {
                sink.add(
                    alarmActive,
                    sink.labels(alarmLabels, [etcd.name, name, alarm.rawValue]),
                    member.alarms.contains(alarm)
                )
            }
        }
    }

    /// Entries that a member has yet to apply. Live, members are asked one after the other while the leader moves on:
    /// its index of the round before is what every member had time for. A recording has one round only.
    static func lag(of member: EtcdMemberProbe, in etcd: EtcdClusterProbe, _ context: CollectionContext) -> Double? {
        guard let leader = etcd.leader, let applied = member.raftAppliedIndex else { return nil }
        let index: UInt64?
        if context.isRecording || member.id == leader.id {
            index = leader.raftIndex
        } else {
            index = context.observations.previousLeaderIndex(cluster: etcd.name)
        }
        return index.map { $0 > applied ? Double($0 - applied) : 0 }
    }
}
