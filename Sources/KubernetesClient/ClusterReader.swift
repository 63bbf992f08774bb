package import ClusterState
import KubernetesWire

/// Reads a cluster and keeps what is read up to date: discovery, /version, and one reflector for each resource. The answers
/// of the API server to lists and watches go in; the rows of a ``ClusterStore`` and the state of each source come out. It
/// runs until its task is cancelled, and retries what fails.
package struct ClusterReader: Sendable {
    /// Time between two reads of what the API serves.
    package static let discoveryInterval = Duration.seconds(600)
    /// Time between two reads of /version.
    package static let versionInterval = Duration.seconds(60)
    /// Time between two comparisons of the sources' states with those that were logged.
    static let logInterval = Duration.seconds(1)
    /// List pages in flight over all reflectors: what bounds the memory that answers take.
    package static let pagesInFlight = 4
    /// Time between the starts of two reflectors.
    static let stagger = Duration.milliseconds(5)

    private let discovery: Discovery
    private let store: ClusterStore
    private let clock: ClientClock
    private let reflectors: [Reflector]
    private let leaseCheck: LeaseCheck?
    /// What is listed.
    package var sources: [Source] { reflectors.map(\.resource.source) }
    private let excluded: [Source]
    private let seed: UInt64

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - client: Where the API server is.
    ///   - store: Takes what is read.
    ///   - selection: What is read.
    ///   - clock: The clocks.
    ///   - seed: For jitter; two replicas should have different ones.
    package init(
        client: APIClient,
        store: ClusterStore,
        selection: ResourceSelection,
        clock: ClientClock,
        seed: UInt64
    ) {
        discovery = Discovery(client: client)
        self.store = store
        self.clock = clock
        self.seed = seed
        let pagePermits = Permits(Self.pagesInFlight)
        let turn = Permits(1)
        var feeds: [Source: AsyncStream<Reflector.Message>.Continuation] = [:]
        var reading: [(APIResource, AsyncStream<Reflector.Message>)] = []
        var excluded: [Source] = []
        for resource in APIResource.all {
            guard selection.includes(resource.source), !selection.scopes(of: resource).isEmpty else {
                excluded.append(resource.source)
                continue
            }
            let (messages, feed) = AsyncStream<Reflector.Message>.makeStream()
            feeds[resource.source] = feed
            reading.append((resource, messages))
        }
        self.excluded = excluded
        let relistAll: @Sendable (Source) -> Void = { [feeds] origin in
            for resource in APIResource.all where resource.source != origin {
                feeds[resource.source]?.yield(.input(.restored))
            }
        }
        var random = SeededRandom(seed: seed)
        reflectors = reading.compactMap { resource, messages in
            guard let feed = feeds[resource.source] else { return nil }
            return Reflector(
                resource: resource,
                scopes: selection.scopes(of: resource),
                client: client,
                store: store,
                clock: clock,
                pagePermits: pagePermits,
                turn: turn,
                seed: random.next(),
                relistAll: relistAll,
                messages: messages,
                feed: feed
            )
        }
        leaseCheck = reflectors.first { $0.resource.source == .leases }.map(LeaseCheck.init)
    }

    /// Reads until the task is cancelled. Once only.
    package func run() async {
        for source in excluded { await store.fix(source, .disabled, reason: "it is not selected") }
        await withTaskGroup(of: Void.self) { group in
            for reflector in reflectors {
                group.addTask { await reflector.run() }
            }
            group.addTask { await followDiscovery() }
            group.addTask { await followVersion() }
            group.addTask { await followSources() }
            if let leaseCheck { group.addTask { await leaseCheck.run() } }
        }
    }

    /// Has every source confirmed after a time in which the process did not run.
    package func confirm() {
        for reflector in reflectors { reflector.feed.yield(.input(.gap)) }
    }

    /// Whether an ordinary request, over the way that lists take, is answered now.
    package func isAnswered(within limit: Duration) async -> Bool {
        await discovery.isAnswered(within: limit)
    }

    /// Tells the reflectors and the store what there is, and the reflectors the first time to begin. Where nothing can
    /// be learned they begin all the same: what is not there answers 404.
    private func followDiscovery() async {
        var backoff = Backoff()
        var random = SeededRandom(seed: seed ^ 1)
        var haveBegun = false
        while !Task.isCancelled {
            var rest = Self.discoveryInterval
            do throws(RequestFailure) {
                let served = try await discovery.groupVersions()
                await store.setAPIGroups(Discovery.groups(of: served))
                for reflector in reflectors {
                    reflector.feed.yield(.input(.discovered(served.contains(reflector.resource.groupVersion))))
                }
            } catch {
                rest = max(backoff.next(at: clock.uptime(), using: &random), error.retryAfter ?? .zero)
                // Not for good: what may be read does not change often.
                if error.kind == .forbidden { rest = Self.discoveryInterval }
            }
            if !haveBegun {
                haveBegun = true
                for (index, reflector) in reflectors.enumerated() {
                    reflector.feed.yield(.input(.start(after: Self.stagger * index)))
                }
            }
            do { try await clock.sleep(rest) } catch { return }
        }
    }

    private func followVersion() async {
        var backoff = Backoff()
        var random = SeededRandom(seed: seed ^ 2)
        while !Task.isCancelled {
            var rest = Self.versionInterval
            do throws(RequestFailure) {
                await store.setVersion(try await discovery.version())
            } catch {
                if Task.isCancelled { return }
                await store.failed(.version, stage: ListWatch.Stage.list.rawValue, error)
                rest = max(backoff.next(at: clock.uptime(), using: &random), error.retryAfter ?? .zero)
            }
            let gap = await store.gapAt
            await clock.limit(rest) { [store] in await store.untilGap(after: gap) }
        }
    }

    /// Logs changes of the sources' states.
    private func followSources() async {
        while !Task.isCancelled {
            do { try await clock.sleep(Self.logInterval) } catch { return }
            await store.logSourceChanges()
        }
    }
}
