import ClusterState
import ControlPlaneProbes
import Testing

struct EtcdClusterTests {
    private let healthy = #"{"health":"true"}"#

    @Test func listIsKeptFromTheRoundBefore() throws {
        let first = ProbeReading([
            try etcd(1, memberList, 200, members(3)), try etcd(1, healthPath, 200, healthy, expiry: 9),
        ])
        let second = ProbeReading(
            [
                try etcd(1, memberList, 0), try etcd(2, memberList, 0),
                try etcd(2, healthPath, 503, #"{"health":"false"}"#),
            ],
            previous: first.results
        )
        #expect(second.etcd == ProbedSource(.ok, "1 of 3 etcd members answered"))
        #expect(try second.cluster().members.map(\.isReachable) == [false, true, false])
        #expect(try second.cluster().members.allSatisfy { !$0.isHealthy && $0.certificateExpiry == nil })

        let silent = ProbeReading([try etcd(1, memberList, 0)], previous: second.results)
        #expect(silent.etcd == ProbedSource(.unreachable, "none of the 1 etcd endpoints that were asked answered"))
        #expect(try silent.cluster().hasMemberList)
        #expect(try !silent.cluster().isAnyReachable)
    }

    @Test func listOfAHealthyMemberCountsMore() throws {
        let reading = ProbeReading([
            try etcd(1, memberList, 200, members(3)), try etcd(1, healthPath, 200, healthy),
            try etcd(2, memberList, 200, members(5, header: 2)), try etcd(2, healthPath, 503, #"{"health":"false"}"#),
        ])
        #expect(try reading.cluster().members.count == 3)
    }

    @Test func memberIsToldByItsAnswersWhereTheURLIsAnother() throws {
        // Members that advertise http://localhost:2379, as they do by default, asked by their addresses.
        let list =
            #"{"header":{"member_id":"2"}, "members":[{"ID":"1", "name":"a", "clientURLs":["http://localhost:2379"]},"#
            + #"{"ID":"2", "name":"b", "clientURLs":["http://localhost:2379"]}]}"#
        let reading = ProbeReading([
            try etcd(8, memberList, 200, list), try etcd(8, healthPath, 200, healthy),
            try etcd(9, healthPath, 200, healthy),
        ])
        #expect(try reading.cluster().members.map(\.isHealthy) == [false, true])
    }

    @Test func loadBalancerIsNoMember() throws {
        let reading = ProbeReading([
            try etcd(8, memberList, 200, members(3)), try etcd(8, alarmPath, 200, #"{"header":{"member_id":"2"}}"#),
            try etcd(8, healthPath, 200, healthy),
        ])
        #expect(try reading.cluster().members.allSatisfy { !$0.isReachable })
    }

    @Test(
        arguments: [
            (
                404, "404 page not found", .malformed,
                "etcd endpoint 192.0.2.1:2379 answered 404 to /v3/cluster/member/list, and that is not a member list"
            ),
            (
                200, "<html>", .malformed,
                "etcd endpoint 192.0.2.1:2379 answered 200 to /v3/cluster/member/list, and that is not a member list"
            ),
            (
                200, "{}", .malformed,
                "etcd endpoint 192.0.2.1:2379 answered 200 to /v3/cluster/member/list, and that is not a member list"
            ),
            (
                200, #"{"header":{}, "members":[{"ID":"1"}, {"ID":"1"}]}"#, .malformed,
                "etcd endpoint 192.0.2.1:2379 answered 200 to /v3/cluster/member/list, and that is not a member list"
            ),
            (
                200, #"{"header":{}, "members":[{"ID":"18446744073709551616"}]}"#, .malformed,
                "etcd endpoint 192.0.2.1:2379 answered 200 to /v3/cluster/member/list, and that is not a member list"
            ),
            (
                502, "Bad Gateway", .malformed,
                "etcd endpoint 192.0.2.1:2379 answered 502 to /v3/cluster/member/list, and that is not a member list"
            ),
            (
                400, #"{"error":"etcdserver: user name is empty","code":3,"message":"etcdserver: user name is empty"}"#,
                .unauthorized, "etcd endpoint 192.0.2.1:2379 answered 400 to /v3/cluster/member/list"
            ),
            (401, "", .unauthorized, "etcd endpoint 192.0.2.1:2379 answered 401 to /v3/cluster/member/list"),
            (
                403, #"{"code":7,"message":"etcdserver: permission denied"}"#, .forbidden,
                "etcd endpoint 192.0.2.1:2379 answered 403 to /v3/cluster/member/list"
            ),
            (
                503, #"{"code":14,"message":"etcdserver: no leader","details":[]}"#, .unreachable,
                "etcd endpoint 192.0.2.1:2379 answered 503 to /v3/cluster/member/list"
            ),
        ] as [(Int, String, SourceState, String)]
    )
    func withoutListTheSourceTellsWhy(status: Int, body: String, state: SourceState, reason: String) throws {
        let reading = ProbeReading([try etcd(1, memberList, status, body), try etcd(1, healthPath, 200, healthy)])
        #expect(reading.etcd == ProbedSource(state, reason))
        #expect(try !reading.cluster().hasMemberList)
    }

    @Test func oneGarbledMemberDoesNotBlindTheOthers() throws {
        let reading = ProbeReading([
            try etcd(1, memberList, 200, members(3)), try etcd(1, healthPath, 200, healthy),
            try etcd(2, memberList, 404, "not found"), try etcd(2, healthPath, 200, "\u{0}\u{1}"),
            try etcd(3, memberList, 0), try etcd(3, healthPath, 0),
        ])
        #expect(reading.etcd == ProbedSource(.ok, "2 of 3 etcd members answered"))
        #expect(try reading.cluster().members.map(\.isHealthy) == [true, false, false])
    }

    @Test func garbageFromAllIsMalformedEvenWhenTheListIsKnown() throws {
        let first = ProbeReading([try etcd(1, memberList, 200, members(3))])
        let second = ProbeReading([try etcd(1, memberList, 404, "not found")], previous: first.results)
        #expect(second.etcd.state == .malformed)
    }

    @Test func clustersAreReadApart() throws {
        let answers = [
            try etcd(1, memberList, 200, members(3)), try etcd(1, healthPath, 200, healthy),
            try etcd(1, memberList, 200, members(1), cluster: "events"),
        ]
        let reading = ProbeReading(answers)
        #expect(reading.results.etcdClusters.map(\.name) == ["main", "events"])
        #expect(reading.results.etcdClusters.map(\.members.count) == [3, 1])
        #expect(reading.results.etcdClusters[1].members[0].isHealthy == false)
        #expect(
            reading.etcd
                == ProbedSource(.ok, "main: 1 of 3 etcd members answered; events: 1 of 1 etcd members answered")
        )
        let broken = ProbeReading(answers + [try etcd(4, memberList, 0, cluster: "third")])
        #expect(
            broken.etcd
                == ProbedSource(.unreachable, "third: none of the 1 etcd endpoints that were asked answered")
        )
    }

    @Test func memberOfTwoAddressesIsTheSumOfBoth() throws {
        let list =
            #"{"header":{"member_id":"1"}, "members":[{"ID":"1", "name":"a", "clientURLs":["#
            + #""https://192.0.2.1:2379", "https://192.0.2.2:2379"]}]}"#
        let member = try ProbeReading([
            try etcd(1, memberList, 0, seconds: 4, expiry: 5), try etcd(2, memberList, 200, list, expiry: 3),
            try etcd(2, healthPath, 200, healthy, seconds: 0.125),
        ])
        .member("a")
        #expect(member.isHealthy && member.seconds == 0.125 && member.certificateExpiry == Timestamp(seconds: 3))
    }

    @Test func nobodyAskedIsDisabled() {
        #expect(ProbeReading([]).etcd == ProbedSource(.disabled, "no etcd member was asked"))
        #expect(ProbeReading([]).results == ProbeResults())
    }
}
