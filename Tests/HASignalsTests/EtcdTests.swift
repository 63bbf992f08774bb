import ClusterState
import Exposition
import HASignals
import Testing

/// Area 2 over clusters built in code: members, votes, quorum. What each member tells of itself: ``EtcdMemberTests``.
struct EtcdTests {
    private func signals(_ members: [EtcdMemberProbe]) -> Signals {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd(members)
        return cluster.signals()
    }

    @Test func threeHealthyMembers() {
        let signals = signals([.up(1, "cp-a"), .up(2, "cp-b"), .up(3, "cp-c")])
        #expect(signals["etcd_members", ["etcd_cluster": "main"]] == 3)
        #expect(signals["etcd_voting_members"] == 3)
        #expect(signals["etcd_learners"] == 0)
        #expect(signals["etcd_members_healthy"] == 3)
        #expect(signals["etcd_quorum_size"] == 2)
        #expect(signals["etcd_failure_tolerance"] == 1)
        #expect(signals["etcd_has_quorum"] == 1)
        #expect(signals["etcd_has_leader"] == 1)
        #expect(signals["etcd_member_is_leader", ["member": "cp-a"]] == 1)
        #expect(signals["etcd_member_is_leader", ["member": "cp-b"]] == 0)
        #expect(signals["etcd_source_info", ["source": "members"]] == 1)
        #expect(signals.status(.etcd) == .ok)
    }

    /// One of three lost: everything works, and the next failure is the outage.
    @Test func lastMemberToSpareIsGone() {
        let signals = signals([.up(1, "cp-a"), .up(2, "cp-b"), .silent(3, "cp-c")])
        #expect(signals["etcd_members"] == 3)
        #expect(signals["etcd_members_healthy"] == 2)
        #expect(signals["etcd_failure_tolerance"] == 0)
        #expect(signals["etcd_has_quorum"] == 1)
        #expect(signals["etcd_member_healthy", ["member": "cp-c"]] == 0)
        #expect(signals.raised("etcd-no-tolerance") == ["EtcdCluster main"])
        #expect(signals.raised("etcd-member-unhealthy") == ["EtcdMember cp-c"])
        #expect(signals.messages("etcd-member-unhealthy") == ["does not answer"])
        #expect(signals.raised("etcd-quorum-lost").isEmpty)
        #expect(signals.status(.etcd) == .critical)
    }

    /// Five bear two losses: after one there is still one to spare, a warning and no more.
    @Test func oneOfFiveLost() {
        let signals = signals([.up(1, "1"), .up(2, "2"), .up(3, "3"), .up(4, "4"), .silent(5, "5")])
        #expect(signals["etcd_quorum_size"] == 3)
        #expect(signals["etcd_failure_tolerance"] == 1)
        #expect(signals.raised("etcd-no-tolerance").isEmpty)
        #expect(signals.status(.etcd) == .warning)
    }

    /// The member list counts, never who answered: one of three that answers is no cluster of one.
    @Test func quorumLost() {
        let signals = signals([.up(1, "cp-a"), .silent(2, "cp-b"), .silent(3, "cp-c")])
        #expect(signals["etcd_quorum_size"] == 2)
        #expect(signals["etcd_failure_tolerance"] == -1)
        #expect(signals["etcd_has_quorum"] == 0)
        #expect(signals["etcd_has_leader"] == 0)
        #expect(signals["etcd_member_is_leader", ["member": "cp-a"]] == 0)
        #expect(signals.raised("etcd-quorum-lost") == ["EtcdCluster main"])
        #expect(
            signals.messages("etcd-quorum-lost") == [
                "1 of 3 voting members are healthy, 2 are needed; cp-a still answers, no answer from cp-b, cp-c"
            ]
        )
        #expect(signals.raised("etcd-no-leader") == ["EtcdCluster main"])
        #expect(signals.raised("etcd-no-tolerance").isEmpty)
    }

    /// A member without a leader answers and is not healthy: 0 of 3 healthy is two below quorum.
    @Test func answeringWithoutALeaderIsNotHealthy() {
        let mute = EtcdMemberProbe.up(1, "cp-a", leader: nil) { $0.isHealthy = false }
        let signals = signals([mute, .silent(2, "cp-b"), .silent(3, "cp-c")])
        #expect(signals["etcd_failure_tolerance"] == -2)
        #expect(
            signals.messages("etcd-member-unhealthy") == [
                "answers, but there is no quorum", "does not answer", "does not answer",
            ]
        )
    }

    /// Two of three healthy, but they name different leaders: in an election, or cut in two.
    @Test func noLeaderWhereAQuorumNamesNone() {
        let signals = signals([.up(1, "cp-a"), .up(2, "cp-b", leader: 2), .up(3, "cp-c", leader: 3)])
        #expect(signals["etcd_has_quorum"] == 1)
        #expect(signals["etcd_has_leader"] == 0)
        #expect(signals.raised("etcd-no-leader") == ["EtcdCluster main"])
        #expect(signals.raised("etcd-quorum-lost").isEmpty)
    }

    /// A learner neither votes nor counts for quorum, and its word on the leader is none.
    @Test func learnersNeverCountAsVoters() {
        let healthy = signals([
            .up(1, "cp-a"), .up(2, "cp-b"), .up(3, "cp-c"), .silent(4, "new", isLearner: true),
        ])
        #expect(healthy["etcd_members"] == 4)
        #expect(healthy["etcd_voting_members"] == 3)
        #expect(healthy["etcd_learners"] == 1)
        #expect(healthy["etcd_members_healthy"] == 3)
        #expect(healthy["etcd_failure_tolerance"] == 1)
        #expect(healthy["etcd_member_is_learner", ["member": "new"]] == 1)
        #expect(healthy["etcd_member_is_learner", ["member": "cp-a"]] == 0)
        #expect(healthy.raised("etcd-no-tolerance").isEmpty && healthy.raised("etcd-even-members").isEmpty)
        #expect(healthy.raised("etcd-member-unhealthy") == ["EtcdMember new"])
        let lost = signals([
            .up(1, "cp-a"), .silent(2, "cp-b"), .silent(3, "cp-c"), .up(4, "new", isLearner: true),
        ])
        #expect(lost["etcd_members_healthy"] == 2)
        #expect(lost["etcd_has_quorum"] == 0)
        #expect(lost["etcd_has_leader"] == 0)
    }

    @Test(arguments: [
        (voters: 1, two: false, even: false), (voters: 2, two: true, even: false), (voters: 3, two: false, even: false),
        (voters: 4, two: false, even: true), (voters: 5, two: false, even: false), (voters: 6, two: false, even: true),
    ])
    func numbersOfVotersThatBuyNothing(_ voters: Int, _ two: Bool, _ even: Bool) {
        let signals = signals((1...UInt64(voters)).map { .up($0, "m\($0)") })
        #expect(signals.raised("etcd-two-members").isEmpty != two)
        #expect(signals.raised("etcd-even-members").isEmpty != even)
        // Healthy, however few: nothing that the cluster was built with is used up.
        #expect(signals.raised("etcd-no-tolerance").isEmpty)
        #expect(signals.rules(.critical).isEmpty)
    }

    @Test func fourVotersBearOneLossOnly() {
        let signals = signals([.up(1, "1"), .up(2, "2"), .up(3, "3"), .silent(4, "4")])
        #expect(signals["etcd_quorum_size"] == 3)
        #expect(signals["etcd_failure_tolerance"] == 0)
        #expect(signals.raised("etcd-no-tolerance") == ["EtcdCluster main"])
    }

    // MARK: Zones

    @Test func lossOfAZone() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .up(3, "cp-c")])
        for zone in ["a", "b", "c"] {
            #expect(cluster.signals()["etcd_zone_loss_has_quorum", ["topology_zone": zone]] == 1)
        }
        cluster.etcd([.up(1, "cp-a"), .up(2, "w-a"), .up(3, "cp-c")])
        let signals = cluster.signals()
        #expect(signals["etcd_zone_loss_has_quorum", ["topology_zone": "a"]] == 0)
        #expect(signals["etcd_zone_loss_has_quorum", ["topology_zone": "b"]] == 1)
        #expect(signals["etcd_zone_loss_has_quorum", ["topology_zone": "c"]] == 1)
        // With cp-c gone already, no zone may be lost that holds one of the two left; b holds none.
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .silent(3, "cp-c")])
        #expect(cluster.signals()["etcd_zone_loss_has_quorum", ["topology_zone": "b"]] == 0)
        #expect(cluster.signals()["etcd_zone_loss_has_quorum", ["topology_zone": "c"]] == 1)
    }

    /// One member whose zone is not known could be in any of them.
    @Test func lossOfAZoneIsAbsentUnlessAllZonesAreKnown() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .up(3, "elsewhere")])
        #expect(cluster.signals().count("etcd_zone_loss_has_quorum") == 0)
        cluster.node("elsewhere")
        #expect(cluster.signals().count("etcd_zone_loss_has_quorum") == 0)
    }

    // MARK: Seen and unseen

    /// SIGNALS, area 2: no answer is unhealthy. That the list is known shows that a member has answered before, so silence
    /// of all is told at once, whatever the leases say.
    @Test(arguments: [SourceState.ok, .stale, .disabled])
    func silentMembersOfAKnownListAreDownAtOnce(_ leases: SourceState) {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.silent(1, "cp-a"), .silent(2, "cp-b"), .silent(3, "cp-c")])
        cluster.lease("kube-scheduler", renewedAgo: 1)
        cluster.observe(uptime: 0)
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 5)
        cluster.state.sources[.leases]?.state = leases
        let lost = cluster.signals()
        #expect(lost["etcd_members_healthy"] == 0)
        #expect(lost["etcd_failure_tolerance"] == -2)
        #expect(lost["etcd_member_alive", ["member": "cp-a"]] == 0)
        #expect(lost.raised("etcd-quorum-lost") == ["EtcdCluster main"])
        #expect(lost.status(.etcd) == .critical)
    }

    /// Members that do not trust our certificate are there: nothing follows, however long nothing was written.
    @Test func silenceForWantOfTrustIsUnknown() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.silent(1, "cp-a"), .silent(2, "cp-b"), .silent(3, "cp-c")])
        cluster.probes.etcdClusters[0].isTrustLacking = true
        cluster.observe(uptime: 100)
        cluster.observe(uptime: 500)
        let signals = cluster.signals()
        #expect(signals.status(.etcd) == .unknown)
        #expect(signals.count("etcd_members") == 0)
        #expect(!signals.isEvaluated("etcd-quorum-lost"))
        // With one that answers, all is known again.
        cluster.etcd([.up(1, "cp-a", leader: nil) { $0.isHealthy = false }, .silent(2, "cp-b"), .silent(3, "cp-c")])
        cluster.probes.etcdClusters[0].isTrustLacking = true
        #expect(cluster.signals().raised("etcd-quorum-lost") == ["EtcdCluster main"])
    }

    /// A recording has one look only; what it says of silence is all there is.
    @Test func silentEtcdInARecordingIsLost() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.silent(1, "cp-a")])
        #expect(cluster.signals(isRecording: true).raised("etcd-quorum-lost") == ["EtcdCluster main"])
    }

    /// One member that answers is enough to know that silence is the others' own.
    @Test func oneAnswerMakesSilenceCount() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.up(1, "cp-a", leader: nil) { $0.isHealthy = false }, .silent(2, "cp-b"), .silent(3, "cp-c")])
        #expect(cluster.signals().raised("etcd-quorum-lost") == ["EtcdCluster main"])
    }

    /// Without a member list, pods are counted and nothing is said of quorum.
    @Test func podsAloneSayNothingOfQuorum() {
        var cluster = ClusterBuilder.threeZones()
        cluster.state.sources[.etcd]?.state = .disabled
        cluster.staticPod("etcd", on: "cp-a")
        cluster.staticPod("etcd", on: "cp-b") { $0.flags.remove(.ready) }
        let signals = cluster.signals()
        #expect(signals["etcd_source_info", ["source": "pods"]] == 1)
        #expect(signals.count("etcd_source_info") == 1)
        #expect(signals["etcd_pods"] == 2)
        #expect(signals["etcd_pods_ready"] == 1)
        #expect(signals["etcd_has_quorum"] == nil)
        #expect(!signals.isEvaluated("etcd-quorum-lost"))
        // SIGNALS: etcd is unknown wherever a control plane is seen and no member list was ever received.
        #expect(signals.status(.etcd) == .unknown)
    }

    /// SIGNALS: unknown wherever a control plane is seen and no member list was received; not applicable with
    /// `--etcd.endpoints none`, and for k3s without a node of role etcd, which keeps its data in SQLite.
    @Test func mastersWithoutEtcdAreUnknownUnlessThereIsNone() {
        var cluster = ClusterBuilder.threeZones()
        cluster.state.sources[.etcd]?.state = .disabled
        #expect(cluster.signals().status(.etcd) == .unknown)
        #expect(
            cluster.signals().snapshot.areas.first { $0.name == .etcd }?.reason?.contains("--etcd.endpoints") == true
        )
        cluster.settings.isEtcdExcluded = true
        #expect(cluster.signals().status(.etcd) == .notApplicable)
        cluster.settings.isEtcdExcluded = false
        let version = cluster.state.interner.intern("v1.36.2+k3s1")
        cluster.node("w-k3s") { $0.kubeletVersion = version }
        #expect(cluster.signals().status(.etcd) == .notApplicable)
        cluster.node("etcd-1", zone: "a", role: .etcd, ready: .isTrue)
        #expect(cluster.signals().status(.etcd) == .unknown)
    }

    /// etcd for events beside the main one, on the same masters and with the same member names.
    @Test func severalClustersAreToldApart() {
        var cluster = ClusterBuilder.threeZones()
        cluster.etcd([.up(1, "cp-a"), .up(2, "cp-b"), .silent(3, "cp-c")])
        cluster.etcd([.up(11, "cp-a", leader: 11), .up(12, "cp-b", leader: 11), .silent(13, "cp-c")], name: "events")
        let signals = cluster.signals()
        #expect(signals["etcd_members", ["etcd_cluster": "events"]] == 3)
        #expect(signals["etcd_member_is_leader", ["etcd_cluster": "events", "member": "cp-a"]] == 1)
        #expect(signals.raised("etcd-no-tolerance") == ["EtcdCluster events", "EtcdCluster main"])
        #expect(signals.raised("etcd-member-unhealthy") == ["EtcdMember cp-c", "EtcdMember events/cp-c"])
        #expect(signals.snapshot.table.refusedDuplicates == 0)
    }

    // MARK: Without a member list

    /// Endpoints that serve metrics alone: what they do not tell is absent, and more members than they are may be expected.
    @Test func metricsAloneTellOfQuorum() {
        var cluster = ClusterBuilder.threeZones()
        let members: [EtcdMemberProbe] = [
            .up(1, "192.0.2.1:2381"), .up(2, "192.0.2.2:2381"), .silent(3, "192.0.2.3:2381"),
        ]
        cluster.etcd(members)
        cluster.probes.etcdClusters[0].isFromMetrics = true
        let three = cluster.signals()
        #expect(three["etcd_source_info", ["source": "metrics"]] == 1)
        #expect(three["etcd_source_info", ["source": "members"]] == nil)
        #expect(three["etcd_voting_members"] == 3)
        #expect(three["etcd_failure_tolerance"] == 0)
        #expect(three["etcd_has_leader"] == 1)
        #expect(three.raised("etcd-member-unhealthy") == ["EtcdMember 192.0.2.3:2381"])
        cluster.settings.expectedEtcdMembers = 5
        let five = cluster.signals()
        #expect(five["etcd_members"] == 5)
        #expect(five["etcd_voting_members"] == 5)
        #expect(five["etcd_quorum_size"] == 3)
        #expect(five.raised("etcd-quorum-lost") == ["EtcdCluster main"])
        // A member list is better knowledge than a flag.
        cluster.probes.etcdClusters[0].isFromMetrics = false
        #expect(cluster.signals()["etcd_voting_members"] == 3)
    }
}
