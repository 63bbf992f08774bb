import ClusterState
import HASignals
import Testing

/// What is said of single etcd members: names, alarms, lag, sizes.
struct EtcdMemberTests {
    /// Members added with the same name, and one that was added and has not started: the id tells them apart.
    @Test func namesThatDoNotTellMembersApartGiveWayToIDs() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([
            .up(0xab, "etcd", leader: 0xab, urls: ["https://10.0.0.1:2379"]),
            .up(0xcd, "etcd", leader: 0xab, urls: ["https://10.0.0.2:2379"]), .silent(0xef01, "", urls: []),
        ])
        let signals = cluster.signals()
        #expect(signals["etcd_member_healthy", ["member": "ab"]] == 1)
        #expect(signals["etcd_member_healthy", ["member": "cd"]] == 1)
        #expect(signals["etcd_member_healthy", ["member": "ef01"]] == 0)
        #expect(signals["etcd_voting_members"] == 3)
        #expect(signals.raised("etcd-member-unhealthy") == ["EtcdMember ef01"])
        #expect(signals.messages("etcd-member-unhealthy") == ["has not started"])
        #expect(signals["etcd_member_info", ["member": "ef01", "client_url": "", "node": ""]] == 1)
    }

    /// A member's node is the one with its name, else with its address, else the one its pod runs on.
    @Test func infoNamesTheNode() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([
            .up(1, "cp-a") { $0.version = "3.6.1" }, .up(2, "infra1", urls: ["https://10.0.0.2:2379"]),
            .up(3, "cp-c-etcd", urls: ["https://172.16.0.9:2379"]),
        ])
        cluster.pod("kube-system", "etcd-cp-c-etcd", on: "cp-c", labels: ["component": "etcd"])
        let signals = cluster.signals()
        #expect(
            signals[
                "etcd_member_info",
                ["member": "cp-a", "client_url": "https://cp-a:2379", "version": "3.6.1", "node": "cp-a"]
            ] == 1
        )
        #expect(signals["etcd_member_info", ["member": "infra1", "version": "", "node": "cp-b"]] == 1)
        #expect(signals["etcd_member_info", ["member": "cp-c-etcd", "node": "cp-c"]] == 1)
    }

    @Test func alarms() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.up(1, "cp-a") { $0.toldAlarms = true }, .up(2, "cp-b"), .up(3, "cp-c")])
        #expect(cluster.signals().count("etcd_alarm_active") == 6)
        #expect(cluster.signals().raised("etcd-alarm").isEmpty)
        cluster.etcd([
            .up(1, "cp-a") { $0.toldAlarms = true }, .up(2, "cp-b") { $0.alarms = [.noSpace] }, .up(3, "cp-c"),
        ])
        let signals = cluster.signals()
        #expect(signals["etcd_alarm_active", ["member": "cp-b", "alarm": "NOSPACE"]] == 1)
        #expect(signals["etcd_alarm_active", ["member": "cp-b", "alarm": "CORRUPT"]] == 0)
        #expect(signals["etcd_alarm_active", ["member": "cp-a", "alarm": "NOSPACE"]] == 0)
        #expect(signals.raised("etcd-alarm") == ["EtcdMember cp-b"])
        #expect(signals.messages("etcd-alarm") == ["alarm NOSPACE is raised"])
        #expect(signals.status(.etcd) == .critical)
    }

    /// Nobody could be asked for alarms: that is not the same as none.
    @Test func alarmsThatNobodyToldAreAbsent() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .up(3, "cp-c")])
        #expect(cluster.signals().count("etcd_alarm_active") == 0)
    }

    private func raft(
        leader index: UInt64,
        _ leaderApplied: UInt64,
        _ second: UInt64,
        _ third: UInt64
    )
        -> [EtcdMemberProbe]
    {
        let leader = EtcdMemberProbe.up(1, "cp-a") {
            $0.raftIndex = index
            $0.raftAppliedIndex = leaderApplied
        }
        return [
            leader, .up(2, "cp-b") { $0.raftAppliedIndex = second }, .up(3, "cp-c") { $0.raftAppliedIndex = third },
        ]
    }

    /// Members are asked one after the other while the leader moves on: what it had a round ago, all had time for.
    @Test func lagIsAgainstTheRoundBefore() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd(raft(leader: 5_000, 4_990, 4_000, 4_000))
        cluster.observe(uptime: 0)
        let first = cluster.signals()
        #expect(first["etcd_member_raft_applied_lag", ["member": "cp-a"]] == 10)
        #expect(first.count("etcd_member_raft_applied_lag") == 1)
        cluster.etcd(raft(leader: 9_000, 9_000, 4_000, 8_500))
        cluster.observe(uptime: 15)
        let second = cluster.signals()
        #expect(second["etcd_member_raft_applied_lag", ["member": "cp-a"]] == 0)
        // Exactly 1,000 behind is not yet far.
        #expect(second["etcd_member_raft_applied_lag", ["member": "cp-b"]] == 1_000)
        // Ahead of what the leader had: nothing is missing.
        #expect(second["etcd_member_raft_applied_lag", ["member": "cp-c"]] == 0)
        #expect(second.raised("etcd-raft-lag").isEmpty)
        cluster.etcd(raft(leader: 9_100, 9_100, 7_999, 9_000))
        cluster.observe(uptime: 30)
        let third = cluster.signals()
        #expect(third["etcd_member_raft_applied_lag", ["member": "cp-b"]] == 1_001)
        #expect(third.raised("etcd-raft-lag") == ["EtcdMember cp-b"])
        #expect(third.messages("etcd-raft-lag") == ["1001 entries behind"])
    }

    @Test func lagInARecordingIsAgainstTheOnlyRound() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd(raft(leader: 5_000, 4_990, 3_000, 5_001))
        let signals = cluster.signals(isRecording: true)
        #expect(signals["etcd_member_raft_applied_lag", ["member": "cp-b"]] == 2_000)
        #expect(signals["etcd_member_raft_applied_lag", ["member": "cp-c"]] == 0)
        #expect(signals.raised("etcd-raft-lag") == ["EtcdMember cp-b"])
    }

    /// A round without a leader leaves nothing to compare with, in it and in the next.
    @Test func lagIsAbsentWithoutALeader() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd(raft(leader: 5_000, 5_000, 5_000, 5_000))
        cluster.observe(uptime: 0)
        cluster.etcd(
            raft(leader: 5_000, 5_000, 5_000, 5_000)
                .map {
                    var member = $0
                    member.leader = nil
                    return member
                }
        )
        cluster.observe(uptime: 15)
        #expect(cluster.signals().count("etcd_member_raft_applied_lag") == 0)
        cluster.etcd(raft(leader: 5_100, 5_100, 5_000, 5_000))
        cluster.observe(uptime: 30)
        #expect(cluster.signals().count("etcd_member_raft_applied_lag") == 1)
    }

    @Test func sizesAndDurations() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([
            .up(1, "cp-a") {
                $0.databaseBytes = 800
                $0.databaseInUseBytes = 300
                $0.databaseQuotaBytes = 1_000
                $0.seconds = 0.5
            },
            .up(2, "cp-b") {
                $0.databaseBytes = 810
                $0.databaseQuotaBytes = 1_000
            },
            .up(3, "cp-c") { $0.databaseBytes = 2_000 },
        ])
        let signals = cluster.signals()
        #expect(signals["etcd_member_db_size_bytes", ["member": "cp-a"]] == 800)
        #expect(signals["etcd_member_db_in_use_bytes", ["member": "cp-a"]] == 300)
        #expect(signals["etcd_member_db_quota_bytes", ["member": "cp-a"]] == 1_000)
        #expect(signals["etcd_member_probe_duration_seconds", ["member": "cp-a"]] == 0.5)
        // Before 3.6 a member does not tell its quota: absent, and never near it.
        #expect(signals["etcd_member_db_quota_bytes", ["member": "cp-c"]] == nil)
        #expect(signals.count("etcd_member_probe_duration_seconds") == 1)
        #expect(signals.raised("etcd-quota-near") == ["EtcdMember cp-b"])
        #expect(signals.messages("etcd-quota-near") == ["database at 81 % of its quota"])
    }
}
