import ClusterSimulator
import ClusterState
import HTTPTransport
import KubernetesClient
import KubernetesWire
import Logging
import Synchronization
import TestClocks
import TestFixtures
import Testing

/// A simulated cluster, a client that reads it, and one clock for both. Time passes only in ``pass(_:step:)``.
final class ClientBench {
    static let host = "https://simulator.example:6443"

    let cluster: SimulatedCluster
    let clock = ManualClock()
    let executor = StepExecutor()
    let store: ClusterStore
    let lines = LogLines()
    let requests = RequestLog()
    private var task: Task<Void, Never>?

    static let templates = Result {
        var files: [String: [UInt8]] = [:]
        for name in RecordedTemplates.fileNames { files[name] = try? Fixture.healthy.bytes(name) }
        return try RecordedTemplates(files: files)
    }

    init(
        nodes: Int = 8,
        pods: Int = 80,
        seed: UInt64 = 1,
        selection: ResourceSelection = ResourceSelection(),
        credentials: any CredentialSource = FixedCredentials(),
        staleAfter: Duration = .seconds(300)
    ) throws {
        let plan = ClusterPlan(nodes: nodes, pods: pods, zones: 3, seed: seed, podBytes: 0)
        let cluster = try SimulatedCluster(plan: plan, templates: Self.templates.get())
        self.cluster = cluster
        let clock = clock
        let start = clock.now
        let times = ClientClock(
            now: { Timestamp(seconds: Double(cluster.wallTime)) },
            uptime: { start.duration(to: clock.now) },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        )
        let lines = lines
        var logger = Logger(label: "test") { _ in lines }
        logger.logLevel = .info
        store = ClusterStore(
            selection: selection,
            staleAfter: staleAfter,
            clock: times,
            logger: logger
        )
        let client = APIClient(
            transport: requests.wrap(SimulatorTransport(cluster: cluster, clock: clock)),
            endpoint: ClusterEndpoint(server: Self.host),
            credentials: credentials
        )
        let reader = ClusterReader(client: client, store: store, selection: selection, clock: times, seed: seed)
        task = Task(executorPreference: executor) { await reader.run() }
    }

    deinit {
        task?.cancel()
        executor.drain()
    }

    /// Lets time pass for cluster and client, in steps.
    func pass(_ duration: Duration, step: Duration = .milliseconds(500)) {
        executor.drain()
        var left = duration
        while left > .zero {
            let next = min(step, left)
            cluster.advance(by: next)
            clock.advance(by: next)
            executor.drain()
            left -= next
        }
    }

    /// Starts, and waits until everything is listed and watched.
    func sync() {
        pass(.seconds(5), step: .milliseconds(100))
    }

    func status(_ source: Source) -> SourceStatus {
        let store = store
        return executor.run { await store.status(of: source) } ?? SourceStatus()
    }

    func state(_ source: Source) -> SourceState { status(source).state }

    func collect<Value: Sendable>(_ body: @escaping @Sendable (ClusterState) -> Value) -> Value? {
        let store = store
        let uptime = clock.now.offset
        let now = Timestamp(seconds: Double(cluster.wallTime))
        return executor.run { await store.collect(now: now, uptime: uptime) { state, _, _ in body(state) } }
    }

    /// The sources whose rows are not those that the cluster holds.
    func differences(except: Set<Source> = []) throws -> [Source] {
        let contents = cluster.contents()
        let found = collect { state in
            APIResource.all.filter { !except.contains($0.source) && !Self.holds($0, state, contents) }.map(\.source)
        }
        return try #require(found)
    }

    /// Whether the state holds the rows of the objects; nothing is said of custom resources.
    private static func holds(
        _ resource: APIResource,
        _ state: ClusterState,
        _ contents: [SimulatedResource: [SimulatedObject]]
    ) -> Bool {
        guard case .protobuf(let reader) = resource.reader else { return true }
        guard let simulated = SimulatedResource(name: resource.plural) else { return false }
        let objects = (contents[simulated] ?? [])
            .filter {
                resource.namespace == nil || $0.namespace == resource.namespace
            }
        // With the same interner equal strings get equal ids: rows can be compared as they are.
        var expected = ClusterState()
        expected.interner = state.interner
        for object in objects {
            do {
                try object.bytes.withUnsafeBytes { try reader.upsert(&expected, $0, 0) }
            } catch {
                Issue.record("\(resource.source): \(error)")
                return false
            }
        }
        guard resource.count(in: state) == resource.count(in: expected) else { return false }
        // Of the expected state, the tables of all other resources are empty.
        return zip(rows(of: state), rows(of: expected)).allSatisfy { held, wanted in wanted.isEmpty || held == wanted }
    }

    /// The rows of each table.
    private static func rows(of state: ClusterState) -> [Set<AnyHashable>] {
        Mirror(reflecting: state).children.compactMap { ($0.value as? any ComparableTable)?.rowSet }
    }
}

private protocol ComparableTable {
    var rowSet: Set<AnyHashable> { get }
}

extension Table: ComparableTable where Row: Hashable {
    var rowSet: Set<AnyHashable> { Set(all.map(AnyHashable.init)) }
}

/// The requests that went out.
final class RequestLog: Sendable {
    private struct Core {
        var requests: [TransportRequest] = []
        var pages = 0
        var mostPages = 0
    }

    private let core = Mutex(Core())
    var all: [TransportRequest] { core.withLock { $0.requests } }
    /// The most list pages that were asked for and not yet read to their end.
    var mostPagesInFlight: Int { core.withLock { $0.mostPages } }
    func clear() { core.withLock { $0.requests = [] } }

    /// The targets, path and query, that contain a text.
    func targets(_ text: String) -> [String] {
        all.map { String($0.url.dropFirst(ClientBench.host.count)) }.filter { $0.contains(text) }
    }

    func wrap(_ transport: any Transport) -> any Transport { Recorder(log: self, transport: transport) }

    private func begin(_ request: TransportRequest) {
        core.withLock { core in
            core.requests.append(request)
            guard request.url.contains("?limit=") else { return }
            core.pages += 1
            core.mostPages = max(core.mostPages, core.pages)
        }
    }

    private func endPage() { core.withLock { $0.pages -= 1 } }

    private struct Recorder: Transport {
        let log: RequestLog
        let transport: any Transport
        func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
            log.begin(request)
            let response = try await transport.send(request)
            guard request.url.contains("?limit=") else { return response }
            let body = ResponseBody { [log] in
                let iterator = response.body.makeAsyncIterator()
                return { () async throws(TransportError) in
                    // One reader, whose place the body keeps: a copy goes on from there.
                    var iterator = iterator
                    let chunk = try await iterator.next()
                    if chunk == nil { log.endPage() }
                    return chunk
                }
            }
            return TransportResponse(head: response.head, body: body)
        }
    }
}

/// A log that keeps its lines.
final class LogLines: LogHandler {
    private let stored = Mutex<[String]>([])
    var all: [String] { stored.withLock { $0 } }
    func clear() { stored.withLock { $0 = [] } }

    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        stored.withLock { $0.append("\(event.level): \(event.message)") }
    }
}
