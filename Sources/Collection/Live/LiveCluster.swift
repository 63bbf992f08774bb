package import ClusterState
package import ControlPlaneProbes
package import HTTPTransport
package import KubernetesClient
import KubernetesWire
package import Logging

/// A cluster as it is now: read by lists and watches, its control plane asked, all of it lent to collections.
package struct LiveCluster: Sendable {
    /// The sources that name API servers and etcd members.
    static let addressSources: [Source] = [.endpointslices, .leases, .pods, .nodes]
    /// The least time between two rounds of probes.
    private static let shortestRest = Duration.seconds(2)

    let store: ClusterStore
    let reader: ClusterReader
    let prober: ControlPlaneProber
    let endpoint: ClusterEndpoint
    let credentials: any CredentialSource
    let settings: LiveSettings
    let clock: ClientClock

    /// Creates a cluster that is read once ``read()`` is.
    ///
    /// - Parameters:
    ///   - transport: What carries all requests.
    ///   - endpoint: Where the API server is.
    ///   - credentials: Who we are.
    ///   - settings: What is read and asked.
    ///   - certificateExpiry: Earliest notAfter of a chain of certificates in PEM, leaf first.
    ///   - clock: The clocks.
    ///   - seed: For jitter; two replicas should have different ones.
    ///   - logger: Takes a line for each change of a source's state.
    ///   - afterLargeList: Called when a large list was swapped in: `malloc_trim` belongs here.
    package init(
        transport: any Transport,
        endpoint: ClusterEndpoint,
        credentials: any CredentialSource,
        settings: LiveSettings,
        certificateExpiry: @escaping @Sendable ([[UInt8]]) -> Timestamp? = LiveCluster.earliestExpiry,
        clock: ClientClock,
        seed: UInt64,
        logger: Logger,
        afterLargeList: @escaping @Sendable () -> Void = {}
    ) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.settings = settings
        self.clock = clock
        store = ClusterStore(
            selection: settings.selection,
            staleAfter: settings.staleAfter,
            clock: clock,
            logger: logger,
            afterLargeList: afterLargeList
        )
        reader = ClusterReader(
            client: APIClient(
                transport: transport,
                endpoint: endpoint,
                credentials: credentials,
                requestTimeout: settings.requestTimeout
            ),
            store: store,
            selection: settings.selection,
            clock: clock,
            seed: seed
        )
        prober = Self.prober(
            transport,
            endpoint,
            credentials,
            settings.probes,
            clock.uptime,
            certificateExpiry: certificateExpiry
        )
    }

    /// What asks the control plane of a cluster, with the credentials that lists have.
    ///
    /// - Parameters:
    ///   - transport: What carries the questions.
    ///   - endpoint: Where the API server is.
    ///   - credentials: Who we are.
    ///   - settings: Whom else, and how.
    ///   - uptime: Monotonic time.
    ///   - certificateExpiry: Earliest notAfter of a chain of certificates in PEM, leaf first.
    /// - Returns: The prober.
    package static func prober(
        _ transport: any Transport,
        _ endpoint: ClusterEndpoint,
        _ credentials: any CredentialSource,
        _ settings: ProbeSettings,
        _ uptime: @escaping @Sendable () -> Duration,
        certificateExpiry: @escaping @Sendable ([[UInt8]]) -> Timestamp? = LiveCluster.earliestExpiry
    ) -> ControlPlaneProber {
        var settings = settings
        settings.apiServerTLS = endpoint.tls
        settings.configuredServer = ProbeEndpoint(endpoint.server)
        let tls = endpoint.tls
        return ControlPlaneProber(
            transport: transport,
            settings: settings,
            uptime: uptime,
            credentials: {
                // What cannot be read fails the lists too, which say so; readiness is open to anybody as a rule.
                let shown = try? await credentials.authorization()
                return ProbeCredentials(bearerToken: shown?.bearerToken, tls: shown?.applied(to: tls) ?? tls)
            },
            certificateExpiry: certificateExpiry
        )
    }

    /// When the first certificate of a chain in PEM expires: earliest notAfter, nil where none can be read.
    package static let earliestExpiry: @Sendable ([[UInt8]]) -> Timestamp? = { chain in
        chain.compactMap { CertificateValidity.latestNotAfter(pem: $0) }.min()
    }

    /// Reads and asks until the task is cancelled. Once only.
    package func read() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await reader.run() }
            group.addTask { await probe() }
            group.addTask { await readDeprecatedAPIs() }
        }
    }

    /// Lends all that is known to a collection, the observations advanced to this moment. Nothing changes meanwhile, and
    /// the body keeps nothing.
    ///
    /// - Parameters:
    ///   - now: Wall time.
    ///   - uptime: Monotonic time.
    ///   - body: The collection.
    /// - Returns: What the body returns.
    package func collect<Value: Sendable>(
        now: Timestamp,
        uptime: Duration,
        _ body: @Sendable (ClusterState, ProbeResults, Observations) -> Value
    ) async -> Value {
        await store.collect(now: now, uptime: uptime, body)
    }

    /// Notes that our own leader lease was seen to change: the cluster accepted a write.
    ///
    /// - Parameter uptime: Monotonic time.
    package func noteOwnLeaseChange(at uptime: Duration) async {
        await store.noteOwnLeaseChange(at: uptime)
    }

    /// Records the expiry of the client certificates in use. Where credentials cannot be read, the last ones are still used.
    private func readOwnCertificates() async {
        if let shown = try? await credentials.authorization() {
            let certificate = shown.clientCertificate ?? endpoint.tls.clientCertificate
            await store.setClientCertificateExpiry(.apiserver, certificate?.certificateExpiry)
        }
        await store.setClientCertificateExpiry(.etcd, settings.probes.etcdTLS.clientCertificate?.certificateExpiry)
    }

    /// The first round begins when the lists that name API servers and etcd members have ended, or the interval has.
    private func probe() async {
        var instances = APIServerInstances()
        var outcome = ProbeOutcome()
        await clock.limit(settings.probeInterval) { [store] in await store.untilAnswered(Self.addressSources) }
        while !Task.isCancelled {
            let start = clock.uptime()
            let before = outcome
            await store.beginProbes()
            await readOwnCertificates()
            await probe(&instances, &outcome)
            if Task.isCancelled { return }
            // A round that took longer than it can was interrupted: the process did not run for a while.
            let took = clock.uptime() - start
            if took > probeLimit { await store.noteGap() }
            if await !store.setProbes(outcome) { outcome = before }
            do { try await clock.sleep(min(Self.shortestRest, settings.probeInterval)) } catch { return }
            let rest = settings.probeInterval - (clock.uptime() - start)
            await clock.limit(max(rest, .milliseconds(1))) { [store] in await store.untilProbesAreWanted() }
        }
    }

    /// As long as a round of probes may take: two rounds of questions, and one request to the API server.
    private var probeLimit: Duration { settings.probes.timeout * 4 }

    /// Has everything confirmed after a gap: see ``SignalSource/recoverFromGap()``.
    func confirm() async {
        let now = clock.uptime()
        await store.noteGap()
        reader.confirm()
        // One that was under way is followed by one that counts.
        await clock.limit(probeLimit) { [store] in await store.untilProbed(since: now) }
    }

    /// Asks everybody once.
    ///
    /// - Parameters:
    ///   - instances: The instances to ask, in addition to those that the cluster names now.
    ///   - outcome: What the round before gave, then what this one gives.
    func probe(_ instances: inout APIServerInstances, _ outcome: inout ProbeOutcome) async {
        let now = clock.now()
        let (found, foundEtcd) = await store.withState { state in
            (APIServerInstances.found(in: state, now: now), EtcdTargets.found(in: state))
        }
        let own = ProbeEndpoint(endpoint.server)
        let named = settings.probes.apiServers
        let apiServers = instances.update(
            found: found,
            configured: named + [own].compactMap(\.self),
            uptime: clock.uptime()
        )
        outcome.beganAt = clock.uptime()
        let known = Set((found + named).map(\.name))
        let reading = await prober.round(
            apiServers: apiServers,
            configuredOnly: Set([own?.name].compactMap(\.self).filter { !known.contains($0) }),
            foundEtcd: foundEtcd,
            previous: outcome.results
        )
        outcome.results = reading.results
        outcome.areRequestsAnswered =
            reading.results.isAnyAPIServerReachable ? true : await reader.isAnswered(within: settings.probes.timeout)
        outcome.apiServer = (reading.apiServer.state, reading.apiServer.reason)
        if reading.results.isServedByUnreachedInstances {
            outcome.apiServer?.reason =
                "the configured address serves, but none of the API servers found in the cluster can be reached from "
                + "here: name addresses that can be with --probe.endpoint"
        }
        outcome.etcd = (reading.etcd.state, reading.etcd.reason)
    }
}
