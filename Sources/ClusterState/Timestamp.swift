/// A moment, in seconds since 1970-01-01T00:00:00Z.
///
/// A Double keeps the microseconds of a Lease's times for centuries to come. Rows of which there are many keep whole
/// seconds in 4 bytes instead (``Seconds``).
package struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Seconds since the epoch.
    package var seconds: Double

    /// Creates a moment from seconds since the epoch.
    package init(seconds: Double) {
        self.seconds = seconds
    }

    /// The seconds of the years 0001 to 9999: what metav1.Time can hold where it was written as RFC 3339 text.
    package static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Creates a moment from the two parts that Kubernetes' Time and MicroTime have; one beyond ``range``, which can be
    /// written as protobuf alone, is held at its ends.
    package init(seconds: Int64, nanoseconds: Int32) {
        let bounded = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
        self.seconds = Double(bounded) + Double(nanoseconds) / 1e9
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.seconds < right.seconds
    }

    /// Reads RFC 3339 text in UTC, as Kubernetes writes it: `2026-11-22T08:54:25Z`, with or without a fraction.
    ///
    /// - Returns: nil where the text is anything else.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 0x2d, bytes[7] == 0x2d, bytes[10] == 0x54 || bytes[10] == 0x74,
            bytes[13] == 0x3a, bytes[16] == 0x3a, bytes[bytes.count - 1] == 0x5a || bytes[bytes.count - 1] == 0x7a,
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var fraction = 0.0
        if bytes.count > 20 {
            guard bytes[19] == 0x2e, bytes.count > 21,
                bytes[20..<bytes.count - 1].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let digits = Double("0." + String(decoding: bytes[20..<bytes.count - 1], as: UTF8.self))
            else { return nil }
            fraction = digits
        }
        guard let whole = Timestamp(year, month, day, hour, minute, second) else { return nil }
        seconds = whole.seconds + fraction
    }

    /// Creates a moment from a date and time in UTC; nil where there is no such date. A second of 60 is a leap second, which
    /// counts as the one after.
    package init?(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) {
        guard (0...9_999).contains(year), (1...12).contains(month), day >= 1, (0..<24).contains(hour),
            (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        // Days since the epoch of a proleptic Gregorian date, after Howard Hinnant's `days_from_civil`.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard day <= length else { return nil }
        let days = era * 146_097 + dayOfEra - 719_468
        seconds = Double(days * 86_400 + hour * 3_600 + minute * 60 + second)
    }
}

/// Whole seconds since 1970, in 4 bytes; ``none`` where there is no such moment. Good until 2106.
package struct Seconds: Hashable, Comparable, Sendable, BitwiseCopyable {
    package var value: UInt32

    /// No moment.
    package static let none = Seconds(value: 0)

    /// Creates a moment from seconds since the epoch, as stored.
    package init(value: UInt32) {
        self.value = value
    }

    /// Creates a moment, clamped into what 4 bytes hold; 0 and before are ``none``.
    package init(clamping seconds: Int64) {
        value = UInt32(clamping: seconds)
    }

    /// Whether there is such a moment.
    package var isSet: Bool { value != 0 }

    /// The moment as a ``Timestamp``.
    package var timestamp: Timestamp { Timestamp(seconds: Double(value)) }

    /// The moment as a ``Timestamp``; nil where there is none.
    package var timestampIfSet: Timestamp? { isSet ? timestamp : nil }

    package static func < (left: Seconds, right: Seconds) -> Bool {
        left.value < right.value
    }
}
