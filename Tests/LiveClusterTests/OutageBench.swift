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
import Testing

/// An exporter as `serve` runs it, with its own collection loop, over a simulated cluster: what each collection says.
/// One clock for all; time passes only in ``pass(_:step:)`` and ``pause(_:)``.
final class OutageBench {
    static let interval = Duration.seconds(15)

    /// What one collection said.
    struct Collection: Sendable {
        /// When it began.
        var at: Duration
        var statuses: [AreaName: AreaStatus]
        /// Rules of critical findings.
        var critical: Set<String>
    }

    let cluster: SimulatedCluster
    let clock = ManualClock()
    private let executor = StepExecutor()
    private let isEtcdSeen: Bool
    private var server: ExporterServer?
    private var tasks: [Task<Void, Never>] = []
    private let stored = Log()

    private final class Log: Sendable {
        let collections = Mutex<[Collection]>([])
        /// How many waits of the collection loop are under way.
        let waits = Mutex(0)
    }

    /// Starts a cluster of three masters and six workers in three zones, and an exporter.
    ///
    /// - Parameter isEtcdSeen: Whether the exporter may ask etcd's members; otherwise they ask for a certificate that it
    ///   has not, as those of kubeadm do without `--etcd.endpoints` and its certificate.
    /// - Throws: Where the recording that the cluster is made from cannot be read.
    init(isEtcdSeen: Bool) throws {
        let plan = ClusterPlan(nodes: 9, pods: 80, zones: 3, podBytes: 0)
        cluster = try SimulatedCluster(plan: plan, templates: FaultBench.templates.get())
        self.isEtcdSeen = isEtcdSeen
        startExporter()
    }

    deinit {
        stopExporter()
    }

    /// What was said so far by the exporter that runs, collection by collection.
    var collections: [Collection] { stored.collections.withLock { $0 } }

    /// Time since the start.
    var now: Duration { clock.now.offset }

    /// Ends the exporter and starts another that knows nothing.
    func restartExporter() {
        stopExporter()
        stored.collections.withLock { $0 = [] }
        startExporter()
    }

    private func stopExporter() {
        for task in tasks { task.cancel() }
        executor.drain()
        tasks = []
    }

    private func startExporter() {
        let (cluster, clock, stored) = (cluster, clock, stored)
        let clientClock = ClientClock(
            now: { Timestamp(seconds: Double(cluster.wallTime)) },
            uptime: { clock.now.offset },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        )
        var loopClock = clientClock
        loopClock.sleep = { duration in
            stored.waits.withLock { $0 += 1 }
            defer { stored.waits.withLock { $0 -= 1 } }
            try await clientClock.sleep(duration)
        }
        let transport = SimulatorTransport(cluster: cluster, clock: clock)
        var settings = LiveSettings()
        settings.probeInterval = LiveSettings.longestProbeInterval
        let live = LiveCluster(
            transport: isEtcdSeen ? transport : WithoutEtcd(transport: transport),
            endpoint: ClusterEndpoint(server: "https://simulator.example:6443"),
            credentials: FixedCredentials(Authorization(bearerToken: "secret")),
            settings: settings,
            clock: clientClock,
            seed: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let cache = SnapshotCache()
        server = ExporterServer(ServerSettings(), cache: cache, clock: clientClock, processFacts: { ProcessFacts() })
        let loop = CollectionLoop(
            Collector(source: live, settings: SignalSettings(), cache: cache, clock: clientClock),
            interval: Self.interval,
            clock: loopClock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) {
            guard let snapshot = cache.latest else { return }
            let areas = snapshot.signals.areas.map { ($0.name, $0.status) }
            let collection = Collection(
                at: snapshot.startedAt,
                statuses: Dictionary(uniqueKeysWithValues: areas),
                critical: Set(snapshot.signals.findings.filter { $0.severity == .critical }.map(\.rule))
            )
            stored.collections.withLock { $0.append(collection) }
        }
        tasks = [
            Task(executorPreference: executor) { await live.read() },
            Task(executorPreference: executor) { try? await loop.run() },
        ]
    }

    /// Runs the exporter until all of it waits for time to pass. Where a wait of the loop is cancelled, ServiceLifecycle
    /// goes by way of a task outside the executor, which has to be waited for.
    /// After a pause it waits for probes instead, and those for time to pass: so many turns are enough for both.
    private func settle() async {
        executor.drain()
        var turns = 0
        while stored.waits.withLock({ $0 == 0 }), turns < 2_000 {
            turns += 1
            await Task.yield()
            executor.drain()
        }
    }

    /// Lets time pass for cluster and exporter, in steps.
    func pass(_ seconds: Double, step: Duration = .milliseconds(500)) async {
        var left = Duration.seconds(seconds)
        await settle()
        while left > .zero {
            let next = min(step, left)
            cluster.advance(by: next)
            clock.advance(by: next)
            await settle()
            left -= next
        }
    }

    /// Stops the exporter's process and lets it go on: time passes for the cluster, the clocks jump, and nothing of the
    /// exporter runs meanwhile.
    ///
    /// - Parameters:
    ///   - seconds: How long.
    ///   - onResume: Done when the clocks have jumped and nothing has run yet.
    /// - Throws: What `onResume` throws.
    func pause(_ seconds: Double, onResume: () async throws -> Void = {}) async throws {
        await settle()
        cluster.advance(by: .seconds(seconds))
        clock.advance(by: .seconds(seconds))
        try await onResume()
        await settle()
    }

    /// What `/metrics` answers.
    func scrape() async throws -> Scrape {
        let responder = try #require(server).responder
        let answer = try await Application(responder: responder)
            .test(.router) { client in
                try await client.execute(uri: "/metrics", method: .get)
            }
        return Scrape(String(buffer: answer.body))
    }

    /// Collections that began in a part of the time since the start.
    func collections(after start: Duration, until end: Duration = .seconds(1_000_000)) -> [Collection] {
        collections.filter { $0.at > start && $0.at <= end }
    }
}

/// A transport to a cluster whose etcd members take no connection without their certificate.
private struct WithoutEtcd: Transport {
    let transport: SimulatorTransport

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        if request.url.contains(":2379") {
            throw .tlsFailed(host: "192.0.2.11:2379", reason: "tlsv13 alert certificate required")
        }
        return try await transport.send(request)
    }
}
