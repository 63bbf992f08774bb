extension Timestamp {
    /// The moment as RFC 3339 text in UTC with milliseconds, `2026-11-22T08:54:25.000Z`; years beyond 0000–9999 are taken
    /// as the nearest of these.
    package var rfc3339: String {
        let bounded = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let milliseconds = Int64(clamping: (bounded * 1_000).rounded(.down))
        let (days, ofDay) = Self.divided(milliseconds, by: 86_400_000)
        let date = Self.date(days: days)
        return Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-" + Self.padded(date.day, 2)
            + "T" + Self.padded(ofDay / 3_600_000, 2)
            + ":" + Self.padded(ofDay / 60_000 % 60, 2)
            + ":" + Self.padded(ofDay / 1_000 % 60, 2)
            + "." + Self.padded(ofDay % 1_000, 3) + "Z"
    }

    /// The date of a day counted from 1970-01-01, after Howard Hinnant's `civil_from_days`.
    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Quotient rounded down, and the remainder, which is never negative.
    private static func divided(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let remainder = ((value % divisor) + divisor) % divisor
        return ((value - remainder) / divisor, remainder)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
