/// A token bucket: as golang.org/x/time/rate's Limiter, which exporter-toolkit uses.
struct RequestRate: Sendable {
    private let limit: WebConfiguration.RateLimit
    /// Requests that are allowed now; a fraction grows to the next.
    private var allowed: Double
    private var lastAt: Duration

    /// Creates a full bucket.
    init(_ limit: WebConfiguration.RateLimit, at uptime: Duration) {
        self.limit = limit
        allowed = Double(limit.burst)
        lastAt = uptime
    }

    /// The limit that it keeps.
    var configured: WebConfiguration.RateLimit { limit }

    /// Takes one request; false where none is allowed now.
    mutating func take(at uptime: Duration) -> Bool {
        allowed = min(Double(limit.burst), allowed + max(0, (uptime - lastAt) / limit.interval))
        lastAt = max(lastAt, uptime)
        guard allowed >= 1 else { return false }
        allowed -= 1
        return true
    }
}
