/// Wall time in the text forms of the API and of HTTP.
enum WallTime {
    private struct Parts {
        var year: Int64
        var month: Int64
        var day: Int64
        var second: Int64
        var weekday: Int
    }

    /// The date of a number of days since 1970, after Howard Hinnant's `civil_from_days`.
    private static func parts(_ time: Int64) -> Parts {
        let days = time >= 0 ? time / 86_400 : (time - 86_399) / 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return Parts(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1,
            second: time - days * 86_400,
            weekday: Int(((days + 4) % 7 + 7) % 7)
        )
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : String(number)
    }

    private static func clock(_ second: Int64) -> String {
        "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    }

    /// `2026-11-22T08:52:26Z`, with six digits of a second where `nanoseconds` is given.
    static func rfc3339(_ time: Int64, nanoseconds: Int64? = nil) -> String {
        let parts = parts(time)
        let fraction = nanoseconds.map { "." + ScriptedCluster.padded(Int($0 / 1000), 6) } ?? ""
        return "\(parts.year)-\(two(parts.month))-\(two(parts.day))T\(clock(parts.second))\(fraction)Z"
    }

    /// `Sun, 22 Nov 2026 08:23:15 GMT`.
    static func httpDate(_ time: Int64) -> String {
        let parts = parts(time)
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][parts.weekday]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = months[Int(parts.month - 1)]
        return "\(weekday), \(two(parts.day)) \(month) \(parts.year) \(clock(parts.second)) GMT"
    }

    /// Seconds and nanoseconds of an RFC 3339 time in UTC; nil for anything else.
    static func parse(_ text: String) -> (seconds: Int64, nanoseconds: Int64)? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == 0x5A, bytes[10] == 0x54 else { return nil }
        func number(_ range: Range<Int>) -> Int64? { Int64(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let digits = bytes[19..<bytes.count - 1].dropFirst().prefix(9)
        let fraction = String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: 9 - digits.count)
        guard let nanoseconds = Int64(fraction) else { return nil }
        return (days * 86_400 + hour * 3600 + minute * 60 + second, nanoseconds)
    }
}
