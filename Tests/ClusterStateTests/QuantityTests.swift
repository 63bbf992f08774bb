import ClusterState
import TestFixtures
import Testing

struct QuantityTests {
    private static func parse(
        _ text: String,
        _ read: (UnsafeBufferPointer<UInt8>) -> Int64?
    ) -> Int64? {
        Array(text.utf8).withUnsafeBufferPointer(read)
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1_000), ("2", 2_000), ("100m", 100), ("1500m", 1_500), ("0.1", 100), (".5", 500),
            ("1.", 1_000),
            ("1.5", 1_500), ("0.0001", 1), ("1u", 1), ("1001u", 2), ("100n", 1), ("2k", 2_000_000), ("1e3", 1_000_000),
            ("1E3", 1_000_000), ("1e-3", 1), ("1e+2", 100_000), ("1Ki", 1_024_000), ("+3", 3_000), ("-250m", -250),
            ("-0.0001", -1), ("-0", 0), ("000100m", 100), ("0.000000000000000000000000000001", 1), ("1e-400", 1),
            ("1E", 9_223_372_036_854_775_807), ("0e400", 0), ("9223372036854775807m", .max),
            ("999999999999m", 999_999_999_999),
            ("123456789012345", 123_456_789_012_345_000),
        ] as [(String, Int64)]
    )
    func readsThousandths(text: String, expected: Int64) {
        #expect(Self.parse(text, Quantity.milli) == expected)
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("128Mi", 134_217_728), ("1Gi", 1_073_741_824), ("1.5Gi", 1_610_612_736),
            ("64Ki", 65_536), ("1Ti", 1_099_511_627_776), ("1Pi", 1_125_899_906_842_624),
            ("1Ei", 1_152_921_504_606_846_976), ("7Ei", 8_070_450_532_247_928_832), ("8Ei", .max), ("1k", 1_000),
            ("1M", 1_000_000), ("1G", 1_000_000_000), ("1T", 1_000_000_000_000), ("1P", 1_000_000_000_000_000),
            ("1E", 1_000_000_000_000_000_000), ("9E", 9_000_000_000_000_000_000), ("10E", .max), ("12e6", 12_000_000),
            ("1e18", 1_000_000_000_000_000_000), ("1e19", .max), ("1e99999999999", .max), ("128974848", 128_974_848),
            ("129e6", 129_000_000), ("128974848000m", 128_974_848), ("1m", 1), ("999m", 1), ("1001m", 2), ("1n", 1),
            ("0.5", 1), ("0.1Ki", 103), ("0.5Mi", 524_288), ("-1Ki", -1_024), ("-1m", -1),
            ("999999Gi", 1_073_740_750_258_176),
            ("9223372036854775807", .max), ("9223372036854775806", 9_223_372_036_854_775_806),
            ("9223372036854775808", .max), ("-9223372036854775808", -.max), ("110", 110),
        ] as [(String, Int64)]
    )
    func readsWholeUnits(text: String, expected: Int64) {
        #expect(Self.parse(text, Quantity.whole) == expected)
    }

    @Test(arguments: [
        "", " ", "m", "Mi", ".", "-", "+", "1x", "1mi", "1KI", "1ki", "1Mi ", " 1", "1 Mi", "1..5", "1.2.3", "e3", "1e",
        "1e1.5", "1e3m", "--1", "+-1", "0x10", "1MiB", "١", "1\0", "NaN", "inf", "1,5", "1i",
    ])
    func refusesWhatIsNoQuantity(text: String) {
        #expect(Self.parse(text, Quantity.milli) == nil)
        #expect(Self.parse(text, Quantity.whole) == nil)
    }

    /// The short way for plain numbers gives what the exact way gives.
    @Test func shortWayAgreesWithTheExactOne() {
        var random = TestRandom(seed: 21)
        let suffixes = ["", "m", "u", "n", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "e2", "x", "i", "mi"]
        for _ in 0..<4_000 {
            let digits = Int.random(in: 1...18, using: &random)
            var text = (0..<digits).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
            if Int.random(in: 0..<4, using: &random) == 0 { text += ".5" }
            text += suffixes.randomElement(using: &random) ?? ""
            #expect(Self.parse(text, Quantity.milli) == Self.parse(text) { Quantity.parse($0, scale: 3) }, "\(text)")
            #expect(Self.parse(text, Quantity.whole) == Self.parse(text) { Quantity.parse($0, scale: 0) }, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("25%", .percent(25)), ("0%", .percent(0)), ("100%", .percent(100)), ("%", .invalid), ("25", .invalid),
            ("-5%", .invalid), ("+5%", .invalid), ("2.5%", .invalid), ("", .invalid), ("99999999999%", .invalid),
        ] as [(String, IntOrPercent)]
    )
    func readsPercentages(text: String, expected: IntOrPercent) {
        #expect(IntOrPercent(text: text) == expected)
    }

    @Test(
        arguments: [
            (.number(2), 10, .up, 2), (.percent(25), 10, .up, 3), (.percent(25), 10, .down, 2),
            (.percent(0), 10, .up, 0),
            (.percent(100), 7, .down, 7), (.percent(1), 1, .up, 1), (.percent(1), 1, .down, 0),
            (.invalid, 10, .up, nil),
        ] as [(IntOrPercent, Int, IntOrPercent.Rounding, Int?)]
    )
    func resolvesPercentages(value: IntOrPercent, total: Int, rounding: IntOrPercent.Rounding, expected: Int?) {
        #expect(value.resolved(of: total, rounding: rounding) == expected)
    }

    @Test func sumsStayAtTheLargestNumber() {
        #expect(saturatingAdd(.max, 1) == .max)
        #expect(saturatingAdd(.min, -1) == .min)
        #expect(saturatingAdd(2, 3) == 5)
        let sum = Resources(milliCPU: .max, memoryBytes: 1) + Resources(milliCPU: 5, memoryBytes: 2)
        #expect(sum == Resources(milliCPU: .max, memoryBytes: 3))
        #expect(
            Resources.max(Resources(milliCPU: 1, memoryBytes: 9), Resources(milliCPU: 2, memoryBytes: 3))
                == Resources(milliCPU: 2, memoryBytes: 9)
        )
    }
}
