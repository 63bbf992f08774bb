import ClusterState
import FoundationEssentials
import TestFixtures
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-22T08:54:25Z", 1_795_337_665), ("2000-02-29T12:00:00Z", 951_825_600),
            ("1969-12-31T23:59:59Z", -1), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("2026-11-22T08:54:25.5Z", 1_795_337_665.5),
            ("2026-11-22T08:54:25.123456Z", 1_795_337_665.123456), ("2026-11-22t08:54:25z", 1_795_337_665),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
        ] as [(String, Double)]
    )
    func readsRFC3339(text: String, expected: Double) {
        #expect(Timestamp(rfc3339: text)?.seconds == expected)
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-11-22T08:54:25", "2026-11-22T08:54:25+01:00", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.1e3Z", "2026-01-01T00:00:00,5Z", "2026-01-01 00:00:00Z", "x026-01-01T00:00:00Z",
        "2026-01-01T00:00:00ZZ",
    ])
    func refusesOtherText(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func agreesWithFoundation() {
        var random = TestRandom(seed: 31)
        for _ in 0..<300 {
            let seconds = Int.random(in: -2_000_000_000...20_000_000_000, using: &random)
            let text = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
            #expect(Timestamp(rfc3339: text)?.seconds == Double(seconds), "\(text)")
        }
    }

    @Test func keepsMicroseconds() {
        #expect(Timestamp(seconds: 1_795_337_665, nanoseconds: 123_456_000).seconds == 1_795_337_665.123456)
        #expect(Timestamp(seconds: 1, nanoseconds: 0) < Timestamp(seconds: 1, nanoseconds: 1_000))
    }

    @Test(
        arguments: [(-5, 0), (0, 0), (1, 1), (4_294_967_295, 4_294_967_295), (1 << 40, 4_294_967_295)]
            as [(Int64, UInt32)]
    )
    func secondsAreClamped(seconds: Int64, expected: UInt32) {
        #expect(Seconds(clamping: seconds).value == expected)
        #expect(Seconds(clamping: seconds).isSet == (expected > 0))
    }
}
