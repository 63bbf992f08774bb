import ClusterSimulator
import HTTPTransport
import Logging
import Recordings
import ServiceLifecycle
import Testing

/// A small cluster served on loopback, and a client of it.
struct HostedCluster: Sendable {
    /// How it is served.
    enum Carrier: CaseIterable, Sendable {
        case plain
        /// TLS and HTTP/2.
        case secure
    }

    let cluster: SimulatedCluster
    let transport: CurlTransport
    let carrier: Carrier
    let front: SimulatorAddress
    let apiServers: [SimulatorAddress]
    /// Ends the server as a signal would.
    let group: ServiceGroup
    private let authority: PEMSource?

    /// Serves a cluster while the work is done.
    static func serving(
        _ carrier: Carrier,
        nodes: Int = 9,
        pods: Int = 80,
        _ work: @Sendable (HostedCluster) async throws -> Void
    ) async throws {
        let ports = try PortReservation([SimulatorAddress(host: "127.0.0.1", port: 0)])
        let apiPorts = try PortReservation(
            (1...3).map { SimulatorAddress(host: "127.0.0.\($0)", port: 0) }
        )
        let cluster = try SimulatedCluster(
            plan: ClusterPlan(
                nodes: nodes,
                pods: pods,
                zones: 3,
                masterAddresses: apiPorts.addresses.map(\.host),
                apiServerPort: apiPorts.addresses[0].port
            ),
            templates: RecordedTemplates(buffers: Recording.demoFiles)
        )
        let certificates = carrier == .secure ? try HostCertificates.get() : nil
        let (listening, announce) = AsyncStream<Void>.makeStream()
        let logger = Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
        let server = SimulatorServer(
            cluster: cluster,
            listeners: [SimulatorServer.Listener(.loadBalancer, at: ports.addresses[0])]
                + apiPorts.addresses.enumerated()
                .map { SimulatorServer.Listener(.apiServer($0.offset), at: $0.element) },
            certificate: try certificates.map { try SimulatorCertificate(chain: $0.chain, key: $0.key) },
            logger: logger
        ) { announce.finish() }
        let group = ServiceGroup(services: [server], logger: logger)
        let hosted = HostedCluster(
            cluster: cluster,
            transport: CurlTransport(),
            carrier: carrier,
            front: ports.addresses[0],
            apiServers: apiPorts.addresses,
            group: group,
            authority: certificates.map { .file($0.authority) }
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await group.run()
                announce.finish()
            }
            for await _ in listening {}
            try await work(hosted)
            await hosted.transport.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        withExtendedLifetime((ports, apiPorts)) {}
    }

    func url(_ target: String, at address: SimulatorAddress? = nil) -> String {
        "\(carrier == .secure ? "https" : "http")://\(address ?? front)\(target)"
    }

    func request(
        _ target: String,
        at address: SimulatorAddress? = nil,
        method: String = "GET",
        body: String? = nil
    ) -> TransportRequest {
        TransportRequest(
            method: method,
            url: url(target, at: address),
            headers: [("accept", "application/vnd.kubernetes.protobuf,application/json")],
            body: body.map { Array($0.utf8) },
            tls: TLSOptions(certificateAuthority: authority),
            proxy: .none,
            limits: TimeLimits(connect: nil, head: nil, idle: nil),
            isLongRunning: target.contains("watch=1")
        )
    }

    func get(_ target: String, at address: SimulatorAddress? = nil) async throws -> (head: ResponseHead, body: [UInt8])
    {
        let response = try await transport.send(request(target, at: address))
        return (response.head, try await response.body.all())
    }

    /// The target of a watch of pods from now on.
    var watch: String { "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)" }

    /// Returns once the condition holds; the time limit of the test ends it.
    func wait(until condition: () -> Bool) async throws {
        while !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

extension ResponseBody {
    /// The whole body.
    func all() async throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in self { bytes += chunk }
        return bytes
    }
}

extension SimulatedCluster {
    /// The body that the cluster answers without any server between.
    func body(_ target: String) async throws -> [UInt8] {
        let request = SimulatedRequest(
            target: target,
            headers: [("accept", "application/vnd.kubernetes.protobuf,application/json")]
        )
        return try await respond(to: request).body.all()
    }
}

extension SimulatedBody {
    /// The whole body.
    func all() async throws -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .chunks(let chunks):
            var bytes: [UInt8] = []
            for try await chunk in chunks { bytes += chunk }
            return bytes
        }
    }
}
