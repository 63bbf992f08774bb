package import ClusterState
package import KubernetesClient

/// One replica's part in the election of a leader by a Lease: which request comes next, and whether the replica may
/// serve the cluster families at a moment. A value without clock or I/O.
///
/// The election is that of client-go (tools/leaderelection/leaderelection.go, `tryAcquireOrRenew`): times that other
/// machines write are never compared with a clock; another's lease ends its duration after it was last *seen* to change,
/// on the monotonic clock of this machine. Beyond client-go, a replica also serves where the API server takes no writes
/// and no other replica is seen to lead: see ``role(at:)``.
package struct LeaderElector: Sendable {
    /// A request to the API server.
    package enum Request: Sendable, Equatable {
        case get
        case create(ElectionRecord)
        /// Replaces this version of the lease.
        case update(ElectionLease)
    }

    /// How a request ended.
    package enum Answer: Sendable, Equatable {
        /// The lease as it is now.
        case lease(ElectionLease)
        /// There is no lease: 404 to a GET or a PUT.
        case notFound
        /// Another replica wrote first: 409.
        case conflict
        /// The API server did not answer, or answered with an error: a time-out, 5xx, 429, 403 and all others.
        case failed
    }

    /// Whether the replica serves the cluster families, and why.
    package enum Role: Sendable, Equatable {
        /// It holds the lease: its last renewal began less than the renew deadline ago.
        case leads
        /// It cannot write the lease, and sees no other replica hold it.
        case leadsWithoutWrites
        /// Another replica leads, or nothing is known yet.
        case waits

        /// Whether the cluster families are served.
        package var serves: Bool { self != .waits }
    }

    /// A request under way.
    private struct Pending {
        var request: Request
        var startedAt: Duration
        var attemptAt: Duration
        /// Whether it is the holder's write without a read before it.
        var isOptimistic = false
    }

    private let identity: String
    private let timing: LeaderElectionTiming
    /// The lease as it was last read or written; nil where it never was, and where there is none.
    private var observed: ElectionLease?
    /// When its record was last seen to change.
    private var observedAt: Duration
    /// Since when the holder of the lease is not known: from the start, or from when the process resumed after it had been
    /// stopped, until an answer names it. For the duration of a lease from then on it counts as held by another.
    private var unknownSince: Duration?
    private var hasRead = false
    /// When the request began that last renewed the lease; nil where another was seen to hold it since.
    private var renewedAt: Duration?
    /// The requests in a row that the API server did not serve: when the first of them began, when the last one ended, and
    /// how many there are. nil once it answered a write, or named another leader.
    private var failures: (begunAt: Duration, endedAt: Duration, count: Int)?
    private var pending: Pending?
    private var tickedAt: Duration
    private var isReleased = false

    /// When the lease was last seen to change, by whomever: the API server accepted a write then. nil before the first
    /// change: what is read first may be as old as an outage.
    private(set) package var changeSeenAt: Duration?

    /// Begins an election of which nothing is known.
    ///
    /// - Parameters:
    ///   - identity: This replica in `holderIdentity`; that of no other process.
    ///   - timing: The durations.
    ///   - uptime: Monotonic time.
    package init(identity: String, timing: LeaderElectionTiming, uptime: Duration) {
        self.identity = identity
        self.timing = timing
        observedAt = uptime
        unknownSince = uptime
        tickedAt = uptime
    }

    /// Whether the lease was ours when it was last read or written.
    package var isHolder: Bool { observed?.record.holder == identity }

    /// Who holds the lease, as it was last read or written; nil where nobody does or nothing was read.
    package var holder: String? {
        observed.flatMap { $0.record.holder.isEmpty ? nil : $0.record.holder }
    }

    // MARK: Role

    /// Records that the process runs; to be called every ``LeaderElectionTiming/tickInterval``.
    package mutating func tick(at uptime: Duration) {
        if uptime - tickedAt > timing.longestTickGap {
            // The process was stopped: what it knew before is outdated, and so is an answer to a request from before.
            unknownSince = uptime
            failures = nil
        }
        tickedAt = uptime
    }

    /// Whether the replica serves the cluster families now.
    ///
    /// It does from the start of a renewal until the renew deadline, which is over before any other replica may take the
    /// lease. It also does where the API server takes no writes, as long as no unexpired lease of another is seen: a
    /// replica that led when requests began to fail continues, another one starts after two failed requests. A process
    /// that was stopped meanwhile has to read the lease first.
    package func role(at uptime: Duration) -> Role {
        guard !isReleased else { return .waits }
        if let renewedAt, uptime < renewedAt + timing.renewDeadline { return .leads }
        guard let failures, uptime - tickedAt <= timing.longestTickGap,
            uptime - failures.endedAt <= timing.longestAttemptGap, !isHeldByOther(at: uptime)
        else { return .waits }
        let didLead = renewedAt.map { failures.begunAt < $0 + timing.renewDeadline } ?? false
        return didLead || failures.count >= 2 ? .leadsWithoutWrites : .waits
    }

    /// Whether the lease of another has not expired, counted from when it was last seen to change.
    private func isHeldByOther(at uptime: Duration) -> Bool {
        if let unknownSince, uptime < unknownSince + timing.leaseDuration { return true }
        guard let record = observed?.record, !record.holder.isEmpty, record.holder != identity else { return false }
        return uptime < observedAt + record.duration
    }

    // MARK: Attempts

    /// How long the request under way may take: so long that a holder knows of a failure before its renew deadline.
    ///
    /// - Parameter uptime: Monotonic time.
    /// - Returns: The limit of the whole request.
    package func requestTimeout(at uptime: Duration) -> Duration {
        guard let renewedAt else { return timing.requestTimeout }
        let left = renewedAt + timing.renewDeadline - timing.tickInterval - uptime
        return left <= .zero ? timing.requestTimeout : min(timing.requestTimeout, max(left, timing.requestTimeout / 4))
    }

    /// Begins an attempt to acquire or renew the lease.
    ///
    /// - Parameters:
    ///   - uptime: Monotonic time.
    ///   - now: Wall time, for `renewTime` and `acquireTime`.
    /// - Returns: Its first request.
    package mutating func beginAttempt(at uptime: Duration, now: Timestamp) -> Request {
        // The holder writes without a read, which succeeds as long as nobody else has written.
        if isHolder, let observed, uptime < observedAt + observed.record.duration {
            return send(.update(claim(on: observed, now)), uptime, attemptAt: uptime, isOptimistic: true)
        }
        return send(.get, uptime, attemptAt: uptime)
    }

    /// Takes the answer to the request under way.
    ///
    /// - Parameters:
    ///   - answer: How the request ended.
    ///   - uptime: Monotonic time.
    ///   - now: Wall time, for `renewTime` and `acquireTime`.
    /// - Returns: The next request of the attempt; nil where the attempt is over.
    package mutating func receive(_ answer: Answer, at uptime: Duration, now: Timestamp) -> Request? {
        guard let ended = pending else { return nil }
        pending = nil
        switch answer {
        case .lease(let lease) where ended.request == .get:
            observe(lease, uptime, ended)
            guard isHeldByOther(at: uptime) else {
                return send(.update(claim(on: lease, now)), uptime, attemptAt: ended.attemptAt)
            }
            failures = nil
            renewedAt = nil
            return nil
        case .lease(let lease):
            observe(lease, uptime, ended)
            observedAt = uptime
            changeSeenAt = uptime
            failures = nil
            // From before the request on: no other replica saw this renewal earlier.
            renewedAt = isHolder ? ended.startedAt : nil
            return nil
        case .notFound where ended.request == .get:
            recordAnswer(ended)
            // A lease that was deleted before it expired is waited for: its holder may not know yet.
            guard !isHeldByOther(at: uptime) else { return nil }
            observed = nil
            return send(.create(newRecord(now, transitions: 0)), uptime, attemptAt: ended.attemptAt)
        case .notFound, .conflict: failures = nil
        case .failed:
            failures = (failures?.begunAt ?? ended.startedAt, uptime, (failures?.count ?? 0) + 1)
        }
        // A write without a read before it that did not succeed: the read follows, while there is time.
        guard ended.isOptimistic, uptime < ended.attemptAt + timing.renewDeadline else { return nil }
        return send(.get, uptime, attemptAt: ended.attemptAt)
    }

    /// Releases the lease, so that the others need not wait until it expires. The replica serves no cluster families from
    /// now on.
    ///
    /// - Parameters:
    ///   - read: The lease as it was read after a conflict; nil for the one that was observed last.
    ///   - now: Wall time.
    /// - Returns: The request to send; nil where the lease is not ours. As in client-go's `release`, the record has no
    ///   holder and a duration of a second.
    package mutating func release(_ read: ElectionLease? = nil, now: Timestamp) -> Request? {
        isReleased = true
        guard var lease = read ?? observed, lease.record.holder == identity else { return nil }
        lease.record.holder = ""
        lease.record.duration = .seconds(1)
        lease.record.acquiredAt = now
        lease.record.renewedAt = now
        return .update(lease)
    }

    private mutating func send(
        _ request: Request,
        _ uptime: Duration,
        attemptAt: Duration,
        isOptimistic: Bool = false
    ) -> Request {
        pending = Pending(request: request, startedAt: uptime, attemptAt: attemptAt, isOptimistic: isOptimistic)
        return request
    }

    private mutating func observe(_ lease: ElectionLease, _ uptime: Duration, _ request: Pending) {
        if lease.record != observed?.record {
            if hasRead { changeSeenAt = uptime }
            observedAt = uptime
        }
        observed = lease
        recordAnswer(request)
    }

    /// Records that an answer named the holder of the lease, unless its request was sent before the process was stopped.
    private mutating func recordAnswer(_ request: Pending) {
        hasRead = true
        if let unknownSince, request.startedAt >= unknownSince { self.unknownSince = nil }
    }

    /// The lease as this replica renews or acquires it.
    private func claim(on lease: ElectionLease, _ now: Timestamp) -> ElectionLease {
        var claim = lease
        let isOurs = lease.record.holder == identity
        claim.record = newRecord(now, transitions: lease.record.transitions + (isOurs ? 0 : 1))
        if isOurs, let acquiredAt = lease.record.acquiredAt { claim.record.acquiredAt = acquiredAt }
        return claim
    }

    private func newRecord(_ now: Timestamp, transitions: Int) -> ElectionRecord {
        ElectionRecord(
            holder: identity,
            duration: timing.leaseDuration,
            acquiredAt: now,
            renewedAt: now,
            transitions: transitions
        )
    }
}
