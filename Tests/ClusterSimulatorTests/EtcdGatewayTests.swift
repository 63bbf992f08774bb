import ClusterSimulator
import KubernetesWire
import TestFixtures
import Testing

struct EtcdGatewayTests {
    private func ask(_ cluster: SimulatedCluster, _ path: String, member: Int = 0) async throws -> ReadAnswer {
        let method = path.hasPrefix("/v3") ? "POST" : "GET"
        let request = SimulatedRequest(method: method, target: path, body: Array("{}".utf8), endpoint: .etcd(member))
        return try await cluster.respond(to: request).read()
    }

    /// The names of all members with what they hold, values left out.
    private func keys(_ value: JSONValue) -> String {
        switch value {
        case .object(let members): "{" + members.map { "\($0.name):\(keys($0.value))" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map { keys($0) }.joined(separator: ",") + "]"
        case .string: "string"
        case .number: "number"
        case .bool: "bool"
        case .null: "null"
        }
    }

    @Test func answersHaveTheRecordedMembers() async throws {
        let cluster = try makeCluster()
        var compared = 0
        for probe in try Recorded.probes(.healthy) where probe.endpoint.hasSuffix(".1:2379") {
            let answer = try await ask(cluster, probe.path)
            #expect(answer.status == probe.status)
            if probe.body.hasPrefix("{") {
                let recorded = try JSONValue(parsing: Array(probe.body.utf8))
                #expect(keys(try JSONValue(parsing: answer.body)) == keys(recorded))
                compared += 1
            } else {
                #expect(String(decoding: answer.body, as: UTF8.self) == probe.body)
            }
        }
        #expect(compared == 6)
    }

    @Test func lostQuorumHasTheRecordedMembers() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdMemberLost("cp-2"))
        try cluster.inject(.etcdMemberLost("cp-3"))
        for probe in try Recorded.probes(.quorumLost)
        where probe.endpoint.hasSuffix(".1:2379") && probe.status != 0 {
            let answer = try await ask(cluster, probe.path)
            #expect(answer.status == probe.status)
            guard probe.body.hasPrefix("{") else { continue }
            let recorded = try JSONValue(parsing: Array(probe.body.utf8))
            #expect(keys(try JSONValue(parsing: answer.body)) == keys(recorded))
            if probe.path == "/health" { #expect(String(decoding: answer.body, as: UTF8.self) == probe.body) }
        }
        #expect(await cluster.respond(to: SimulatedRequest(target: "/health", endpoint: .etcd(1))).head == nil)
        // What the recorded member did not answer is not answered here either, until there is a leader again.
        let alarm = Task { try await ask(cluster, "/v3/maintenance/alarm").status }
        cluster.clear(.etcdMemberLost("cp-2"))
        #expect(try await alarm.value == 200)
    }

    @Test func membersNameThemselvesAndTheirLeader() async throws {
        let cluster = try makeCluster()
        let list = try JSONValue(parsing: try await ask(cluster, "/v3/cluster/member/list", member: 2).body)
        let members = list["members"]?.elements ?? []
        #expect(Set(members.compactMap { $0["name"]?.text }) == ["cp-1", "cp-2", "cp-3"])
        let own = members.first { $0["name"]?.text == "cp-3" }
        #expect(own?["ID"] == list["header"]?["member_id"])
        #expect(own?["clientURLs"] == .array([.string("https://192.0.2.13:2379")]))
        try cluster.inject(.etcdMemberLost("cp-1"))
        let status = try JSONValue(parsing: try await ask(cluster, "/v3/maintenance/status", member: 2).body)
        #expect(status["leader"] == members.first { $0["name"]?.text == "cp-2" }?["ID"])
    }

    @Test func alarmsAreNoIllHealthWhenExcluded() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdAlarm(member: "cp-2", alarm: "NOSPACE"))
        let plain = try await ask(cluster, "/health")
        #expect(plain.status == 503)
        #expect(String(decoding: plain.body, as: UTF8.self) == "{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n")
        #expect(try await ask(cluster, "/health?exclude=NOSPACE&exclude=CORRUPT").status == 200)
        let list = try JSONValue(parsing: try await ask(cluster, "/v3/maintenance/alarm").body)
        #expect(list["alarms"]?.elements.first?["alarm"]?.text == "NOSPACE")
    }

    @Test func hangingMembersHoldBackNobodyElse() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdMemberHangs("cp-2"))
        let hanging = Task { try await ask(cluster, "/health", member: 1).status }
        #expect(try await ask(cluster, "/health", member: 0).status == 200)
        cluster.clear(.etcdMemberHangs("cp-2"))
        #expect(try await hanging.value == 200)
    }
}
