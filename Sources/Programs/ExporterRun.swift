package import Collection
package import ExporterServer
package import KubernetesClient
package import Logging
package import ServiceLifecycle
import UnixSignals

/// Runs the exporter: collects at every interval and serves the snapshots, until SIGTERM or SIGINT. Settings and a source
/// go in; the process serves HTTP until it returns. Both programs use it, and share their options and log with it.
package struct ExporterRun: Sendable {
    /// The longest time that requests under way get once the program is asked to end.
    private static let grace = Duration.seconds(4)

    private let settings: ServerSettings
    private let logger: Logger

    /// Creates a run.
    ///
    /// - Parameters:
    ///   - settings: How it collects and serves.
    ///   - logger: Gets a line for each step.
    package init(_ settings: ServerSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Collects and serves until a signal asks the process to end; then accepts no more connections, gives requests
    /// under way ``grace`` to finish, and returns.
    ///
    /// - Parameters:
    ///   - source: What is collected from.
    ///   - access: `--web.config.file`; nil serves plain HTTP to everybody.
    ///   - reviewer: With `--auth kubernetes`, who is asked about bearer tokens.
    ///   - election: Decides whether cluster families are served; nil for a single replica.
    ///   - services: What runs beside, such as the reader of the cluster.
    ///   - onListening: Called with each address once it is listened on.
    /// - Throws: ``ProgramFailure`` where an address cannot be listened on; what a service throws.
    package func serve(
        _ source: some SignalSource,
        access: WebAccess? = nil,
        reviewer: (any AccessReviewer)? = nil,
        election: LeaderElection? = nil,
        beside services: [any Service] = [],
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let cache = SnapshotCache()
        let loop = CollectionLoop(
            Collector(
                source: source,
                settings: settings.collection.signals,
                cache: cache,
                clock: .system,
                isServing: { election?.role.serves ?? true }
            ),
            interval: settings.collection.interval,
            clock: .system,
            logger: logger,
            onCollected: ProcessSetup.releaseFreeMemory
        )
        let listeners = ExporterServer(settings, cache: cache, election: election, access: access, reviewer: reviewer)
            .listeners(logger: logger, onListening: onListening)
        // Shut down in reverse order: the lease is given up first, when this replica has stopped serving cluster families;
        // then the server stops answering, then the loop collecting.
        let configurations: [any Service] = access.map { [$0] } ?? []
        let elections: [any Service] = election.map { [$0] } ?? []
        var configuration = ServiceGroupConfiguration(
            services: services + configurations + [loop] + listeners + elections,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = Self.grace
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as ListenError {
            throw ProgramFailure(error.description, code: ProgramFailure.failed)
        }
        logger.info("ended")
    }
}
