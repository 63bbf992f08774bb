import ClusterSimulator
import TestClocks
import Testing

/// A request whose answer needs the cluster's time to pass.
final class DelayedAnswer {
    private let executor = StepExecutor()
    private let box = Box<Result<ReadAnswer, any Error>>()
    private let task: Task<Void, Never>

    /// Sends a request.
    init(_ cluster: SimulatedCluster, _ request: SimulatedRequest) {
        task = Task(executorPreference: executor) { [box] in
            do {
                let response = await cluster.respond(to: request)
                guard !Task.isCancelled else { return }
                box.set(.success(try await response.read()))
            } catch {
                box.set(.failure(error))
            }
        }
        executor.drain()
    }

    deinit {
        task.cancel()
        executor.drain()
    }

    /// The answer; nil where there is none yet.
    func answer() throws -> ReadAnswer? {
        executor.drain()
        return try box.value?.get()
    }
}

/// The outages of a whole control plane: issue 9 names what a Kubernetes 1.36 control plane was seen to answer.
struct ControlPlaneOutageTests {
    private let pods = "/api/v1/pods"
    private let leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases"

    private func request(_ target: String, method: String = "GET", body: String = "") -> SimulatedRequest {
        SimulatedRequest(
            method: method,
            target: target,
            headers: method == "GET" ? protobufAccept : [("content-type", "application/json")],
            body: Array(body.utf8)
        )
    }

    @Test func watchesThatAreOpenStayOpenAndQuietWithoutQuorum() async throws {
        let cluster = try makeCluster()
        let watch = "/apis/coordination.k8s.io/v1/leases?watch=1&allowWatchBookmarks=true&timeoutSeconds=400"
        cluster.advance(by: .seconds(1))
        let open = DelayedAnswer(cluster, request("\(watch)&resourceVersion=\(cluster.resourceVersion)"))
        try cluster.inject(.etcdQuorumLost)
        let version = cluster.resourceVersion
        cluster.churn(5)
        cluster.advance(by: .seconds(395))
        #expect(cluster.resourceVersion == version)
        #expect(try open.answer() == nil)
        cluster.advance(by: .seconds(10))
        // The API server still ends it in time; neither events nor bookmarks came.
        #expect(try #require(try open.answer()).body.isEmpty)
    }

    @Test func aWatchGoesOnWhereItWasOnceThereIsAQuorumAgain() async throws {
        let cluster = try makeCluster()
        let watch = "/apis/coordination.k8s.io/v1/leases?watch=1&timeoutSeconds=100"
        let open = DelayedAnswer(cluster, request("\(watch)&resourceVersion=\(cluster.resourceVersion)"))
        try cluster.inject(.etcdQuorumLost)
        cluster.advance(by: .seconds(90))
        cluster.clear(.etcdQuorumLost)
        cluster.advance(by: .seconds(20))
        #expect(try ReadFrame.all(try #require(try open.answer()).body).contains { $0.type == "MODIFIED" })
    }

    /// e^(0.06 t), between 1 and 30: calculateRetryAfterForUnreadyCache in apiserver/pkg/storage/cacher.
    @Test(arguments: [(0, "1"), (20, "3"), (50, "20"), (300, "30")])
    func newWatchesAreToldToComeAgain(_ seconds: Int, _ wait: String) async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdQuorumLost)
        cluster.advance(by: .seconds(seconds))
        let answer = try await cluster.get("\(pods)?watch=1&resourceVersion=\(cluster.resourceVersion)")
        #expect(answer.status == 429)
        #expect(answer.header("retry-after") == wait)
        let status = try ProtobufMessage(parsing: answer.body.dropFirst(4)).message(2)
        #expect(status?.string(3) == "storage is (re)initializing")
        #expect(status?.string(4) == "TooManyRequests")
        #expect(status?.integer(5, 5) == Int64(wait))
    }

    @Test func listsThatRunOutOfTimeAreAnsweredWith504OrReset() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdQuorumLost)
        var endings: [String] = []
        for _ in 0..<2 {
            let list = DelayedAnswer(cluster, request(pods))
            cluster.advance(by: .seconds(61))
            let answer = try #require(try list.answer())
            endings.append(answer.isCut ? "reset" : "\(answer.status)")
        }
        #expect(endings == ["504", "reset"])
    }

    @Test func readsAndWritesHangAndGoOnOnceThereIsAQuorumAgain() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdQuorumLost)
        let list = DelayedAnswer(cluster, request(pods))
        let write = DelayedAnswer(cluster, request(leases, method: "POST", body: #"{"metadata":{"name":"x"}}"#))
        cluster.advance(by: .seconds(30))
        #expect(try list.answer() == nil)
        #expect(try write.answer() == nil)
        cluster.clear(.etcdQuorumLost)
        #expect(try list.answer()?.status == 200)
        #expect(try write.answer()?.status == 201)
    }

    @Test func aWriteThatRunsOutOfTimeIsNotDone() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdQuorumLost)
        let count = cluster.objects(.leases).count
        let write = DelayedAnswer(cluster, request(leases, method: "POST", body: #"{"metadata":{"name":"x"}}"#))
        cluster.advance(by: .seconds(60))
        #expect(try write.answer()?.status == 504)
        cluster.clear(.etcdQuorumLost)
        #expect(cluster.objects(.leases).count == count)
    }

    /// Two of three members suspended: the third answers and has no leader.
    @Test func theMemberThatIsLeftHasNoLeader() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdQuorumLost)
        let health = try await cluster.get("/health", endpoint: .etcd(0))
        #expect(health.status == 503)
        #expect(String(decoding: health.body, as: UTF8.self).contains("RAFT NO LEADER"))
        #expect(try await cluster.get("/health?serializable=true", endpoint: .etcd(0)).status == 200)
        let other = DelayedAnswer(cluster, SimulatedRequest(target: "/version", endpoint: .etcd(1)))
        cluster.advance(by: .seconds(100))
        #expect(try other.answer() == nil)
        cluster.clearAllFaults()
        #expect(try other.answer()?.status == 200)
    }

    @Test func allMembersSilentIsNoQuorumEither() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdMembersSilent)
        let members = (0..<3).map { DelayedAnswer(cluster, SimulatedRequest(target: "/version", endpoint: .etcd($0))) }
        cluster.advance(by: .seconds(100))
        for member in members { #expect(try member.answer() == nil) }
        #expect(try await cluster.get("\(pods)?watch=1").status == 429)
        #expect(try await cluster.get("/readyz").status == 200)
    }

    /// A member that is suspended beside one that was killed: one of three is no quorum.
    @Test func suspendedMembersCountForNoQuorum() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdMemberHangs("cp-2"))
        #expect(try await cluster.get(pods).status == 200)
        try cluster.inject(.etcdMemberLost("cp-3"))
        #expect(try await cluster.get("\(pods)?watch=1").status == 429)
        cluster.clear(.etcdMemberHangs("cp-2"))
        #expect(try await cluster.get(pods).status == 200)
    }

    @Test func withoutAPIServersNothingIsWritten() async throws {
        let cluster = try makeCluster()
        cluster.advance(by: .seconds(30))
        let watch = await cluster.open("\(pods)?watch=1&resourceVersion=\(cluster.resourceVersion)")
        try cluster.inject(.apiServersLost)
        #expect(try await watch.read().isCut)
        let version = cluster.resourceVersion
        cluster.advance(by: .seconds(120))
        #expect(cluster.resourceVersion == version)
        for endpoint in [SimulatedEndpoint.loadBalancer, .apiServer(0), .apiServer(2)] {
            #expect(await cluster.respond(to: SimulatedRequest(target: "/readyz", endpoint: endpoint)).head == nil)
        }
        #expect(try await cluster.get("/health", endpoint: .etcd(1)).status == 200)
        cluster.clear(.apiServersLost)
        cluster.advance(by: .seconds(11))
        #expect(cluster.resourceVersion > version)
        let slice = try #require(cluster.objects(.endpointSlices).first { $0.namespace == "default" })
        #expect(try ProtobufMessage(parsing: slice.bytes).messages(2).count == 3)
    }
}
