import ClusterState
import HTTPTransport
import KubernetesClient
import Logging
import TestClocks

/// A client of whatever server a transport stands for. Time passes only in ``pass(_:step:)``.
class ReaderBench {
    let clock: ManualClock
    let executor = StepExecutor()
    let store: ClusterStore
    let lines = LogLines()
    private var task: Task<Void, Never>?

    init(_ transport: any Transport, reading sources: Set<Source>, clock: ManualClock = ManualClock()) {
        self.clock = clock
        let times = ClientClock(
            now: { Timestamp(seconds: 1_800_000_000) },
            uptime: { clock.now.offset },
            sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        )
        let selection = ResourceSelection(sources: sources)
        let lines = lines
        let store = ClusterStore(
            selection: selection,
            staleAfter: .seconds(300),
            clock: times,
            logger: Logger(label: "test") { _ in lines }
        )
        self.store = store
        let reader = ClusterReader(
            client: APIClient(
                transport: transport,
                endpoint: ClusterEndpoint(server: "https://server.example"),
                credentials: FixedCredentials()
            ),
            store: store,
            selection: selection,
            clock: times,
            seed: 1
        )
        task = Task(executorPreference: executor) { await reader.run() }
    }

    deinit {
        task?.cancel()
        executor.drain()
    }

    /// Lets time pass, in steps where they are given.
    func pass(_ duration: Duration, step: Duration? = nil) {
        executor.drain()
        var left = duration
        while left > .zero {
            let next = min(step ?? left, left)
            clock.advance(by: next)
            executor.drain()
            left -= next
        }
    }

    func status(_ source: Source) -> SourceStatus {
        let store = store
        return executor.run { await store.status(of: source) } ?? SourceStatus()
    }

    func count(_ source: Source) -> Int? {
        let store = store
        return executor.run {
            await store.withState { source == .pods ? $0.pods.count : $0.endpointSlices.count }
        }
    }

    /// The warnings that a text is in.
    func warnings(_ text: String) -> [String] {
        lines.all.filter { $0.hasPrefix("warning") && $0.contains(text) }
    }
}
