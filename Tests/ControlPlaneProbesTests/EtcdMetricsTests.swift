import ClusterState
import Testing

@testable import ControlPlaneProbes

/// etcd by `--etcd.metrics-endpoints`: health and metrics alone.
struct EtcdMetricsTests {
    /// What a member says of itself; nil does not answer.
    struct Member {
        var health = (status: 200, body: #"{"health":"true","reason":""}"#)
        var hasLeader = true
        var isLeader = false
        var isSilent = false
        var extra = ""
    }

    /// The answers of members at 192.0.2.1 and on, in the order in which they are asked.
    private static func answers(_ members: [Member]) throws -> [ProbeAnswer] {
        try members.enumerated()
            .flatMap { position, member in
                // As etcd 3.5 writes them; the rest of its families is not kept.
                let metrics = """
                    etcd_mvcc_db_total_size_in_bytes 2.0480e+04
                    etcd_mvcc_db_total_size_in_use_in_bytes 1.6384e+04
                    etcd_server_has_leader \(member.hasLeader ? 1 : 0)
                    etcd_server_is_leader \(member.isLeader ? 1 : 0)
                    etcd_server_quota_backend_bytes 2.147483648e+09
                    \(member.extra)
                    """
                let host = position + 1
                return try [
                    etcd(
                        host,
                        healthPath,
                        member.isSilent ? 0 : member.health.status,
                        member.isSilent ? "" : member.health.body
                    ),
                    etcd(host, "/health?serializable=true", member.isSilent ? 0 : 200, ""),
                    etcd(host, "/metrics", member.isSilent ? 0 : 200, member.isSilent ? "" : metrics),
                ]
            }
    }

    private static func cluster(_ reading: ProbeReading) throws -> EtcdClusterProbe {
        try #require(reading.results.etcdClusters.first)
    }

    /// The members are the endpoints named, voters all of them (SIGNALS, area 2); what metrics do not tell is absent.
    @Test func membersAreTheEndpoints() throws {
        let reading = ProbeReading(try Self.answers([Member(), Member(isLeader: true), Member()]))
        #expect(reading.etcd.state == .ok)
        let etcd = try Self.cluster(reading)
        #expect(etcd.isFromMetrics)
        #expect(etcd.memberLabels == ["192.0.2.1:2379", "192.0.2.2:2379", "192.0.2.3:2379"])
        #expect(etcd.voters.count == 3)
        #expect(etcd.healthyVoters == 3)
        #expect(etcd.leader?.name == "192.0.2.2:2379")
        let member = try #require(etcd.members.first)
        #expect(member.databaseBytes == 20_480)
        #expect(member.databaseInUseBytes == 16_384)
        #expect(member.databaseQuotaBytes == 2_147_483_648)
        #expect(member.version == nil)
        #expect(member.raftIndex == nil)
        #expect(!etcd.isAlarmKnown)
    }

    /// A dead member counts: it is named. Two of three still know of their leader.
    @Test func aSilentEndpointIsAMemberThatIsDown() throws {
        let reading = ProbeReading(try Self.answers([Member(isLeader: true), Member(isSilent: true), Member()]))
        let etcd = try Self.cluster(reading)
        #expect(etcd.members.map(\.isHealthy) == [true, false, true])
        #expect(etcd.members.map(\.isAlive) == [true, false, true])
        #expect(etcd.quorumSize == 2)
        #expect(etcd.leaderID != nil)
    }

    /// Without quorum the member lives: it serves metrics, says that it has no leader, and its health check fails.
    @Test func aMemberWithoutLeaderIsAliveAndUnhealthy() throws {
        let failing = (status: 503, body: #"{"health":"false","reason":"RAFT NO LEADER"}"#)
        let member = Member(health: failing, hasLeader: false)
        let etcd = try Self.cluster(
            ProbeReading(try Self.answers([member, Member(isSilent: true), Member(isSilent: true)]))
        )
        #expect(etcd.members.map(\.isAlive) == [true, false, false])
        #expect(etcd.healthyVoters == 0)
        #expect(etcd.leaderID == nil)
    }

    /// An alarm is no lost member: 503 whose reason begins with ALARM is healthy iff the member has a leader.
    @Test(arguments: [true, false])
    func anAlarmLeavesAMemberHealthyThatHasALeader(hasLeader: Bool) throws {
        let raised = (status: 503, body: #"{"health":"false","reason":"ALARM NOSPACE"}"#)
        let etcd = try Self.cluster(ProbeReading(try Self.answers([Member(health: raised, hasLeader: hasLeader)])))
        #expect(etcd.members.map(\.isHealthy) == [hasLeader])
    }

    /// While the leader changes nobody may say that he is the leader: there is one all the same where a quorum says so.
    @Test func aLeaderThatIsNotAmongTheEndpointsIsALeader() throws {
        let etcd = try Self.cluster(ProbeReading(try Self.answers([Member(), Member(), Member(hasLeader: false)])))
        #expect(etcd.leaderID != nil)
        #expect(etcd.leader == nil)
    }

    /// More members than are named: quorum is that of all.
    @Test func expectedMembersCountForQuorum() throws {
        var etcd = try Self.cluster(ProbeReading(try Self.answers([Member(isLeader: true), Member(), Member()])))
        etcd.leastVoters = 5
        #expect(etcd.voterCount == 5)
        #expect(etcd.quorumSize == 3)
    }

    /// Endpoints that never answered are not known to be members: the network in between may be closed.
    @Test func whatNeverAnsweredIsUnknown() throws {
        let silent = try Self.answers([Member(isSilent: true), Member(isSilent: true)])
        let first = ProbeReading(silent)
        #expect(first.etcd.state == .unreachable)
        #expect(try !Self.cluster(first).hasMemberList)
        let seen = ProbeReading(try Self.answers([Member(isLeader: true), Member()]))
        let gone = ProbeReading(silent, previous: seen.results)
        #expect(try Self.cluster(gone).members.map(\.isAlive) == [false, false])
    }

    /// Something else listens there.
    @Test func whatIsNoEtcdIsMalformed() throws {
        let answers = try [
            etcd(1, healthPath, 404, "404 page not found"),
            etcd(1, "/health?serializable=true", 404, "404 page not found"),
            etcd(1, "/metrics", 200, ""),
        ]
        #expect(ProbeReading(answers).etcd.state == .malformed)
    }

    @Test func targetsNameMembersOnce() throws {
        let targets = try EtcdTargets(["events=https://a:2379"], metrics: ["http://a:2381", "http://b:2381"])
        #expect(targets.metrics["main"]?.map(\.description) == ["http://a:2381", "http://b:2381"])
        #expect(targets.isNamed)
        #expect(throws: EtcdTargetError.self) { try EtcdTargets(["https://a:2379"], metrics: ["http://a:2381"]) }
        #expect(throws: EtcdTargetError.self) { try EtcdTargets(["none"], metrics: ["http://a:2381"]) }
        #expect(throws: EtcdTargetError.self) { try EtcdTargets([], metrics: ["a:2381"]) }
    }
}
