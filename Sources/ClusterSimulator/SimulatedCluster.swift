import Synchronization

/// A simulated Kubernetes cluster, for tests and the demo. Requests to its API servers and etcd members go in; the answers
/// that real ones would give come out. Faults and events change it by script.
///
/// It answers as recorded servers do: protobuf lists in pages, watches with bookmarks, 410 after compaction, `Status`
/// errors, discovery, health checks, and etcd's JSON gateway. Objects are recorded ones under other names. Nothing in
/// it reads a clock: time passes by ``advance(by:)``, or by ``run(clock:)`` on the clock of the host. The same
/// plan, templates and calls give the same bytes.
///
/// What it does not serve is refused, not faked: label selectors, field selectors but name and namespace, JSON of
/// built-in kinds but Lease, writes of anything but Lease.
package final class SimulatedCluster: Sendable {
    private let state: Mutex<SimulatorState>
    /// What the cluster was made from.
    package let plan: ClusterPlan

    /// Builds a cluster.
    ///
    /// - Throws: ``RecordedTemplatesError`` where the recording lacks an object it is made from.
    package init(plan: ClusterPlan, templates: RecordedTemplates) throws(RecordedTemplatesError) {
        self.plan = plan
        let cluster = try ScriptedCluster(plan: plan, templates: templates)
        state = Mutex(SimulatorState(cluster: cluster, seed: plan.seed))
    }

    /// Answers a request. It returns once the head is known; a watch's body goes on.
    ///
    /// Cancelling the task ends a request that hangs; letting go of the body ends a watch.
    package func respond(to request: SimulatedRequest) async -> SimulatedResponse {
        var request = request
        request.arrivedAt = inspect { $0.cluster.now }
        while true {
            let (chunks, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
            let gate = AsyncStream<Void>.makeStream()
            let answer = withState { [request] state in
                state.answer(request, continuation: continuation, gate: gate.continuation)
            }
            switch answer {
            case .response(let response): return response
            case .list(let head, let body): return Self.response(head, body)
            case .watch(let head, let id):
                if let id {
                    continuation.onTermination = { [weak self] _ in self?.closeWatch(id) }
                }
                return SimulatedResponse(head: head, body: .chunks(chunks))
            case .hang, .wait:
                for await _ in gate.stream {}
                if Task.isCancelled { return .refused }
            }
        }
    }

    private static func response(_ head: SimulatedHead, _ body: ListBody) -> SimulatedResponse {
        if body.byteCount < 4096 {
            var position: Int? = body.items.startIndex
            let bytes = body.chunk(from: &position) ?? []
            var head = head
            head.headers.insert(("content-length", String(bytes.count)), at: max(0, head.headers.count - 1))
            return SimulatedResponse(head: head, body: .bytes(bytes))
        }
        let reader = ListReader(body)
        return SimulatedResponse(head: head, body: .chunks(AsyncThrowingStream { reader.next() }))
    }

    /// Works on the state; what the work ended is told so after the lock is given back, since that calls back here.
    private func tryWithState<Value: Sendable>(
        _ work: (inout SimulatorState) throws(SimulatedFaultError) -> Value
    ) throws(SimulatedFaultError) -> Value {
        let (result, endings) = state.withLock { state in
            let result: Result<Value, SimulatedFaultError>
            do throws(SimulatedFaultError) {
                result = .success(try work(&state))
            } catch {
                result = .failure(error)
            }
            defer { state.endings = [] }
            return (result, state.endings)
        }
        for ending in endings {
            ending.continuation.finish(throwing: ending.isCut ? SimulatedConnectionCut() : nil)
        }
        return try result.get()
    }

    private func withState<Value: Sendable>(_ work: (inout SimulatorState) -> Value) -> Value {
        let (value, endings) = state.withLock { state in
            let value = work(&state)
            defer { state.endings = [] }
            return (value, state.endings)
        }
        for ending in endings {
            ending.continuation.finish(throwing: ending.isCut ? SimulatedConnectionCut() : nil)
        }
        return value
    }

    /// Reads the state.
    func inspect<Value: Sendable>(_ work: (SimulatorState) -> Value) -> Value {
        state.withLock { work($0) }
    }

    private func closeWatch(_ id: Int) {
        withState { state in _ = state.watches.removeValue(forKey: id) }
    }

    /// Lets time pass: leases are renewed, churn goes on, what is due happens, bookmarks go out, watches run out.
    ///
    /// Time passes in ticks of 100 ms, whatever the steps: the course is the same for one long step and many short.
    package func advance(by duration: Duration) {
        withState { $0.advance(by: duration) }
    }

    /// Lets time pass as it passes on a clock, until the task is cancelled.
    package func run(clock: some Clock<Duration>) async throws {
        var last = clock.now
        while true {
            try await clock.sleep(until: last.advanced(by: ScriptedCluster.tickLength), tolerance: nil)
            let now = clock.now
            advance(by: last.duration(to: now))
            last = now
        }
    }

    /// Makes changes of the everyday kind begin: pods replaced, readiness lost. They go on as time passes.
    package func churn(_ changes: Int) {
        withState { state in
            guard state.cluster.acceptsWrites else { return }
            for _ in 0..<max(0, changes) { state.cluster.churnOnce() }
            state.cluster.writeChangedWorkloads()
            state.deliver()
        }
    }

    /// Sets how many such changes begin each second: from 0 to 100,000.
    package func setChurn(perSecond rate: Double) {
        withState { $0.cluster.churnRate = rate.isNaN ? 0 : min(max(0, rate), 100_000) }
    }

    /// Begins a rollout: the Deployment gets a new revision, and its pods are replaced one by one, each new one ready
    /// before an old one goes. It goes on as time passes; meanwhile another one of it does not begin.
    ///
    /// - Throws: ``SimulatedFaultError/unknownName(_:expected:)`` where there is no such Deployment.
    package func rollOut(namespace: String, deployment: String) throws(SimulatedFaultError) {
        try tryWithState { (state) throws(SimulatedFaultError) in
            guard state.cluster.beginRollout(namespace: namespace, deployment: deployment) else {
                throw .unknownName("\(namespace)/\(deployment)", expected: "Deployment")
            }
            state.deliver()
        }
    }

    /// Begins a fault; one that lasts already is left as it is.
    ///
    /// - Throws: ``SimulatedFaultError`` where the cluster has no such node or zone.
    package func inject(_ fault: SimulatedFault) throws(SimulatedFaultError) {
        try tryWithState { (state) throws(SimulatedFaultError) in try state.inject(fault) }
    }

    /// Ends a fault; nothing happens where it does not last.
    package func clear(_ fault: SimulatedFault) {
        withState { $0.clear(fault) }
    }

    /// Ends all faults.
    package func clearAllFaults() {
        withState { state in
            for fault in state.faults { state.clear(fault) }
        }
    }

    /// The faults that last, in the order in which they began.
    package var activeFaults: [SimulatedFault] {
        withState { $0.faults }
    }

    /// Who is known and who may do what.
    package var access: SimulatedAccess {
        get { withState { $0.access } }
        set { withState { $0.access = newValue } }
    }
}

/// The chunks of one list, made as they are asked for.
private final class ListReader: Sendable {
    private let body: ListBody
    private let position: Mutex<Int?>

    init(_ body: ListBody) {
        self.body = body
        position = Mutex(body.items.startIndex)
    }

    func next() -> [UInt8]? {
        position.withLock { body.chunk(from: &$0) }
    }
}
