import ClusterState
import ControlPlaneProbes
import Testing

struct EtcdAnswersTests {
    private let leading = #"{"header":{"member_id":"1"}, "version":"3.5.21", "leader":"1", "raftIndex":"7"}"#

    /// Status as each version's gateway writes it: quota only since 3.6.
    @Test(
        arguments: [
            (
                #"{"header":{"member_id":"1"},"version":"3.4.27","dbSize":"20480","leader":"1","raftIndex":"9","raftTerm":"2","#
                    + #""raftAppliedIndex":"8","dbSizeInUse":"16384"}"#, "3.4.27", nil
            ),
            (
                #"{"header":{"member_id":"1"},"version":"3.5.21","dbSize":"20480","leader":"1","raftIndex":"9","raftTerm":"2","#
                    + #""raftAppliedIndex":"8","errors":["memberID:1 alarm:NOSPACE "],"dbSizeInUse":"16384","isLearner":false}"#,
                "3.5.21", nil
            ),
            (
                #"{"header":{"member_id":"1"},"version":"3.6.13","dbSize":"20480","leader":"1","raftIndex":"9","raftTerm":"2","#
                    + #""raftAppliedIndex":"8","dbSizeInUse":"16384","storageVersion":"3.6.0","dbSizeQuota":"2147483648","#
                    + #""downgradeInfo":{}}"#, "3.6.13", 2_147_483_648
            ),
        ] as [(String, String, Double?)]
    )
    func statusOfEachVersion(body: String, version: String, quota: Double?) throws {
        let reading = ProbeReading([try etcd(1, memberList, 200, members(1)), try etcd(1, statusPath, 200, body)])
        let member = try reading.member("m1")
        #expect(member.version == version && member.leader == 1)
        #expect(member.raftIndex == 9 && member.raftAppliedIndex == 8)
        #expect(member.databaseBytes == 20_480 && member.databaseInUseBytes == 16_384)
        #expect(member.databaseQuotaBytes == quota)
    }

    @Test func fieldsLeftOutAreZeroOrNotTold() throws {
        let status = #"{"header":{"member_id":"1"}, "version":"3.6.1", "leader":"0", "dbSizeQuota":"-1"}"#
        let member = try ProbeReading([
            try etcd(1, memberList, 200, members(1)), try etcd(1, statusPath, 200, status),
        ])
        .member("m1")
        #expect(member.leader == nil && member.raftIndex == 0 && member.raftAppliedIndex == 0)
        #expect(member.databaseBytes == nil && member.databaseQuotaBytes == nil)
    }

    @Test(arguments: [
        (200, #"{"health":"true","reason":""}"#, true),
        (200, #"{"health":"true"}"#, true),
        (200, #"{"health": true}"#, true),
        (200, #"{"health":"false"}"#, false),
        (200, #"{"health": false}"#, false),
        (503, #"{"health":"true"}"#, false),
        (503, #"{"health":"false","reason":"ALARM NOSPACE"}"#, true),
        (503, #"{"health":"false","reason":"RAFT NO LEADER"}"#, false),
        (503, #"{"health":"false","reason":"RANGE ERROR:context deadline exceeded"}"#, false),
        (500, #"{"health":"false","reason":"ALARM NOSPACE"}"#, false),
        (200, "true", false),
        (200, "", false),
        (0, "", false),
    ])
    func health(status: Int, body: String, expected: Bool) throws {
        let reading = ProbeReading([
            try etcd(1, memberList, 200, members(1)), try etcd(1, statusPath, 200, leading),
            try etcd(1, healthPath, status, body),
        ])
        #expect(try reading.member("m1").isHealthy == expected)
    }

    @Test func alarmIsNoExcuseWithoutLeader() throws {
        let health = try etcd(1, healthPath, 503, #"{"health":"false","reason":"ALARM NOSPACE"}"#)
        let list = try etcd(1, memberList, 200, members(1))
        #expect(try !ProbeReading([list, health]).member("m1").isHealthy, "the status did not tell")
        let leaderless = try etcd(1, statusPath, 200, #"{"header":{"member_id":"1"}, "raftIndex":"7"}"#)
        #expect(try !ProbeReading([list, health, leaderless]).member("m1").isHealthy)
        let healthy = try etcd(1, healthPath, 200, #"{"health":"true"}"#)
        #expect(try !ProbeReading([list, healthy, leaderless]).member("m1").isHealthy)
        #expect(try ProbeReading([list, healthy]).member("m1").isHealthy)
    }

    @Test func excludingCheckCountsMoreThanThePlainOne() throws {
        let list = try etcd(1, memberList, 200, members(1))
        let excluding = try etcd(1, healthPath, 200, #"{"health":"true"}"#, seconds: 0.5)
        let plain = try etcd(1, "/health", 503, #"{"health":"false","reason":"ALARM NOSPACE"}"#, seconds: 2)
        let serializable = try etcd(1, "/health?serializable=true&exclude=NOSPACE", 200, #"{"health":"true"}"#)
        #expect(try ProbeReading([list, excluding, plain]).member("m1").isHealthy)
        #expect(try ProbeReading([list, excluding, plain]).member("m1").seconds == 0.5)
        #expect(try !ProbeReading([list, plain, serializable]).member("m1").isHealthy)
        #expect(try !ProbeReading([list, serializable]).member("m1").isHealthy)
    }

    /// 3.4 leaves the header out, and answers `{}` where no alarm is raised.
    @Test func alarmsWithoutHeaderAreTold() throws {
        let list = try etcd(1, memberList, 200, members(3))
        let none = try ProbeReading([list, try etcd(1, alarmPath, 200, "{}")]).cluster()
        #expect(none.isAlarmKnown && none.members.allSatisfy { $0.alarms.isEmpty })
        let body = #"{"alarms":[{"memberID":"2","alarm":"NOSPACE"}]}"#
        let raised = try ProbeReading([list, try etcd(1, alarmPath, 200, body)]).cluster()
        #expect(raised.members.map(\.alarms) == [[], [.noSpace], []])
    }

    /// What any server may answer to anything does not make it an etcd member.
    @Test func emptyObjectsAreNotUnderstood() throws {
        let first = ProbeReading([try etcd(1, memberList, 200, members(3))])
        let second = ProbeReading(
            [try etcd(1, memberList, 200, "{}"), try etcd(1, alarmPath, 200, "{}")],
            previous: first.results
        )
        #expect(second.etcd.state == .malformed)
    }

    @Test func alarmsGoToTheMemberTheyName() throws {
        let body =
            #"{"header":{"member_id":"1"}, "alarms":[{"memberID":"2", "alarm":"NOSPACE"}, {"memberID":"2", "alarm":"#
            + #""CORRUPT"}, {"memberID":"3", "alarm":"LATER"}, {"memberID":"1"}]}"#
        let reading = ProbeReading([try etcd(1, memberList, 200, members(3)), try etcd(1, alarmPath, 200, body)])
        #expect(try reading.cluster().members.map(\.alarms) == [[], [.noSpace, .corrupt], []])
        #expect(try reading.cluster().members.map(\.toldAlarms) == [true, false, false])
        #expect(try reading.cluster().isAlarmKnown)
    }

    @Test(arguments: [#"{"alarm":"CORRUPT"}"#, #"{"memberID":"77", "alarm":"CORRUPT"}"#])
    func alarmOfNoMemberIsRaisedForAll(alarm: String) throws {
        let body = #"{"header":{"member_id":"1"}, "alarms":[\#(alarm)]}"#
        let reading = ProbeReading([try etcd(1, memberList, 200, members(3)), try etcd(1, alarmPath, 200, body)])
        #expect(try reading.cluster().members.allSatisfy { $0.alarms == [.corrupt] })
    }

    @Test func membersThatAreNotVotersOrNotStarted() throws {
        let list =
            #"{"header":{"member_id":"18446744073709551615"}, "members":["#
            + #"{"ID":"18446744073709551615", "name":"a", "clientURLs":["https://192.0.2.1:2379"]},"#
            + #"{"ID":"171", "name":"b", "clientURLs":["https://192.0.2.2:2379"], "isLearner":true},"#
            + #"{"ID":"172", "peerURLs":["https://192.0.2.3:2380"]}]}"#
        let reading = ProbeReading([
            try etcd(1, memberList, 200, list), try etcd(1, healthPath, 200, #"{"health":"true"}"#),
            try etcd(2, healthPath, 200, #"{"health":"true"}"#), try etcd(3, healthPath, 200, #"{"health":"true"}"#),
        ])
        let cluster = try reading.cluster()
        #expect(cluster.memberLabels == ["ac", "a", "b"])
        #expect(cluster.members.map(\.isLearner) == [false, false, true])
        #expect(cluster.members.map(\.isHealthy) == [false, true, true], "192.0.2.3 is no client URL of the list")
        #expect(cluster.members[0].clientURLs.isEmpty && !cluster.members[0].isReachable)
        #expect(cluster.members[1].id == .max)
    }

    @Test func namesThatAreNotUniqueGiveWayToIds() throws {
        let list =
            #"{"header":{}, "members":[{"ID":"10", "name":"default"}, {"ID":"11", "name":"default"}, "#
            + #"{"ID":"12", "name":"other"}]}"#
        #expect(try ProbeReading([try etcd(1, memberList, 200, list)]).cluster().memberLabels == ["a", "b", "other"])
    }
}
