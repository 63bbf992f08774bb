import ArgumentParser
import ClusterSimulator
import Logging
import Programs
import Recordings
import ServiceLifecycle
import UnixSignals

/// `serve`: API servers and etcd members of a simulated cluster, until a signal ends it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API servers and etcd members of a simulated cluster (the default).",
        discussion: """
            Prints one line of JSON with its addresses when it is ready. Faults are injected over the control route of \
            any address: curl -d '{"fault": "node-lost", "name": "worker-00001"}' SERVER/simulator/faults; \
            curl -X DELETE SERVER/simulator/faults ends them all. Ctrl-C or SIGTERM ends it.
            """
    )

    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Serving") var serving: ServingOptions

    func validate() throws {
        try cluster.check()
        try serving.check(masters: cluster.masters)
    }

    func run() async throws {
        do {
            try await serve()
        } catch {
            throw ProgramFailure("\(error)", code: ProgramFailure.failed)
        }
    }

    private func serve() async throws {
        let certificate = try serving.readCertificate()
        let ports = try serving.reservePorts(masters: cluster.masters)
        let simulated = try SimulatedCluster(
            plan: cluster.plan(ports, etcdScheme: serving.scheme),
            templates: RecordedTemplates(buffers: Recording.demoFiles)
        )
        simulated.setChurn(perSecond: cluster.churn)
        simulated.access = serving.access
        let addresses = ServedAddresses(ports, scheme: serving.scheme)
        if let path = serving.kubeconfig {
            try Kubeconfig(server: addresses.server, authority: serving.authority).write(to: path)
        }
        var logger = Logger(label: "cluster-simulator", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        let server = SimulatorServer(
            cluster: simulated,
            listeners: ports.listeners,
            certificate: certificate,
            logger: logger
        ) {
            StandardStreams.write(addresses.line(simulated))
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [SimulatedTime(simulated), server],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
        withExtendedLifetime(ports) {}
    }
}
