import ArgumentParser
import ClusterState
import Collection
import ExporterServer
import HASignals
import HTTPTransport
import KubernetesClient
import Logging
import Programs
import Recordings

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
    @OptionGroup(title: "Access") var access: AccessOptions
    @OptionGroup(title: "Leader election") var election: LeaderElectionOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func run() async throws {
        let environment = ProcessSetup.environment
        let (given, logger) = try ProgramFailure.usage { () throws(SettingError) in
            (try server.settings(environment), try log.logger(environment))
        }
        let web = try ProgramFailure.usage { () throws(SettingError) in try access.web(environment, logger) }
        let asksKubernetes = try ProgramFailure.usage { () throws(SettingError) in
            try access.asksKubernetes(environment)
        }
        var settings = given
        guard let folder = try input.folder(environment) else {
            return try await serveLive(settings, environment, web, asksKubernetes: asksKubernetes, logger)
        }
        guard !asksKubernetes else {
            throw ProgramFailure(
                "--auth kubernetes needs a live cluster, which is asked about tokens; leave --from or --auth out",
                code: ProgramFailure.wrongUsage
            )
        }
        try ProgramFailure.usage { () throws(SettingError) in try live.expectNone(with: "--from") }
        let recording = try InputOptions.recording(in: folder, failure: ProgramFailure.failed)
        settings.collection.signals.isEtcdExcluded = recording.isEtcdExcluded
        let source = RecordedSource(state: recording.state, probes: recording.probes, now: recording.now)
        for used in SourceFacts.used {
            guard let reason = recording.reasons[used] else { continue }
            logger.notice("about a source", metadata: ["source": "\(used.rawValue)", "reason": "\(reason)"])
        }
        try await ExporterRun(settings, logger: logger).serve(source, access: web)
    }

    /// Serves the cluster that kubeconfig or service account name, as it is.
    private func serveLive(
        _ settings: ServerSettings,
        _ environment: [String: String],
        _ web: WebAccess?,
        asksKubernetes: Bool,
        _ logger: Logger
    ) async throws {
        let (read, election) = try ProgramFailure.usage { () throws(SettingError) in
            (try live.settings(environment, settings.collection), try self.election.settings(environment))
        }
        var settings = settings
        read.mark(&settings.collection.signals)
        for warning in settings.collection.warnings { logger.warning("\(warning)") }
        let access = try live.access(environment, logger, failure: ProgramFailure.failed)
        try await CurlTransport.withTransport { transport in
            let cluster = LiveCluster(transport, access, read, logger)
            let client = APIClient(transport: transport, endpoint: access.endpoint, credentials: access.credentials)
            let part = election.map { LeaderElection($0, access, transport, cluster, logger) }
            try await ExporterRun(settings, logger: logger)
                .serve(
                    cluster,
                    access: web,
                    reviewer: asksKubernetes ? client : nil,
                    election: part,
                    beside: [cluster]
                )
        }
    }
}

extension LiveCluster {
    /// The cluster that access and settings come to.
    init(_ transport: CurlTransport, _ access: ClusterAccess, _ settings: LiveSettings, _ logger: Logger) {
        self.init(
            transport: transport,
            endpoint: access.endpoint,
            credentials: access.credentials,
            settings: settings,
            clock: .system,
            seed: UInt64.random(in: .min ... .max),
            logger: logger,
            afterLargeList: ProcessSetup.releaseFreeMemory
        )
    }
}
