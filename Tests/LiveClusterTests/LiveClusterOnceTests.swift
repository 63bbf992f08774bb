import ClusterSimulator
import ClusterState
import Collection
import ControlPlaneProbes
import HTTPTransport
import KubernetesClient
import Logging
import Synchronization
import TestClocks
import TestFixtures
import Testing

/// A live cluster that is read once, over the simulator, one clock for both.
private final class OnceBench {
    let cluster: SimulatedCluster
    private let clock = ManualClock()
    private let executor = StepExecutor()
    private let live: LiveCluster
    private let counts: Counts

    /// What was found, and what a caller needs to know besides.
    struct Outcome: Sendable {
        /// nil where nothing could be read.
        var states: [Source: SourceState]?
        var probes = ProbeResults()
        var problem: String?
        /// How long it took.
        var duration: Duration
    }

    private final class Counts: Transport {
        let readyz = Mutex(0)
        let inner: any Transport
        let isRefusing: Bool
        /// For how long /metrics gives no answer, by which clock.
        let silence: (@Sendable () async -> Void)?

        init(_ inner: any Transport, isRefusing: Bool, silence: (@Sendable () async -> Void)?) {
            self.inner = inner
            self.isRefusing = isRefusing
            self.silence = silence
        }

        func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
            if isRefusing { throw .connectionFailed(host: "simulator.example", reason: "refused") }
            if let silence, request.url.hasSuffix("/metrics") { await silence() }
            if request.url.contains("/readyz") { readyz.withLock { $0 += 1 } }
            return try await inner.send(request)
        }
    }

    init(isRefusing: Bool = false, metricsTake silence: Duration? = nil) throws {
        let plan = ClusterPlan(nodes: 7, pods: 700, zones: 3, podBytes: 0)
        var files: [String: [UInt8]] = [:]
        for name in RecordedTemplates.fileNames { files[name] = try? Fixture.healthy.bytes(name) }
        let cluster = try SimulatedCluster(plan: plan, templates: RecordedTemplates(files: files))
        self.cluster = cluster
        let clock = clock
        let start = clock.now
        var hold: (@Sendable () async -> Void)?
        if let silence {
            hold = { try? await clock.sleep(until: clock.now.advanced(by: silence), tolerance: nil) }
        }
        counts = Counts(SimulatorTransport(cluster: cluster, clock: clock), isRefusing: isRefusing, silence: hold)
        live = LiveCluster(
            transport: counts,
            endpoint: ClusterEndpoint(server: "https://simulator.example:6443"),
            credentials: FixedCredentials(),
            settings: LiveSettings(),
            clock: ClientClock(
                now: { Timestamp(seconds: Double(cluster.wallTime)) },
                uptime: { start.duration(to: clock.now) },
                sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
            ),
            seed: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Questions for readiness so far.
    var readinessQuestions: Int { counts.readyz.withLock { $0 } }

    func read(within limit: Duration, _ meanwhile: (Duration) -> Void = { _ in }) -> Outcome? {
        let live = live
        let clock = clock
        let cluster = cluster
        let box = Box<Outcome>()
        let start = clock.now
        let task = Task(executorPreference: executor) {
            let found = await live.readOnce(within: limit) {
                let now = Timestamp(seconds: Double(cluster.wallTime))
                return await live.collect(now: now, uptime: clock.now.offset) { state, probes, _ in
                    var states: [Source: SourceState] = [:]
                    for source in Source.allCases { states[source] = state.status(of: source).state }
                    return (states, probes)
                }
            }
            var outcome = Outcome(states: found?.0, duration: start.duration(to: clock.now))
            if let found { outcome.probes = found.1 }
            outcome.problem = await live.firstProblem
            box.set(outcome)
        }
        defer {
            task.cancel()
            executor.drain()
        }
        for step in 0..<10_000 {
            executor.drain()
            if let outcome = box.value { return outcome }
            meanwhile(.milliseconds(50) * step)
            cluster.advance(by: .milliseconds(50))
            clock.advance(by: .milliseconds(50))
        }
        return nil
    }
}

struct LiveClusterOnceTests {
    /// The control plane is asked once, and only when it is known whom to ask: members are found by their pods.
    @Test func readsEverythingAndAsksOnce() throws {
        let bench = try OnceBench()
        let outcome = try #require(bench.read(within: .seconds(60)))
        #expect(outcome.states?.filter { $0.value != .ok } == [:])
        #expect(outcome.probes.apiServers.count == 4 && outcome.probes.apiServers.allSatisfy { $0.isServing })
        #expect(outcome.probes.etcdClusters.first?.members.count { $0.isHealthy } == 3)
        #expect(bench.readinessQuestions == 4)
        #expect(outcome.problem == nil)
        #expect(outcome.duration < .seconds(5))
    }

    @Test func doesNotWaitForWhatIsForbidden() throws {
        let bench = try OnceBench()
        try bench.cluster.inject(.forbidden(.pods))
        let outcome = try #require(bench.read(within: .seconds(60)))
        #expect(outcome.states?[.pods] == .forbidden)
        #expect(outcome.states?[.nodes] == .ok)
        #expect(outcome.duration < .seconds(5))
    }

    @Test func waitsForWhatPasses() throws {
        let bench = try OnceBench()
        let fault = SimulatedFault.tooManyRequests(.services, retryAfter: 3)
        try bench.cluster.inject(fault)
        let outcome = bench.read(within: .seconds(60)) { [cluster = bench.cluster] elapsed in
            if elapsed == .seconds(2) { cluster.clear(fault) }
        }
        #expect(outcome?.states?[.services] == .ok)
        #expect(try #require(outcome).duration >= .seconds(3))
    }

    @Test func waitsNoLongerThanItsLimit() throws {
        let bench = try OnceBench()
        try bench.cluster.inject(.internalError(.services))
        let outcome = try #require(bench.read(within: .seconds(20)))
        #expect(outcome.states?[.services] == .notSynced)
        #expect(outcome.states?[.pods] == .ok)
        #expect(outcome.duration >= .seconds(20) && outcome.duration < .seconds(25))
    }

    /// A server that takes a minute over its metrics makes nobody wait longer for the rest.
    @Test func deprecatedAPIsAreWaitedForNoLongerThanItsLimit() throws {
        let bench = try OnceBench(metricsTake: .seconds(60))
        let outcome = try #require(bench.read(within: .seconds(10)))
        #expect(outcome.states?[.apiservermetrics] == .notSynced)
        #expect(outcome.states?[.pods] == .ok && outcome.states?[.apiserver] == .ok)
        #expect(outcome.duration < .seconds(16))
    }

    /// Nothing that could come by waiting: one reason, at once. That nobody serves is said, and not an error.
    @Test func saysWhyNothingCouldBeRead() throws {
        let refused = try #require(try OnceBench(isRefusing: true).read(within: .seconds(60)))
        #expect(refused.states?[.pods] == .unreachable)
        #expect(refused.states?[.apiserver] == .ok)
        #expect(refused.probes.isNoneServingConfirmed)
        #expect(refused.problem == "cannot connect to simulator.example: refused")
        #expect(refused.duration < .seconds(5))
        let bench = try OnceBench()
        try bench.cluster.inject(.tokenExpired(nil))
        let unauthorized = try #require(bench.read(within: .seconds(60)))
        #expect(unauthorized.states == nil)
        #expect(unauthorized.problem?.hasPrefix("401 Unauthorized") == true)
        #expect(unauthorized.duration < .seconds(5))
    }
}
