package import KubernetesClient
package import Logging
package import ServiceLifecycle
import UnixSignals

/// The exporter as a server: collects from a source, answers scrapes and probes, and ends on SIGTERM or SIGINT.
package struct ExporterServer: Sendable {
    private let settings: ServerSettings
    private let source: any SignalSource
    private let clock: ClientClock
    private let processFacts: @Sendable () -> ProcessFacts
    /// What is served.
    package let cache = SnapshotCache()
    private let requests = RequestCounts()
    private let limits: ConnectionLimits
    private let expositions: AddressQuota

    /// How long requests under way may take once the program is asked to end.
    private static let grace = Duration.seconds(4)

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - settings: How it runs.
    ///   - source: What is collected from.
    ///   - clock: The clocks.
    ///   - limits: What clients may take.
    ///   - processFacts: What is told of the process.
    package init(
        _ settings: ServerSettings,
        source: any SignalSource,
        clock: ClientClock = .system,
        limits: ConnectionLimits = ConnectionLimits(descriptors: DescriptorLimit.current),
        processFacts: @escaping @Sendable () -> ProcessFacts = ProcessFacts.current
    ) {
        self.settings = settings
        self.source = source
        self.clock = clock
        self.limits = limits
        self.processFacts = processFacts
        expositions = AddressQuota(limit: limits.expositions, perAddress: limits.expositionsPerAddress)
    }

    /// Makes the snapshots.
    package var collector: Collector {
        Collector(source: source, settings: settings.signals, cache: cache, clock: clock)
    }

    /// Answers requests.
    package var responder: ExporterResponder {
        let metrics = MetricsRoute(
            cache: cache,
            requests: requests,
            clock: clock,
            staleAfter: settings.staleAfter,
            interval: settings.interval,
            expositions: expositions,
            processFacts: processFacts
        )
        let page = LandingPage(telemetryPath: settings.telemetryPath)
        return ExporterResponder(
            [
                Route(settings.telemetryPath, respond: metrics.respond),
                Route("/", respond: page.respond),
                Route("/livez", respond: HealthRoutes.live),
                Route("/readyz") { [cache] _, _ in HealthRoutes.ready(cache.latest) },
            ],
            counts: requests
        )
    }

    /// Runs until a signal asks it to end: accepts no more, gives readers their time, and returns.
    ///
    /// - Parameters:
    ///   - services: What has to run beside, such as what reads the cluster.
    ///   - logger: Where to tell what happens.
    ///   - onListening: Called with each address once it is listened on.
    ///   - onCollected: Called after each collection, when the one before it has been let go: `malloc_trim` belongs here.
    ///   - onComplete: Called after that, where no source was still to be read.
    /// - Throws: `ListenError` where an address cannot be listened on.
    package func run(
        beside services: [any Service] = [],
        logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in },
        onCollected: @escaping @Sendable () -> Void = {},
        onComplete: @escaping @Sendable () -> Void = {}
    ) async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let loop = CollectionLoop(
            collector,
            interval: settings.interval,
            clock: clock,
            logger: logger,
            onCollected: onCollected,
            onComplete: onComplete
        )
        let listeners = Listeners(
            settings.listenAddresses,
            responder: responder,
            limits: limits,
            logger: logger,
            onListening: onListening
        )
        // Shut down in reverse: first nobody is answered any more, then nothing is collected.
        var configuration = ServiceGroupConfiguration(
            services: services + [loop, listeners],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = Self.grace
        try await ServiceGroup(configuration: configuration).run()
        logger.info("ended")
    }
}
