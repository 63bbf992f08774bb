package import Collection
package import KubernetesClient
package import Logging

/// The HTTP server: the routes over the last snapshot of a cache, and the listeners that serve them.
///
/// Requests come in; `/metrics`, the page and the health answers go out. The server reads the cluster through the cache
/// alone and never waits for a collection.
package struct ExporterServer: Sendable {
    private let settings: ServerSettings
    private let cache: SnapshotCache
    private let clock: ClientClock
    private let processFacts: @Sendable () -> ProcessFacts
    private let requests = RequestCounts()
    private let limits: ConnectionLimits
    private let expositions: AddressQuota

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - settings: Addresses, paths, and how old a snapshot may be.
    ///   - cache: Holds the snapshot that is served.
    ///   - clock: Tells how old the snapshot is.
    ///   - limits: The limits of connections.
    ///   - processFacts: Returns the values of the `process_*` families.
    package init(
        _ settings: ServerSettings,
        cache: SnapshotCache,
        clock: ClientClock = .system,
        limits: ConnectionLimits = ConnectionLimits(descriptors: DescriptorLimit.current),
        processFacts: @escaping @Sendable () -> ProcessFacts = ProcessFacts.current
    ) {
        self.settings = settings
        self.cache = cache
        self.clock = clock
        self.limits = limits
        self.processFacts = processFacts
        expositions = AddressQuota(limit: limits.expositions, perAddress: limits.expositionsPerAddress)
    }

    /// Answers requests by their path.
    package var responder: ExporterResponder {
        let metrics = MetricsRoute(
            cache: cache,
            requests: requests,
            clock: clock,
            staleAfter: settings.collection.staleAfter,
            interval: settings.collection.interval,
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

    /// The service that listens on the addresses of the settings and answers there until the program shuts down.
    ///
    /// - Parameters:
    ///   - logger: Gets a line for each address that is listened on.
    ///   - onListening: Called with each address once it is listened on.
    /// - Returns: The service.
    package func listeners(
        logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) -> Listeners {
        Listeners(
            settings.listenAddresses,
            responder: responder,
            limits: limits,
            logger: logger,
            onListening: onListening
        )
    }
}
