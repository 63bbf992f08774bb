import ClusterSimulator
import KubernetesWire
import Testing

struct FaultTests {
    private func node(_ cluster: SimulatedCluster, _ name: String) throws -> ProtobufMessage {
        let object = try #require(cluster.objects(.nodes).first { $0.name == name })
        return try ProtobufMessage(parsing: object.bytes)
    }

    private func readyStatus(_ message: ProtobufMessage, _ conditions: Int) -> String? {
        message.message(3)?.messages(conditions).first { $0.string(1) == "Ready" }?.string(2)
    }

    private func pods(_ cluster: SimulatedCluster, on node: String) throws -> [ProtobufMessage] {
        try cluster.objects(.pods).map { try ProtobufMessage(parsing: $0.bytes) }.filter { $0.string(2, 10) == node }
    }

    private func renewal(_ cluster: SimulatedCluster, _ lease: String) throws -> Int64 {
        let object = try #require(cluster.objects(.leases).first { $0.name == lease })
        return try #require(try ProtobufMessage(parsing: object.bytes).integer(2, 4, 1))
    }

    @Test func aLostNodeGoesUnreachableAndComesBack() async throws {
        let cluster = try makeCluster()
        cluster.advance(by: .seconds(30))
        let name = "worker-00002"
        let before = try pods(cluster, on: name)
        let renewed = try renewal(cluster, name)
        try cluster.inject(.nodeLost(name))
        cluster.advance(by: .seconds(30))
        #expect(readyStatus(try node(cluster, name), 4) == "True")
        #expect(try renewal(cluster, name) == renewed)
        cluster.advance(by: .seconds(15))
        let lost = try node(cluster, name)
        #expect(readyStatus(lost, 4) == "Unknown")
        #expect(lost.message(2)?.messages(5).map { $0.string(3) } == ["NoSchedule", "NoExecute"])
        #expect(try pods(cluster, on: name).allSatisfy { readyStatus($0, 2) == "False" })
        // Evicted after 300 s more: terminating where it was, and a new pod elsewhere in the zone.
        cluster.advance(by: .seconds(310))
        let evicted = try pods(cluster, on: name).filter { $0.message(1, 9) != nil }
        #expect(!evicted.isEmpty)
        #expect(evicted.count == before.filter { $0.string(1, 13, 1) != "DaemonSet" }.count)
        cluster.clearAllFaults()
        cluster.advance(by: .seconds(20))
        #expect(readyStatus(try node(cluster, name), 4) == "True")
        #expect(try node(cluster, name).message(2)?.messages(5).isEmpty == true)
        #expect(try pods(cluster, on: name).allSatisfy { $0.message(1, 9) == nil && readyStatus($0, 2) == "True" })
        #expect(try renewal(cluster, name) > renewed)
        #expect(cluster.objects(.pods).count == 80)
    }

    @Test func aLostMasterTakesItsServersWithIt() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.nodeLost("cp-1"))
        #expect(await cluster.respond(to: SimulatedRequest(target: "/version", endpoint: .apiServer(0))).head == nil)
        #expect(await cluster.respond(to: SimulatedRequest(target: "/health", endpoint: .etcd(0))).head == nil)
        #expect(try await cluster.get("/version", endpoint: .apiServer(1)).status == 200)
        cluster.advance(by: .seconds(30))
        let slice = try #require(cluster.objects(.endpointSlices).first { $0.namespace == "default" })
        let addresses = try ProtobufMessage(parsing: slice.bytes).messages(2).map { $0.string(1) }
        #expect(addresses == ["192.0.2.12", "192.0.2.13"])
        // Another master leads.
        let lease = try #require(cluster.objects(.leases).first { $0.name == "kube-scheduler" })
        let message = try ProtobufMessage(parsing: lease.bytes)
        #expect(message.string(2, 1)?.hasPrefix("cp-2_") == true)
        #expect(message.integer(2, 5) == 1)
        cluster.clear(.nodeLost("cp-1"))
        #expect(try await cluster.get("/version", endpoint: .apiServer(0)).status == 200)
    }

    @Test func aLostZoneIsAllOfItsNodes() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.zoneLost("zone-c"))
        cluster.advance(by: .seconds(45))
        let states = try cluster.nodeNames(zone: "zone-c").map { readyStatus(try node(cluster, $0), 4) }
        #expect(states == ["Unknown", "Unknown", "Unknown"])
        #expect(try cluster.nodeNames(zone: "zone-a").allSatisfy { readyStatus(try node(cluster, $0), 4) == "True" })
        // Nothing in the zone takes the evicted pods: they wait, and start once it is back.
        cluster.advance(by: .seconds(400))
        let pending = try cluster.objects(.pods)
            .filter {
                try ProtobufMessage(parsing: $0.bytes).string(3, 1) == "Pending"
            }
        #expect(!pending.isEmpty)
        cluster.clearAllFaults()
        cluster.advance(by: .seconds(30))
        for object in cluster.objects(.deployments) {
            let message = try ProtobufMessage(parsing: object.bytes)
            #expect(message.integer(3, 7) == message.integer(2, 1))
        }
        #expect(cluster.objects(.pods).count == 80)
    }

    @Test func aLostAPIServerRefusesAndLeavesTheSlice() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.apiServerLost("cp-2"))
        #expect(await cluster.respond(to: SimulatedRequest(target: "/readyz", endpoint: .apiServer(1))).head == nil)
        #expect(try await cluster.get("/health", endpoint: .etcd(1)).status == 200)
        cluster.advance(by: .seconds(16))
        let slice = try #require(cluster.objects(.endpointSlices).first { $0.namespace == "default" })
        #expect(try ProtobufMessage(parsing: slice.bytes).messages(2).count == 2)
        let target = "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)"
        let broken = await cluster.respond(
            to: SimulatedRequest(target: target, headers: protobufAccept, endpoint: .apiServer(0))
        )
        let kept = await cluster.respond(
            to: SimulatedRequest(target: target, headers: protobufAccept, endpoint: .apiServer(2))
        )
        try cluster.inject(.apiServerLost("cp-1"))
        #expect(try await broken.read().isCut)
        #expect(kept.head?.status == 200)
        #expect(cluster.openWatchCount == 1)
        for master in ["cp-1", "cp-3"] { try cluster.inject(.apiServerLost(master)) }
        #expect(await cluster.open("/api/v1/pods").head == nil)
    }

    @Test func cordonsAndUncordons() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.cordoned("worker-00001"))
        let cordoned = try node(cluster, "worker-00001")
        #expect(cordoned.integer(2, 4) == 1)
        #expect(cordoned.message(2)?.messages(5).first?.string(1) == "node.kubernetes.io/unschedulable")
        cluster.clear(.cordoned("worker-00001"))
        #expect(try node(cluster, "worker-00001").integer(2, 4) == 0)
    }

    @Test func hangingRequestsAreAnsweredOnceCleared() async throws {
        let cluster = try makeCluster()
        let watch = await cluster.open(
            "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)&timeoutSeconds=3600"
        )
        try cluster.inject(.hang)
        let request = Task { try await cluster.get("/api/v1/namespaces").status }
        let cancelled = Task { await cluster.open("/api/v1/namespaces").head?.status }
        cancelled.cancel()
        #expect(await cancelled.value == nil)
        cluster.churn(3)
        cluster.advance(by: .seconds(10))
        cluster.clear(.hang)
        #expect(try await request.value == 200)
        cluster.advance(by: .seconds(3600))
        #expect(try ReadFrame.all(try await watch.read().body).count > 3)
    }

    @Test func throttlesAndFailsAndForbids() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.tooManyRequests(.pods, retryAfter: 7))
        let throttled = try await cluster.get("/api/v1/pods")
        #expect(throttled.status == 429)
        #expect(throttled.header("retry-after") == "7")
        #expect(try await cluster.get("/api/v1/nodes").status == 200)
        cluster.clearAllFaults()
        try cluster.inject(.internalError(nil))
        #expect(try await cluster.get("/api/v1/nodes").status == 500)
        cluster.clearAllFaults()
        try cluster.inject(.forbidden(.nodes))
        #expect(try await cluster.get("/api/v1/nodes").status == 403)
        #expect(try await cluster.get("/api/v1/pods").status == 200)
        cluster.clearAllFaults()
        #expect(cluster.activeFaults.isEmpty)
        #expect(try await cluster.get("/api/v1/nodes").status == 200)
    }

    @Test func tokensExpireOneByOne() async throws {
        let cluster = try makeCluster()
        cluster.access.requiredTokens = ["old", "new"]
        let paths = [("old", 401), ("new", 200), ("other", 401)]
        try cluster.inject(.tokenExpired("old"))
        for (token, status) in paths {
            let answer = try await cluster.get(
                "/api/v1/namespaces",
                accept: protobufAccept + [("authorization", "Bearer \(token)")]
            )
            #expect(answer.status == status)
        }
        #expect(try await cluster.get("/api/v1/namespaces").status == 401)
    }

    @Test func garbageParsesAsNothing() async throws {
        let cluster = try makeCluster()
        let watch = await cluster.open(
            "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)&timeoutSeconds=5"
        )
        try cluster.inject(.garbage(.pods))
        let answer = try await cluster.get("/api/v1/pods")
        #expect(answer.status == 200)
        #expect(throws: ProtobufFormatError.self) { try ProtobufMessage(parsing: answer.body) }
        cluster.advance(by: .seconds(6))
        let frames = try await watch.read().body
        #expect(throws: (any Error).self) { try ReadFrame.all(frames) }
    }

    @Test func cutsWatchesInTheMiddleOfAFrame() async throws {
        let cluster = try makeCluster()
        let watch = await cluster.open(
            "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)&timeoutSeconds=500"
        )
        try cluster.inject(.watchesCut(.pods))
        let answer = try await watch.read()
        #expect(answer.isCut)
        let announced = answer.body.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        #expect(answer.body.count > 4)
        #expect(answer.body.count < 4 + announced)
        #expect(cluster.openWatchCount == 0)
    }

    @Test func expiresOpenWatches() async throws {
        let cluster = try makeCluster()
        let watch = await cluster.open(
            "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)&timeoutSeconds=500"
        )
        try cluster.inject(.watchesExpired(nil))
        #expect(try ReadFrame.all(try await watch.read().body).map(\.type) == ["ERROR"])
    }

    @Test func silentWatchesHoldBackWhatTheyMiss() async throws {
        let cluster = try makeCluster()
        let target = "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)&timeoutSeconds=120"
        let silent = await cluster.open(target)
        try cluster.inject(.watchesSilent(.pods))
        let fresh = await cluster.open(target)
        cluster.churn(4)
        cluster.advance(by: .seconds(119))
        cluster.clear(.watchesSilent(.pods))
        cluster.advance(by: .seconds(2))
        let missed = try ReadFrame.all(try await silent.read().body)
        #expect(missed.count > 4)
        #expect(missed.map(\.bytes) == (try ReadFrame.all(try await fresh.read().body).map(\.bytes)))
    }

    @Test func frozenWritesStopTheLeases() async throws {
        let cluster = try makeCluster()
        cluster.setChurn(perSecond: 5)
        cluster.advance(by: .seconds(20))
        try cluster.inject(.writesFrozen)
        let version = cluster.resourceVersion
        cluster.advance(by: .seconds(120))
        cluster.churn(3)
        #expect(cluster.resourceVersion == version)
        #expect(try await cluster.get("/api/v1/pods").status == 200)
        let write = try await cluster.send(
            "POST",
            "/apis/coordination.k8s.io/v1/namespaces/default/leases",
            #"{"metadata":{"name":"x"}}"#
        )
        #expect(write.status == 504)
        cluster.clear(.writesFrozen)
        cluster.advance(by: .seconds(3))
        #expect(cluster.resourceVersion > version)
    }

    @Test func aRestoredEtcdGoesBack() async throws {
        let cluster = try makeCluster()
        let before = cluster.objects(.pods)
        try cluster.inject(.etcdRestored(revision: 10))
        let list = try ReadList(try await cluster.get("/api/v1/pods").body)
        #expect(try #require(Int(list.version)) < (try #require(before.last.flatMap { Int($0.resourceVersion) })))
        #expect(cluster.objects(.pods).map(\.uid) == before.map(\.uid))
        cluster.advance(by: .seconds(5))
        #expect(cluster.objects(.pods).count == before.count)
    }

    @Test func refusesNamesThatAreNotThere() throws {
        let cluster = try makeCluster()
        #expect(throws: SimulatedFaultError.unknownName("worker-99999", expected: "node")) {
            try cluster.inject(.nodeLost("worker-99999"))
        }
        #expect(throws: SimulatedFaultError.unknownName("worker-00001", expected: "control-plane node")) {
            try cluster.inject(.etcdMemberLost("worker-00001"))
        }
        #expect(throws: SimulatedFaultError.self) { try cluster.inject(.zoneLost("zone-x")) }
        #expect(cluster.activeFaults.isEmpty)
    }

    @Test func takesFaultsOverTheControlRoute() async throws {
        let cluster = try makeCluster()
        let faults: [SimulatedFault] = [
            .zoneLost("zone-a"), .nodeLost("worker-00001"), .apiServerLost("cp-1"), .etcdMemberLost("cp-3"),
            .etcdMemberHangs("cp-2"), .etcdAlarm(member: "cp-1", alarm: "CORRUPT"), .cordoned("worker-00002"), .hang,
            .tooManyRequests(.deployments, retryAfter: 3), .internalError(nil), .garbage(.pods), .forbidden(.leases),
            .tokenExpired("t"), .watchesSilent(nil), .writesFrozen, .etcdQuorumLost, .etcdMembersSilent,
            .apiServersLost,
        ]
        for fault in faults {
            #expect(try SimulatedFault(json: fault.json) == fault)
            let answer = try await cluster.send(
                "POST",
                "/simulator/faults",
                String(decoding: fault.json.encoded, as: UTF8.self)
            )
            #expect(answer.status == 200)
        }
        #expect(cluster.activeFaults == faults)
        let first = try await cluster.send("DELETE", "/simulator/faults", #"{"fault":"zone-lost","name":"zone-a"}"#)
        #expect(first.json["faults"]?.elements.count == faults.count - 1)
        let rest = try await cluster.send("DELETE", "/simulator/faults", "")
        #expect(rest.json["faults"] == .array([]))
        let churn = try await cluster.send("POST", "/simulator/churn", #"{"perSecond": 2.5}"#)
        #expect(churn.json["churnPerSecond"]?.double == 2.5)
    }

    @Test(arguments: [
        (#"{"fault":"zone-lost"}"#, "member \"name\" is missing"),
        (#"{"fault":"node-lost","name":"nobody"}"#, "the cluster has no node \"nobody\""),
        (#"{"fault":"forbidden","resource":"secrets"}"#, "unknown resource \"secrets\""),
        (#"{"fault":"fire"}"#, "unknown fault \"fire\""),
        (#"{"name":"x"}"#, "member \"fault\" is missing"),
        ("not json", "no JSON: expected a value at byte 0"),
    ])
    func saysWhatIsWrongWithAFault(_ body: String, _ message: String) async throws {
        let answer = try await makeCluster().send("POST", "/simulator/faults", body)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?.text?.hasPrefix(message) == true)
    }
}
