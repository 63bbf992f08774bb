/// A sample's value as text that Prometheus, Go, and Python read back as the same number.
enum SampleNumber {
    /// The longest text a number can have: `-2.2250738585072014e-308`.
    static let maximumLength = 24

    /// Integers up to 2^53 are exact in a `Double` and written in digits, larger ones with an exponent.
    private static let largestExactInteger = 9_007_199_254_740_992.0

    /// Appends the text: integers without a fraction, others as the shortest text that reads back the same.
    static func append(_ value: Double, to text: inout TextMemory) {
        if value.magnitude <= largestExactInteger, let whole = Int64(exactly: value) {
            if value.sign == .minus { text.append(UInt8(ascii: "-")) }
            return text.append(integer: whole.magnitude)
        }
        guard value.isFinite else {
            let word: StaticString = value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
            return word.withUTF8Buffer { text.append($0) }
        }
        var shortest = value.description
        shortest.withUTF8 { text.append($0) }
    }
}
