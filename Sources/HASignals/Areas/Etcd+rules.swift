import ClusterState

extension Etcd {
    static let quorumLost = Rule(
        "etcd-quorum-lost",
        .critical,
        needs: [.etcd],
        keepFiringFor: .minutes(10),
        summary: "Fewer voting members are healthy than quorum needs: the cluster accepts no writes.",
        remedy:
            "Restart the members that can be back soonest; restore from a snapshot only if a majority is lost permanently."
    )
    static let noLeader = Rule(
        "etcd-no-leader",
        .critical,
        needs: [.etcd],
        keepFiringFor: .minutes(10),
        summary: "No quorum of healthy voting members names the same leader.",
        remedy:
            "Check that the members reach one another on their peer ports, and that their disks are fast enough for heartbeats."
    )
    static let alarm = Rule(
        "etcd-alarm",
        .critical,
        needs: [.etcd],
        summary:
            "A member has raised an alarm: with NOSPACE etcd refuses writes, with CORRUPT the member's data differs.",
        remedy:
            "NOSPACE: compact, defragment, then etcdctl alarm disarm. CORRUPT: remove the member and add it again with an empty data directory."
    )
    static let noTolerance = Rule(
        "etcd-no-tolerance",
        .critical,
        needs: [.etcd],
        keepFiringFor: .minutes(5),
        summary: "Members are unhealthy, and the next failure would lose quorum.",
        remedy: "Repair the unhealthy members first; do not drain or upgrade control-plane nodes until then."
    )
    static let memberUnhealthy = Rule(
        "etcd-member-unhealthy",
        .warning,
        needs: [.etcd],
        keepFiringFor: .minutes(5),
        summary: "A member does not answer a linearizable health check.",
        remedy: "Check the member's log, disk and network, and the certificate that it presents."
    )
    static let twoMembers = Rule(
        "etcd-two-members",
        .warning,
        needs: [.etcd],
        summary: "etcd has two voting members and needs both: it tolerates no failure.",
        remedy: "Add a third member."
    )
    static let evenMembers = Rule(
        "etcd-even-members",
        .warning,
        needs: [.etcd],
        summary: "etcd has an even number of voting members, which tolerates no more failures than one member fewer.",
        remedy: "Add or remove one member."
    )
    static let raftLag = Rule(
        "etcd-raft-lag",
        .warning,
        needs: [.etcd],
        summary: "A member is far behind the leader in applying entries.",
        remedy: "Look for a slow disk or network at the member; etcd itself refuses requests at a lag of 5,000."
    )
    static let quotaNear = Rule(
        "etcd-quota-near",
        .warning,
        needs: [.etcd],
        summary: "A member's database has used over 80 % of its quota; at 100 % it refuses writes.",
        remedy:
            "Compact and defragment, find out what grows (events, secrets, custom resources), or raise --quota-backend-bytes."
    )

    package static let rules = [
        quorumLost, noLeader, alarm, noTolerance, memberUnhealthy, twoMembers, evenMembers, raftLag, quotaNear,
    ]

    /// A fifth of the gap between commit and apply at which etcd answers "too many requests" (5,000).
    static let lagLimit = 1_000.0
    /// Share of the quota above which little time is left.
    static let quotaLimit = 0.8

    static func evaluate(_ etcd: EtcdClusterProbe, _ context: CollectionContext, _ output: inout SignalOutput) {
        let object = FindingObject(kind: "EtcdCluster", name: etcd.name)
        let voters = etcd.voterCount
        let healthy = etcd.healthyVoters
        if healthy < etcd.quorumSize {
            output.raise(
                quorumLost,
                object,
                "\(healthy) of \(voters) voting members are healthy, \(etcd.quorumSize) are needed; \(Self.life(of: etcd))"
            )
        }
        if etcd.leaderID == nil {
            output.raise(noLeader, object, "no leader is named by \(etcd.quorumSize) healthy voting members")
        }
        if voters >= 3 && healthy < voters && healthy == etcd.quorumSize {
            output.raise(
                noTolerance,
                object,
                "\(healthy) of \(voters) voting members are healthy, and all of them are needed: tolerance 0"
            )
        }
        if voters == 2 {
            output.raise(twoMembers, object, "2 voting members, both needed")
        } else if voters > 2 && voters.isMultiple(of: 2) {
            output.raise(
                evenMembers,
                object,
                "\(voters) voting members tolerate no more failures than \(voters - 1)"
            )
        }
        for (member, name) in zip(etcd.members, etcd.memberLabels) {
            evaluate(member, memberObject(name, of: etcd), of: etcd, context, &output)
        }
    }

    /// Which voters answer, quorum or not, and which are silent: those are to be brought back.
    private static func life(of etcd: EtcdClusterProbe) -> String {
        let voters = zip(etcd.members, etcd.memberLabels).filter { !$0.0.isLearner }
        let silent = voters.filter { !$0.0.isAlive }.map(\.1)
        let alive = voters.filter { $0.0.isAlive }.map(\.1)
        let first = alive.isEmpty ? "none answers" : "\(alive.joined(separator: ", ")) still answers"
        return silent.isEmpty ? first : "\(first), no answer from \(silent.joined(separator: ", "))"
    }

    /// A member as the object of a finding. Further clusters often have members of the same names as the main one.
    static func memberObject(_ name: String, of etcd: EtcdClusterProbe) -> FindingObject {
        FindingObject(kind: "EtcdMember", name: etcd.name == "main" ? name : "\(etcd.name)/\(name)")
    }

    private static func evaluate(
        _ member: EtcdMemberProbe,
        _ object: FindingObject,
        of etcd: EtcdClusterProbe,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        if !member.isHealthy {
            let why =
                member.clientURLs.isEmpty
                ? "has not started"
                : !member.isReachable
                    ? "does not answer"
                    : etcd.healthyVoters < etcd.quorumSize
                        ? "answers, but there is no quorum" : "answers, but its health check fails"
            output.raise(memberUnhealthy, object, why)
        }
        if !member.alarms.isEmpty {
            let names = member.alarms.map(\.rawValue).sorted().joined(separator: ", ")
            output.raise(alarm, object, "alarm \(names) is raised")
        }
        if let lag = lag(of: member, in: etcd, context), lag > lagLimit {
            output.raise(raftLag, object, "\(Int64(clamping: lag)) entries behind")
        }
        if let size = member.databaseBytes, let quota = member.databaseQuotaBytes, quota > 0,
            size > quotaLimit * quota
        {
            output.raise(quotaNear, object, "database at \(Int64(clamping: size / quota * 100)) % of its quota")
        }
    }
}
