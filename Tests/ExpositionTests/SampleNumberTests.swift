import Testing

@testable import Exposition

struct SampleNumberTests {
    @Test(arguments: [
        (0.0, "0"), (-0.0, "-0"), (1, "1"), (9, "9"), (10, "10"), (-17, "-17"), (1_000_000, "1000000"),
        (1_781_234_567, "1781234567"), (9_007_199_254_740_992, "9007199254740992"),
        (-9_007_199_254_740_992, "-9007199254740992"), (9_007_199_254_740_994, "9.007199254740994e+15"),
        (1e21, "1e+21"),
        (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (-2.5, "-2.5"), (1.0 / 3.0, "0.3333333333333333"),
        (1_781_234_567.125, "1781234567.125"), (.leastNonzeroMagnitude, "5e-324"), (1e-7, "1e-07"),
        (1.7976931348623157e308, "1.7976931348623157e+308"), (-2.2250738585072014e-308, "-2.2250738585072014e-308"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (-.nan, "NaN"),
    ])
    func writesKnownPairs(value: Double, expected: String) {
        #expect(Self.text(value) == expected)
    }

    @Test func roundTripsAndStaysWithinTheLongest() {
        // A xorshift with a fixed seed: every bit pattern is a candidate.
        var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<20_000 {
            bits ^= bits << 13
            bits ^= bits >> 7
            bits ^= bits << 17
            let value = Double(bitPattern: bits)
            guard value.isFinite else { continue }
            let text = Self.text(value)
            #expect(Double(text) == value)
            #expect(text.utf8.count <= SampleNumber.maximumLength)
        }
    }

    private static func text(_ value: Double) -> String {
        let bytes = [UInt8](unsafeUninitializedCapacity: SampleNumber.maximumLength) { memory, count in
            var text = TextMemory(memory)
            SampleNumber.append(value, to: &text)
            count = text.count
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
