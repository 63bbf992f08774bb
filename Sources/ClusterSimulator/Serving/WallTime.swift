import ClusterState

/// Wall time, in seconds since 1970, in the text forms of the API and of HTTP.
enum WallTime {
    /// `2026-11-22T08:52:26`.
    private static func dateAndTime(_ time: Int64) -> Substring {
        Timestamp(seconds: Double(time)).rfc3339.prefix(19)
    }

    /// `2026-11-22T08:52:26Z`, with six digits of a second where `nanoseconds` is given.
    static func rfc3339(_ time: Int64, nanoseconds: Int64? = nil) -> String {
        let fraction = nanoseconds.map { "." + ScriptedCluster.padded(Int($0 / 1000), 6) } ?? ""
        return "\(dateAndTime(time))\(fraction)Z"
    }

    /// `Sun, 22 Nov 2026 08:23:15 GMT`.
    static func httpDate(_ time: Int64) -> String {
        let parts = dateAndTime(time).split { $0 == "-" || $0 == "T" }
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(((time / 86_400) % 7 + 7) % 7)]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = Int(parts[1]).map { months[$0 - 1] } ?? ""
        return "\(weekday), \(parts[2]) \(month) \(parts[0]) \(parts[3]) GMT"
    }

    /// Seconds and nanoseconds of an RFC 3339 time in UTC, to the microsecond; nil for anything else.
    static func parse(_ text: String) -> (seconds: Int64, nanoseconds: Int64)? {
        guard let time = Timestamp(rfc3339: text) else { return nil }
        let microseconds = Int64((time.seconds * 1e6).rounded())
        return (microseconds / 1_000_000, microseconds % 1_000_000 * 1_000)
    }
}
