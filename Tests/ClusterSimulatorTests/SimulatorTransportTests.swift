import ClusterSimulator
import HTTPTransport
import Synchronization
import Testing

/// A clock that stands until it is moved.
private final class StandingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [(deadline: Instant, wake: AsyncStream<Void>.Continuation)] = []
    }

    private let state = Mutex(State())
    /// One element for each sleeper that lay down.
    let sleeps: AsyncStream<Void>
    private let slept: AsyncStream<Void>.Continuation

    init() {
        (sleeps, slept) = AsyncStream<Void>.makeStream()
    }

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let (woken, wake) = AsyncStream<Void>.makeStream()
        state.withLock { $0.sleepers.append((deadline, wake)) }
        slept.yield()
        for await _ in woken {}
        try Task.checkCancellation()
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return due
        }
        for sleeper in due { sleeper.wake.finish() }
    }
}

struct SimulatorTransportTests {
    private func request(_ target: String, host: String = SimulatorTransport.defaultHost) -> TransportRequest {
        TransportRequest(url: "https://\(host)\(target)", headers: protobufAccept)
    }

    private func read(_ body: ResponseBody) async throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        var iterator = body.makeAsyncIterator()
        while let chunk = try await iterator.next() { bytes += chunk }
        return bytes
    }

    @Test func carriesRequestsToTheRightServer() async throws {
        let cluster = try makeCluster()
        let transport = SimulatorTransport(cluster: cluster)
        let list = try await transport.send(request("/api/v1/pods?limit=500"))
        #expect(list.head.status == 200)
        #expect(list.head.header("Content-Type") == "application/vnd.kubernetes.protobuf")
        #expect(try ReadList(try await read(list.body)).items.count == 80)
        let small = try await transport.send(request("/readyz", host: "192.0.2.12:6443"))
        #expect(String(decoding: try await read(small.body), as: UTF8.self) == "ok")
        let member = try await transport.send(request("/version", host: "192.0.2.13:2379"))
        #expect(String(decoding: try await read(member.body), as: UTF8.self).contains("etcdserver"))
    }

    @Test func failsAsANetworkDoes() async throws {
        let cluster = try makeCluster()
        let transport = SimulatorTransport(cluster: cluster)
        try cluster.inject(.nodeLost("cp-2"))
        await #expect(
            throws: TransportError.connectionFailed(host: "192.0.2.12:6443", reason: "connection refused")
        ) { try await transport.send(request("/version", host: "192.0.2.12:6443")) }
        let unknown = await #expect(throws: TransportError.self) {
            try await transport.send(request("/version", host: "nowhere.example:6443"))
        }
        #expect(unknown?.description.hasPrefix("cannot resolve nowhere.example:6443") == true)
        let watch = try await transport.send(request("/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)"))
        try cluster.inject(.watchesCut(nil))
        await #expect(throws: TransportError.connectionLost(reason: "the simulator cut the connection")) {
            try await read(watch.body)
        }
    }

    @Test func limitsHoldOnTheClock() async throws {
        let cluster = try makeCluster()
        let clock = StandingClock()
        let transport = SimulatorTransport(cluster: cluster, clock: clock)
        var sleeps = clock.sleeps.makeAsyncIterator()
        try cluster.inject(.hang)
        let hanging = Task { try await transport.send(request("/api/v1/pods")) }
        await sleeps.next()
        clock.advance(by: .seconds(30))
        await #expect(throws: TransportError.timedOut(stage: "head")) { try await hanging.value }
        cluster.clear(.hang)

        let watch = try await transport.send(
            request("/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)")
        )
        await sleeps.next()
        let quiet = Task { try await read(watch.body) }
        await sleeps.next()
        clock.advance(by: .seconds(90))
        await #expect(throws: TransportError.timedOut(stage: "idle")) { try await quiet.value }
        #expect(cluster.openWatchCount == 0)
    }

    @Test func bearerTokensReachTheServer() async throws {
        let cluster = try makeCluster()
        cluster.access.requiredTokens = ["secret"]
        let transport = SimulatorTransport(cluster: cluster)
        var asked = request("/api/v1/namespaces")
        #expect(try await transport.send(asked).head.status == 401)
        #expect(try await transport.send(request("/readyz")).head.status == 200)
        asked.bearerToken = "secret"
        #expect(try await transport.send(asked).head.status == 200)
    }

    @Test func timePassesAsItPassesOnTheClock() async throws {
        let cluster = try makeCluster()
        let clock = StandingClock()
        var sleeps = clock.sleeps.makeAsyncIterator()
        let running = Task { try await cluster.run(clock: clock) }
        await sleeps.next()
        clock.advance(by: .seconds(12))
        await sleeps.next()
        #expect(cluster.elapsed == .seconds(12))
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
    }
}
