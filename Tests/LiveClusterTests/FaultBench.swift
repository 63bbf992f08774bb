import ClusterSimulator
import ClusterState
import Collection
import ControlPlaneProbes
import ExporterServer
import HASignals
import HTTPTransport
import Hummingbird
import HummingbirdTesting
import KubernetesClient
import Logging
import Synchronization
import TestClocks
import TestFixtures
import Testing

/// An exporter with its server over a simulated cluster, one clock for all: what `/metrics` says while something is
/// wrong. Time passes only in ``pass(_:step:)``; a collection is made each 15 s.
final class FaultBench {
    static let interval = Duration.seconds(15)

    let cluster: SimulatedCluster
    let clock = ManualClock()
    let executor = StepExecutor()
    let cache = SnapshotCache()
    let collector: Collector
    /// The same collections by a replica that does not serve them.
    private let standby: Collector
    let server: ExporterServer
    private let live: LiveCluster
    /// Targets of requests to the API server, in the order in which they went out.
    let requests: Targets
    private var task: Task<Void, Never>?
    private var sinceCollection = Duration.zero

    static let templates = Result {
        var files: [String: [UInt8]] = [:]
        for name in RecordedTemplates.fileNames { files[name] = try? Fixture.healthy.bytes(name) }
        return try RecordedTemplates(files: files)
    }

    /// Starts a cluster and an exporter that reads it.
    ///
    /// - Parameters:
    ///   - nodes: Of the cluster, three masters among them.
    ///   - pods: Of the cluster.
    ///   - credentials: Who the exporter is.
    ///   - selection: What it reads.
    ///   - staleAfter: `--stale-after`.
    ///   - clockError: Seconds by which the exporter's wall clock is ahead of the cluster's.
    ///   - seed: Decides the cluster and the jitter.
    /// - Throws: Where the recording that the cluster is made from cannot be read.
    init(
        nodes: Int = 9,
        pods: Int = 80,
        credentials: any CredentialSource = FixedCredentials(Authorization(bearerToken: "secret")),
        selection: ResourceSelection = ResourceSelection(),
        staleAfter: Duration = .seconds(300),
        clockError: Double = 0,
        seed: UInt64 = 1
    ) throws {
        let plan = ClusterPlan(nodes: nodes, pods: pods, zones: 3, seed: seed, podBytes: 0)
        let cluster = try SimulatedCluster(plan: plan, templates: Self.templates.get())
        self.cluster = cluster
        let clock = clock
        let requests = Targets(clock)
        self.requests = requests
        let now: @Sendable () -> Timestamp = { Timestamp(seconds: Double(cluster.wallTime) + clockError) }
        let uptime: @Sendable () -> Duration = { clock.now.offset }
        let sleep: @Sendable (Duration) async throws -> Void = {
            try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil)
        }
        var settings = LiveSettings()
        settings.selection = selection
        settings.staleAfter = staleAfter
        settings.probeInterval = LiveSettings.longestProbeInterval
        let live = LiveCluster(
            transport: requests.wrap(SimulatorTransport(cluster: cluster, clock: clock)),
            endpoint: ClusterEndpoint(server: "https://simulator.example:6443"),
            credentials: credentials,
            settings: settings,
            clock: ClientClock(now: now, uptime: uptime, sleep: sleep),
            seed: seed,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        self.live = live
        var serving = ServerSettings()
        serving.collection.staleAfter = staleAfter
        let clientClock = ClientClock(now: now, uptime: uptime, sleep: sleep)
        collector = Collector(source: live, settings: SignalSettings(), cache: cache, clock: clientClock)
        standby = Collector(
            source: live,
            settings: SignalSettings(),
            cache: cache,
            clock: clientClock,
            isServing: { false }
        )
        server = ExporterServer(serving, cache: cache, clock: clientClock, processFacts: { ProcessFacts() })
        task = Task(executorPreference: executor) { await live.read() }
    }

    deinit {
        task?.cancel()
        executor.drain()
    }

    /// Lets time pass for cluster and exporter, in steps.
    func pass(_ seconds: Double, step: Duration = .milliseconds(500)) {
        var left = Duration.seconds(seconds)
        executor.drain()
        while left > .zero {
            let next = min(step, left)
            cluster.advance(by: next)
            clock.advance(by: next)
            executor.drain()
            left -= next
            sinceCollection += next
            if sinceCollection >= Self.interval { collect() }
        }
    }

    /// Time passes for the cluster while the exporter does not run.
    func stop(_ seconds: Double) {
        executor.drain()
        cluster.advance(by: .seconds(seconds))
        clock.advance(by: .seconds(seconds))
        sinceCollection = .zero
    }

    /// What the collection loop does after a gap, with the time that it takes.
    func recoverFromGap() {
        let live = live
        let task = Task(executorPreference: executor) { await live.recoverFromGap() }
        for _ in 0..<20 {
            executor.drain()
            cluster.advance(by: .milliseconds(250))
            clock.advance(by: .milliseconds(250))
        }
        executor.drain()
        task.cancel()
        executor.drain()
    }

    /// Collects now.
    func collect(isServing: Bool = true) {
        sinceCollection = .zero
        let collector = isServing ? collector : standby
        _ = executor.run { await collector.collect() }
    }

    /// What `/metrics` answers, as of a collection made now.
    func metrics() async throws -> Scrape {
        collect()
        return try await scrape()
    }

    /// What `/metrics` answers.
    func scrape() async throws -> Scrape {
        let answer = try await ask("/metrics")
        #expect(answer.status == .ok)
        return Scrape(String(buffer: answer.body))
    }

    /// Asks the exporter for a path.
    func ask(_ path: String) async throws -> TestResponse {
        try await Application(responder: server.responder)
            .test(.router) { client in
                try await client.execute(uri: path, method: .get)
            }
    }

    /// Starts: everything is read, and leases have been seen to change.
    ///
    /// - Returns: What is said of a cluster with which nothing is wrong.
    func start() async throws -> Scrape {
        pass(5, step: .milliseconds(100))
        pass(40)
        let healthy = try await metrics()
        #expect(healthy.unknownSources == [:])
        #expect(healthy.critical == [])
        return healthy
    }

    /// Ends all faults, and expects that after a while everything is said as it was before them.
    func expectRecovery(to healthy: Scrape, within seconds: Double = 120) async throws {
        cluster.clearAllFaults()
        pass(seconds)
        let now = try await metrics()
        #expect(now.unknownSources == [:])
        #expect(now.findings == healthy.findings)
        #expect(now.statuses == healthy.statuses)
        for family in Self.steady { #expect(now.series(family) == healthy.series(family), "\(family)") }
    }

    /// Families that say the same of a cluster before and after.
    private static let steady = [
        "kube_ha_nodes_usable", "kube_ha_zone_nodes_ready", "kube_ha_etcd_members_healthy", "kube_ha_apiserver_ready",
        "kube_ha_control_plane_failure_tolerance", "kube_ha_services", "kube_ha_workload_replicas_available",
        "kube_ha_zones_expected", "kube_ha_exporter_source_up",
    ]
}

/// Requests that went out to the common address of the API servers.
final class Targets: Sendable {
    private let stored = Mutex<[(target: String, at: Duration)]>([])
    private let clock: ManualClock

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    /// Those whose path and query contain a text.
    func containing(_ text: String) -> [String] {
        stored.withLock { $0.map(\.target).filter { $0.contains(text) } }
    }

    /// How long after one request whose path and query contain a text the next went out.
    func gaps(_ text: String) -> [Duration] {
        let times = stored.withLock { $0.filter { $0.target.contains(text) }.map(\.at) }
        return zip(times, times.dropFirst()).map { $1 - $0 }
    }

    func clear() { stored.withLock { $0 = [] } }

    func wrap(_ transport: any Transport) -> any Transport { Recorder(targets: self, transport: transport) }

    private struct Recorder: Transport {
        let targets: Targets
        let transport: any Transport
        func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
            let start = "https://simulator.example:6443"
            if request.url.hasPrefix(start) {
                let target = String(request.url.dropFirst(start.count))
                targets.stored.withLock { $0.append((target, targets.clock.now.offset)) }
            }
            return try await transport.send(request)
        }
    }
}
