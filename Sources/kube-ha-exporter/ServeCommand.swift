import ArgumentParser
import ClusterState
import ExporterServer
import HTTPTransport
import KubernetesClient
import Logging
import Recordings
import ServiceLifecycle

/// `serve`: metrics for Prometheus, until a signal ends it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve metrics for Prometheus (the default).",
        discussion: "Runs until SIGTERM or SIGINT. Ends with 1 where it cannot serve, 64 for wrong usage."
    )

    @OptionGroup(title: "Cluster") var input: InputOptions
    @OptionGroup(title: "Live cluster") var live: LiveOptions
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func run() async throws {
        let environment = ProcessSetup.environment
        let (settings, logger) = try ProgramFailure.usage { () throws(SettingError) in
            (try server.settings(environment), try log.logger(environment))
        }
        guard let folder = try input.folder(environment) else {
            return try await serveLive(settings, environment, logger)
        }
        let recording = try InputOptions.recording(in: folder, failure: ProgramFailure.failed)
        let source = RecordedSource(state: recording.state, probes: recording.probes, now: recording.now)
        for used in SourceFacts.used {
            guard let reason = recording.reasons[used] else { continue }
            logger.notice("about a source", metadata: ["source": "\(used.rawValue)", "reason": "\(reason)"])
        }
        try await Self.serve(settings, source, logger)
    }

    /// Serves the cluster that kubeconfig or service account name, as it is.
    private func serveLive(
        _ settings: ServerSettings,
        _ environment: [String: String],
        _ logger: Logger
    ) async throws {
        let read = try ProgramFailure.usage { () throws(SettingError) in try live.settings(environment, settings) }
        var settings = settings
        read.mark(&settings.signals)
        for warning in settings.warnings { logger.warning("\(warning)") }
        let access = try live.access(environment, logger, failure: ProgramFailure.failed)
        try await CurlTransport.lend { transport in
            let cluster = Self.cluster(transport, access, read, logger)
            try await Self.serve(settings, cluster, logger, beside: [cluster])
        }
    }

    /// The cluster that access and settings come to.
    static func cluster(
        _ transport: CurlTransport,
        _ access: ClusterAccess,
        _ settings: LiveSettings,
        _ logger: Logger
    ) -> LiveCluster {
        LiveCluster(
            transport: transport,
            endpoint: access.endpoint,
            credentials: access.credentials,
            settings: settings,
            clock: .system,
            seed: UInt64.random(in: .min ... .max),
            logger: logger,
            afterLargeList: ProcessSetup.giveMemoryBack
        )
    }

    /// Serves a source; a port that is in use ends the program with one line.
    static func serve(
        _ settings: ServerSettings,
        _ source: some SignalSource,
        _ logger: Logger,
        beside services: [any ServiceLifecycle.Service] = [],
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) async throws {
        do {
            try await ExporterServer(settings, source: source)
                .run(
                    beside: services,
                    logger: logger,
                    onListening: onListening,
                    onCollected: ProcessSetup.giveMemoryBack,
                    onComplete: CodeMemory.giveBackUnused
                )
        } catch let error as ListenError {
            throw ProgramFailure(error.description, code: ProgramFailure.failed)
        }
    }
}
