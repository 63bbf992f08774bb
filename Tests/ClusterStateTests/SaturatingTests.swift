import ClusterState
import Testing

/// Arithmetic over numbers that others write into the cluster: it is held at the ends of the range and never traps.
struct SaturatingTests {
    @Test func differencesStayInRange() {
        #expect(saturatingSubtract(.min, 1) == .min)
        #expect(saturatingSubtract(.max, -1) == .max)
        #expect(saturatingSubtract(0, .min) == .max)
        #expect(saturatingSubtract(5, 7) == -2)
    }

    @Test(arguments: [
        (Double.nan, Int64(0)), (.infinity, .max), (-.infinity, .min), (0x1p63, .max), (-0x1p63, .min), (1e300, .max),
        (2.9, 2), (-2.9, -2),
    ])
    func floatingPointIsClamped(_ value: Double, _ expected: Int64) {
        #expect(Int64(clamping: value) == expected)
    }

    /// The last second of the year 9999 is the most that RFC 3339 text can say; protobuf's int64 holds more.
    @Test func timesAreHeldInTheYearsThatTextCanSay() {
        #expect(Timestamp(seconds: .max, nanoseconds: 0) == Timestamp(rfc3339: "9999-12-31T23:59:59Z"))
        #expect(Timestamp(seconds: .min, nanoseconds: 0) == Timestamp(rfc3339: "0001-01-01T00:00:00Z"))
    }

    @Test func aPercentageOfTheLargestNumberIsNoTrap() {
        #expect(IntOrPercent.percent(.max).resolved(of: .max, rounding: .up) == .max)
        #expect(IntOrPercent.percent(34).resolved(of: 3, rounding: .up) == 2)
        #expect(IntOrPercent.percent(34).resolved(of: 3, rounding: .down) == 1)
        #expect(IntOrPercent.percent(100).resolved(of: 3, rounding: .up) == 3)
    }
}
