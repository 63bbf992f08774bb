import ClusterSimulator
import KubernetesWire
import Testing

/// A client's state, kept by list and watch.
private struct Mirror {
    var objects: [String: [UInt8]] = [:]
    var version: Int = 0

    init(list: ReadList) throws {
        for bytes in list.items {
            let message = try ProtobufMessage(parsing: bytes)
            objects["\(message.string(1, 3) ?? "")/\(message.string(1, 1) ?? "")"] = bytes
        }
        version = try #require(Int(list.version))
    }

    /// Applies frames; false where they say that the version is too old.
    mutating func apply(_ frames: [ReadFrame]) throws -> Bool {
        for frame in frames {
            if frame.type == "ERROR" {
                #expect(frame.object.integer(6) == 410)
                return false
            }
            let number = try #require(Int(frame.version))
            #expect(number > version || (frame.type == "BOOKMARK" && number == version))
            version = number
            switch frame.type {
            case "ADDED":
                #expect(objects[frame.key] == nil)
                objects[frame.key] = frame.bytes
            case "MODIFIED":
                #expect(objects[frame.key] != nil)
                objects[frame.key] = frame.bytes
            case "DELETED": #expect(objects.removeValue(forKey: frame.key) != nil)
            default: #expect(frame.type == "BOOKMARK")
            }
        }
        return true
    }
}

struct WatchReplayTests {
    private static let watched: [(resource: SimulatedResource, path: String)] = [
        (.pods, "/api/v1/pods"), (.nodes, "/api/v1/nodes"), (.deployments, "/apis/apps/v1/deployments"),
        (.replicaSets, "/apis/apps/v1/replicasets"), (.statefulSets, "/apis/apps/v1/statefulsets"),
        (.endpointSlices, "/apis/discovery.k8s.io/v1/endpointslices"),
        (.podDisruptionBudgets, "/apis/policy/v1/poddisruptionbudgets"),
        (.leases, "/apis/coordination.k8s.io/v1/leases"),
    ]

    private func list(_ cluster: SimulatedCluster, _ path: String) async throws -> Mirror {
        try Mirror(list: ReadList(try await cluster.get(path).body))
    }

    /// Watches of 7 to 60 s, one after the other, while nodes and zones come and go; every fifth time the history is
    /// lost and the client lists anew.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func replayEndsWhereAListDoes(_ seed: UInt64) async throws {
        let cluster = try makeCluster(seed: seed, podBytes: 0)
        cluster.setChurn(perSecond: 3)
        var random = SplitMix64(seed: seed)
        var mirrors: [Mirror] = []
        for (_, path) in Self.watched { mirrors.append(try await list(cluster, path)) }
        var relists = 0
        for round in 0..<20 {
            let seconds = 7 + random.below(54)
            var responses: [SimulatedResponse] = []
            for (index, (_, path)) in Self.watched.enumerated() {
                responses.append(
                    await cluster.open(
                        "\(path)?watch=1&resourceVersion=\(mirrors[index].version)&timeoutSeconds=\(seconds)"
                            + "&allowWatchBookmarks=true"
                    )
                )
            }
            switch random.below(6) {
            case 0: try cluster.inject(.nodeLost("worker-0000\(1 + random.below(6))"))
            case 1: try cluster.inject(.zoneLost("zone-b"))
            case 2: try cluster.inject(.cordoned("worker-00002"))
            case 3: try cluster.inject(.watchesCut(Self.watched[random.below(8)].resource))
            default: cluster.clearAllFaults()
            }
            cluster.churn(random.below(6))
            cluster.advance(by: .seconds(seconds + 1))
            if round % 5 == 4 { try cluster.inject(.compaction) }
            for (index, response) in responses.enumerated() {
                let frames = try ReadFrame.all(try await response.read().body)
                guard try !mirrors[index].apply(frames) else { continue }
                relists += 1
                mirrors[index] = try await list(cluster, Self.watched[index].path)
            }
        }
        // One more round without changes brings all up to now.
        cluster.clearAllFaults()
        cluster.setChurn(perSecond: 0)
        for (index, (resource, path)) in Self.watched.enumerated() {
            let response = await cluster.open(
                "\(path)?watch=1&resourceVersion=\(mirrors[index].version)&timeoutSeconds=1"
            )
            cluster.advance(by: .seconds(2))
            if try !mirrors[index].apply(try ReadFrame.all(try await response.read().body)) {
                relists += 1
                mirrors[index] = try await list(cluster, path)
            }
            let contents = cluster.objects(resource)
            #expect(mirrors[index].objects.count == contents.count)
            for object in contents {
                #expect(mirrors[index].objects["\(object.namespace)/\(object.name)"] == object.bytes)
            }
        }
        #expect(relists > 0)
    }

    @Test func silenceAfterCompactionIsAnsweredWithExpired() async throws {
        let cluster = try makeCluster()
        let old = cluster.resourceVersion
        cluster.advance(by: .seconds(400))
        let answer = try await cluster.get("/api/v1/pods?watch=1&resourceVersion=\(old)&timeoutSeconds=1")
        let frames = try ReadFrame.all(answer.body)
        #expect(frames.map(\.type) == ["ERROR"])
        let recent = cluster.resourceVersion
        let open = await cluster.open("/api/v1/pods?watch=1&resourceVersion=\(recent)&timeoutSeconds=1")
        cluster.advance(by: .seconds(1))
        #expect(try ReadFrame.all(try await open.read().body).isEmpty)
    }

    @Test func bookmarksComeEachMinuteAndBeforeTheEnd() async throws {
        let cluster = try makeCluster()
        let response = await cluster.open(
            "/api/v1/namespaces?watch=true&resourceVersion=\(cluster.resourceVersion)&allowWatchBookmarks=true"
                + "&timeoutSeconds=200"
        )
        cluster.advance(by: .seconds(201))
        let frames = try ReadFrame.all(try await response.read().body)
        #expect(frames.map(\.type) == Array(repeating: "BOOKMARK", count: 4))
        let versions = frames.compactMap { Int($0.version) }
        #expect(versions == versions.sorted())
        #expect(Set(versions).count == 4)
        let quiet = await cluster.open(
            "/api/v1/namespaces?watch=true&resourceVersion=\(cluster.resourceVersion)&timeoutSeconds=200"
        )
        cluster.advance(by: .seconds(201))
        #expect(try await quiet.read().body.isEmpty)
    }

    @Test func watchesOfANamespaceAndANameBringNothingElse() async throws {
        let cluster = try makeCluster()
        let version = cluster.resourceVersion
        let named = await cluster.open(
            "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?watch=1&resourceVersion=\(version)"
                + "&fieldSelector=metadata.name%3Dkube-scheduler&timeoutSeconds=20"
        )
        cluster.advance(by: .seconds(21))
        let frames = try ReadFrame.all(try await named.read().body)
        #expect(frames.count == 10)
        #expect(Set(frames.map(\.key)) == ["kube-system/kube-scheduler"])
    }

    @Test func lettingGoOfABodyClosesItsWatch() async throws {
        let cluster = try makeCluster()
        let kept = await cluster.open("/api/v1/nodes?watch=1&resourceVersion=0&timeoutSeconds=5")
        let status = await Task { await cluster.open("/api/v1/pods?watch=1&resourceVersion=0").head?.status }.value
        #expect(status == 200)
        #expect(cluster.openWatchCount == 1)
        cluster.advance(by: .seconds(6))
        #expect(try ReadFrame.all(try await kept.read().body).count >= 9)
        #expect(cluster.openWatchCount == 0)
    }

    @Test func watchesCustomResourcesInJSON() async throws {
        let cluster = try makeCluster()
        let response = await cluster.open(
            "/apis/gateway.networking.k8s.io/v1/httproutes?watch=1&timeoutSeconds=61&allowWatchBookmarks=true"
        )
        cluster.advance(by: .seconds(62))
        let lines = String(decoding: try await response.read().body, as: UTF8.self).split(separator: "\n")
        let types = try lines.map { try JSONValue(parsing: Array($0.utf8))["type"]?.text }
        #expect(types == ["ADDED", "BOOKMARK", "BOOKMARK"])
    }
}
