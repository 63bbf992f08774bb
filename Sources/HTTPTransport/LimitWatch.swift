/// Which time limit of a request passes next, as a value: no clock, no task.
struct LimitWatch: Sendable {
    private let limits: TimeLimits
    private let start: Duration
    private var isConnected = false
    private var lastArrival: Duration?

    /// Starts the watch at `start`.
    init(_ limits: TimeLimits, start: Duration) {
        self.limits = limits
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
    }

    /// The stage whose limit has passed, the earliest where several have; nil while all hold.
    func expiredStage(at now: Duration) -> String? {
        deadlines.filter { $0.at <= now }.min { $0.at < $1.at }?.stage
    }

    /// When to look again; nil where nothing can expire.
    ///
    /// Before the head, the limit on quiet wakes too: the head may come at any moment, and the limit counted from
    /// then must not be slept through.
    func nextWake(at now: Duration) -> Duration? {
        let next = deadlines.map(\.at).min()
        guard lastArrival == nil, let idle = limits.idle else { return next }
        return min(next ?? now + idle, now + idle)
    }

    private var deadlines: [(at: Duration, stage: String)] {
        var result: [(at: Duration, stage: String)] = []
        if let total = limits.total {
            result.append((start + total, "total"))
        }
        if let lastArrival {
            if let idle = limits.idle {
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
