import ClusterSimulator
import Collection
import ControlPlaneProbes
import Glibc
import HTTPTransport
import KubernetesClient
import Logging
import Programs
import Recordings
import ServiceLifecycle

/// The demo's cluster: simulated, served over plain HTTP on the loopback interface, and read from there.
struct DemoCluster: Service, CustomStringConvertible {
    /// What reads it.
    let live: LiveCluster
    private let simulated: SimulatedCluster
    private let addresses: ServedAddresses
    private let ports: ServedPorts
    private let story: DemoStory?
    private let logger: Logger
    private let opened: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation

    /// What the service group's log calls it.
    var description: String { "demo cluster" }

    /// Makes the cluster and takes its ports.
    ///
    /// - Throws: ``DemoError`` where there are no ports, or the recording lacks what objects are made from.
    init(
        pace: Duration,
        hasStory: Bool,
        settings: CollectionSettings,
        transport: CurlTransport,
        logger: Logger
    ) throws(DemoError) {
        self.logger = logger
        (opened, opening) = AsyncStream.makeStream()
        do {
            ports = try Self.ports()
            addresses = ServedAddresses(ports, scheme: "http")
            simulated = try SimulatedCluster(
                plan: Self.plan(ports, pace: pace, hasSuites: hasStory),
                templates: RecordedTemplates(buffers: Recording.demoFiles)
            )
        } catch {
            throw DemoError(reason: "\(error)")
        }
        story = hasStory ? DemoStory(simulated, pace: pace) : nil
        var read = LiveSettings()
        read.staleAfter = settings.staleAfter
        read.probeInterval = min(settings.interval, LiveSettings.longestProbeInterval)
        read.probes.apiServers = addresses.apiServers.compactMap { ProbeEndpoint($0) }
        do {
            read.probes.etcd = try EtcdTargets(addresses.etcdMembers)
        } catch {
            throw DemoError(reason: "\(error)")
        }
        live = LiveCluster(
            transport: transport,
            // No proxy that the environment names knows this machine's loopback interface.
            endpoint: ClusterEndpoint(server: addresses.server, proxy: .none),
            credentials: FixedCredentials(),
            settings: read,
            clock: .system,
            seed: UInt64.random(in: .min ... .max),
            logger: logger,
            afterLargeList: ProcessSetup.releaseFreeMemory
        )
    }

    private static func ports() throws -> ServedPorts {
        let loopback = SimulatorAddress(host: "127.0.0.1", port: 0)
        let masters = loopback.following(3) ?? [loopback]
        return try ServedPorts(front: loopback, apiServers: masters, etcdMembers: masters)
    }

    /// What the cluster consists of. Without a story it is one in which nothing is a single replica, so that whatever is
    /// found comes from what is done to it.
    private static func plan(_ ports: ServedPorts, pace: Duration, hasSuites: Bool) -> ClusterPlan {
        ClusterPlan(
            nodes: 12,
            pods: 160,
            zones: 3,
            masters: ports.apiServers.count,
            podBytes: 0,
            startTime: Int64(time(nil)),
            masterAddresses: ports.apiServers.map(\.host),
            apiServerPort: ports.apiServers[0].port,
            etcdPort: ports.etcdMembers[0].port,
            etcdScheme: "http",
            // Kubernetes' own where the pace is the usual one: a lost node is to be noticed well before it is back.
            nodeGracePeriod: min(.seconds(40), pace * 2 / 3),
            hasSuites: hasSuites
        )
    }

    /// The exporter can be asked: from now on there is something to look at.
    func begin() {
        opening.finish()
    }

    /// Serves, reads and tells until the program shuts down.
    ///
    /// Begins once the exporter listens: where it cannot, that is all there is to tell.
    func run() async throws {
        await cancelWhenGracefulShutdown { for await _ in opened {} }
        if Task.isCancelled || Task.isShuttingDownGracefully { return }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let (listening, feed) = AsyncStream<Void>.makeStream()
        let server = SimulatorServer(cluster: simulated, listeners: ports.listeners, logger: quiet) { feed.finish() }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { feed.finish() }
                    try await server.run()
                }
                group.addTask { try await SimulatedTime(simulated).run() }
                // To read what is not there yet would be the first thing told.
                for await _ in listening {}
                group.addTask { try await live.run() }
                StandardStreams.write(announcement)
                if let story { group.addTask { await story.run() } }
                try await group.waitForAll()
            }
        } catch let error as SimulatorServerError {
            throw DemoError(reason: "\(error)")
        }
        withExtendedLifetime(ports) {}
    }

    private var announcement: String {
        """
        A simulated cluster of \(simulated.plan.nodes) nodes in \(simulated.plan.zones) zones is at \(addresses.server)
        Break it yourself, such as: curl -d '{"fault":"node-lost","name":"worker-00005"}' \(addresses.server)/simulator/faults
        End all faults: curl -X DELETE \(addresses.server)/simulator/faults

        """
    }
}
