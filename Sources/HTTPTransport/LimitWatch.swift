/// Which time limit of a request passes next, and when to nudge its peer, as a value: no clock, no task.
struct LimitWatch: Sendable {
    /// How long the body of a refusal may take, whatever trickles in: a few kilobytes that say why.
    static let refusalLimit = Duration.seconds(5)

    private let limits: TimeLimits
    private let nudge: Duration?
    private let start: Duration
    private var isConnected = false
    private var lastArrival: Duration?
    private var isNudged = false
    private var isPaused = false
    private var refusedAt: Duration?

    /// Starts the watch at `start`.
    ///
    /// - Parameters:
    ///   - limits: How long each part may take.
    ///   - nudge: After so long a quiet in the body the peer is to be nudged; nil for never.
    ///   - start: When the request began.
    init(_ limits: TimeLimits, nudge: Duration? = nil, start: Duration) {
        self.limits = limits
        self.nudge = nudge
        self.start = start
    }

    /// The connection stands.
    mutating func connected() {
        isConnected = true
    }

    /// The head or a chunk arrived.
    mutating func arrived(at now: Duration) {
        isConnected = true
        lastArrival = now
        isNudged = false
    }

    /// The head arrived, and its status is that of a refusal.
    mutating func refused(at now: Duration) {
        refusedAt = now
    }

    /// We take nothing more for now: that nothing arrives is our doing.
    mutating func paused() {
        isPaused = true
    }

    /// We take more: quiet counts from now on.
    mutating func resumed(at now: Duration) {
        isPaused = false
        lastArrival = now
    }

    /// Whether the peer is to be nudged now: once for each quiet.
    mutating func takeNudge(at now: Duration) -> Bool {
        guard let nudge, let lastArrival, !isNudged, now - lastArrival >= nudge else { return false }
        isNudged = true
        return true
    }

    /// The stage whose limit has passed, the earliest where several have; nil while all hold.
    func expiredStage(at now: Duration) -> String? {
        deadlines.filter { $0.at <= now }.min { $0.at < $1.at }?.stage
    }

    /// When to look again; nil where nothing can expire.
    ///
    /// Before the head and during a pause, the limit on quiet wakes too, and after a nudge the next one: what ends the wait may come at any
    /// moment, and what is counted from then must not be slept through. The first nudge is counted from the head, see
    /// ``TransferState/receive(head:)``.
    func nextWake(at now: Duration) -> Duration? {
        var wakes = deadlines.map(\.at)
        if lastArrival == nil || isPaused, let idle = limits.idle { wakes.append(now + idle) }
        if let nudge, let lastArrival { wakes.append((isNudged ? now : lastArrival) + nudge) }
        return wakes.min()
    }

    private var deadlines: [(at: Duration, stage: String)] {
        var result: [(at: Duration, stage: String)] = []
        if let total = limits.total {
            result.append((start + total, "total"))
        }
        if let refusedAt {
            result.append((refusedAt + Self.refusalLimit, "total"))
        }
        if let lastArrival {
            if !isPaused, let idle = limits.idle {
                result.append((lastArrival + idle, "idle"))
            }
            return result
        }
        if let head = limits.head {
            result.append((start + head, "head"))
        }
        if !isConnected, let connect = limits.connect {
            result.append((start + connect, "connect"))
        }
        return result
    }
}
