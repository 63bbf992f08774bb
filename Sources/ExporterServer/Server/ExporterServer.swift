package import Collection
package import KubernetesClient
package import Logging

/// The HTTP server: the routes over the last snapshot of a cache, and the listeners that serve them.
///
/// Requests come in; `/metrics`, the pages, the report and the health answers go out. The server reads the cluster through the cache
/// alone and never waits for a collection.
package struct ExporterServer: Sendable {
    private let settings: ServerSettings
    private let cache: SnapshotCache
    private let election: LeaderElection?
    private let clock: ClientClock
    private let processFacts: @Sendable () -> ProcessFacts
    private let requests = RequestCounts()
    private let limits: ConnectionLimits
    private let expositions: AddressQuota
    private let reports: AddressQuota
    private let access: WebAccess?
    private let gate: AccessGate

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - settings: Addresses, paths, and how old a snapshot may be.
    ///   - cache: Holds the snapshot that is served.
    ///   - election: Decides whether cluster families are served; nil for a single replica, which always serves them.
    ///   - clock: Measures the age of the snapshot.
    ///   - limits: The limits of connections.
    ///   - access: `--web.config.file`; nil serves plain HTTP to everybody.
    ///   - reviewer: With `--auth kubernetes`, who is asked about bearer tokens.
    ///   - processFacts: Returns the values of the `process_*` families.
    package init(
        _ settings: ServerSettings,
        cache: SnapshotCache,
        election: LeaderElection? = nil,
        clock: ClientClock = .system,
        limits: ConnectionLimits = ConnectionLimits(descriptors: DescriptorLimit.current),
        access: WebAccess? = nil,
        reviewer: (any AccessReviewer)? = nil,
        processFacts: @escaping @Sendable () -> ProcessFacts = ProcessFacts.current
    ) {
        self.settings = settings
        self.cache = cache
        self.election = election
        self.clock = clock
        self.limits = limits
        self.processFacts = processFacts
        self.access = access
        gate = AccessGate(web: access, reviewer: reviewer, uptime: clock.uptime)
        expositions = AddressQuota(limit: limits.expositions, perAddress: limits.expositionsPerAddress)
        reports = AddressQuota(limit: limits.reports, perAddress: limits.reportsPerAddress)
    }

    /// Answers requests by their path.
    package var responder: ExporterResponder {
        let metrics = MetricsRoute(
            cache: cache,
            election: election,
            requests: requests,
            clock: clock,
            staleAfter: settings.collection.staleAfter,
            interval: settings.collection.interval,
            expositions: expositions,
            access: access,
            processFacts: processFacts
        )
        let reports = ReportRoutes(
            cache: cache,
            election: election,
            clock: clock,
            telemetryPath: settings.telemetryPath,
            staleAfter: settings.collection.staleAfter,
            interval: settings.collection.interval,
            reports: self.reports
        )
        return ExporterResponder(
            [Route(settings.telemetryPath, respond: metrics.respond)] + reports.routes + healthRoutes,
            counts: requests,
            gate: gate
        )
    }

    /// What the kubelet asks.
    private var healthRoutes: [Route] {
        [
            Route("/livez", respond: HealthRoutes.live),
            Route("/readyz") { [cache] _, _ in HealthRoutes.ready(cache.latest) },
        ]
    }

    /// The services that listen on the addresses of the settings and answer there until the program shuts down.
    ///
    /// - Parameters:
    ///   - logger: Gets a line for each address that is listened on.
    ///   - onListening: Called with each address once it is listened on.
    /// - Returns: The services.
    package func listeners(
        logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) -> [Listeners] {
        let listeners = Listeners(
            settings.listenAddresses,
            responder: responder,
            limits: limits,
            access: access,
            logger: logger,
            onListening: onListening
        )
        guard !settings.probeListenAddresses.isEmpty else { return [listeners] }
        // Plain, open, and with connections of their own: whatever clients do to the others, the kubelet gets its answer.
        var probeLimits = limits
        probeLimits.connections = min(limits.connections, 32)
        let probes = Listeners(
            settings.probeListenAddresses,
            responder: ExporterResponder(healthRoutes, counts: requests),
            limits: probeLimits,
            purpose: " for probes",
            logger: logger,
            onListening: { _ in }
        )
        return [listeners, probes]
    }
}
