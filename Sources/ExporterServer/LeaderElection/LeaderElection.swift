import ClusterState
package import KubernetesClient
package import Logging
import ServiceLifecycle
import Synchronization

/// Takes part in the election of the replica that serves the cluster families, by a Lease: the loop around
/// ``LeaderElector``, and what requests ask whether they may be answered with cluster families.
package final class LeaderElection: ServiceLifecycle.Service {
    /// How long each of the three requests that release the lease may take; the program has 4 s to end.
    private static let releaseLimit = Duration.seconds(1)

    private let lease: LeaseClient
    private let timing: LeaderElectionTiming
    private let clock: ClientClock
    private let logger: Logger
    private let onWrite: @Sendable (Duration) async -> Void
    private let elector: Mutex<LeaderElector>
    /// Decides the jitter.
    private let random: Mutex<SeededRandom>
    /// When the lease was last seen to change. A stream, so that an attempt does not wait for ``onWrite``.
    private let changes: AsyncStream<Duration>
    private let changeFeed: AsyncStream<Duration>.Continuation

    /// Creates a part in an election; nothing is asked before ``run()``.
    ///
    /// - Parameters:
    ///   - lease: Reads and writes the lease.
    ///   - identity: This replica in `holderIdentity`; that of no other process.
    ///   - timing: The durations.
    ///   - clock: The clocks.
    ///   - seed: Decides the jitter; that of no other replica.
    ///   - logger: Gets a line when another leads, and when the API server begins or ceases to take writes.
    ///   - onWrite: Called with the uptime at which the lease was seen to change: the API server accepted a write.
    package init(
        lease: LeaseClient,
        identity: String,
        timing: LeaderElectionTiming,
        clock: ClientClock,
        seed: UInt64 = .random(in: .min ... .max),
        logger: Logger,
        onWrite: @escaping @Sendable (Duration) async -> Void = { _ in }
    ) {
        self.lease = lease
        self.timing = timing
        self.clock = clock
        self.logger = logger
        self.onWrite = onWrite
        elector = Mutex(LeaderElector(identity: identity, timing: timing, uptime: clock.uptime()))
        random = Mutex(SeededRandom(seed: seed))
        (changes, changeFeed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether this replica serves the cluster families at this moment.
    package var role: LeaderElector.Role {
        elector.withLock { $0.role(at: clock.uptime()) }
    }

    /// Who held the lease when it was last read or written; nil where nobody did or nothing was read yet.
    package var holder: String? {
        elector.withLock { $0.holder }
    }

    /// Takes part until the program shuts down, then releases the lease.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.tick() }
                group.addTask { await self.elect() }
                group.addTask { for await change in self.changes { await self.onWrite(change) } }
                await group.waitForAll()
            }
        }
        await release()
    }

    private func tick() async {
        while !Task.isCancelled {
            elector.withLock { $0.tick(at: clock.uptime()) }
            do { try await clock.sleep(timing.tickInterval) } catch { return }
        }
    }

    private func elect() async {
        var logged: LoggedState?
        while !Task.isCancelled {
            let problem = await attempt()
            if Task.isCancelled { return }
            log(problem, &logged)
            let wait = timing.wait(
                isHolder: elector.withLock { $0.isHolder },
                random: random.withLock { Double.random(in: 0..<1, using: &$0) }
            )
            do { try await clock.sleep(wait) } catch { return }
        }
    }

    /// Makes one attempt to acquire or renew the lease.
    ///
    /// - Returns: Why the API server did not serve the last request; nil where it did.
    private func attempt() async -> String? {
        var problem: String?
        var next: LeaderElector.Request? = elector.withLock { $0.beginAttempt(at: clock.uptime(), now: clock.now()) }
        while let request = next {
            let limit = elector.withLock { $0.requestTimeout(at: clock.uptime()) }
            let (answer, failure) = await send(request, within: limit)
            problem = failure
            // A request that the end of the program interrupted has no result.
            if Task.isCancelled { return nil }
            let before = elector.withLock { $0.changeSeenAt }
            next = elector.withLock { $0.receive(answer, at: clock.uptime(), now: clock.now()) }
            if let change = elector.withLock({ $0.changeSeenAt }), change != before { changeFeed.yield(change) }
        }
        return problem
    }

    private func send(
        _ request: LeaderElector.Request,
        within limit: Duration
    ) async -> (answer: LeaderElector.Answer, problem: String?) {
        do throws(RequestFailure) {
            switch request {
            case .get: return (.lease(try await lease.get(within: limit)), nil)
            case .create(let record): return (.lease(try await lease.create(record, within: limit)), nil)
            case .update(let update): return (.lease(try await lease.update(update, within: limit)), nil)
            }
        } catch {
            if error.isConflict { return (.conflict, nil) }
            // A POST is answered so where the namespace does not exist.
            if error.kind == .notFound, !request.creates { return (.notFound, nil) }
            if error.kind == .unauthorized { await lease.invalidateCredentials() }
            return (.failed, "\(error)")
        }
    }

    /// Releases the lease where this replica holds it; where that fails, the others wait until it expires. Nothing is sent
    /// where the task is cancelled.
    private func release() async {
        guard let request = elector.withLock({ $0.release(now: clock.now()) }), !Task.isCancelled else { return }
        var (answer, problem) = await send(request, within: Self.releaseLimit)
        // An interrupted renewal was written nevertheless: release the lease as it wrote it.
        if answer == .conflict, case (.lease(let lease), _) = await send(.get, within: Self.releaseLimit),
            let again = elector.withLock({ $0.release(lease, now: clock.now()) })
        {
            (answer, problem) = await send(again, within: Self.releaseLimit)
        }
        if case .lease = answer {
            logger.info("released the leader lease")
        } else {
            logger.warning("could not release the leader lease", metadata: ["reason": "\(problem ?? "\(answer)")"])
        }
    }

    // MARK: Log

    /// The state of the election that was logged last; each change is a line.
    private struct LoggedState: Equatable {
        var role: LeaderElector.Role
        var holder: String?
        var isFailing: Bool
    }

    private func log(_ problem: String?, _ logged: inout LoggedState?) {
        let now = LoggedState(role: role, holder: holder, isFailing: problem != nil)
        defer { logged = now }
        guard now != logged else { return }
        if let problem, logged?.isFailing != true {
            logger.warning("the leader lease cannot be read or written", metadata: ["reason": "\(problem)"])
        }
        guard now.role != logged?.role || now.holder != logged?.holder else { return }
        switch now.role {
        case .leads: logger.info("this replica is the leader and serves the cluster families")
        case .leadsWithoutWrites:
            logger.warning(
                "this replica serves the cluster families without the lease, as others may: it cannot be written",
                metadata: ["reason": "\(problem ?? "no answer")"]
            )
        case .waits:
            logger.info(
                "another replica is the leader, or there is none yet",
                metadata: ["holder": "\(now.holder ?? "")"]
            )
        }
    }
}

extension LeaderElection: CustomStringConvertible {
    /// The name in the service group's log.
    package var description: String { "leader election" }
}

extension LeaderElector.Request {
    fileprivate var creates: Bool {
        if case .create = self { true } else { false }
    }
}
