/// Reads Kubernetes quantities (`100m`, `1.5Gi`, `2e3`) exactly.
///
/// Grammar and rounding as apimachinery's `resource.Quantity`: suffixes n u m k M G T P E, Ki … Ei, `e`/`E` with an
/// exponent; `Value()` and `MilliValue()` round away from zero.
package enum Quantity {
    /// The quantity in units of 10^-`scale`, rounded up (away from zero); nil where the text is no quantity. Beyond 64
    /// bits it stays at the largest number.
    package static func parse(_ bytes: UnsafeBufferPointer<UInt8>, scale: Int) -> Int64? {
        var position = 0
        var isNegative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        var mantissa = Magnitude()
        var fractionDigits = 0
        var digits = 0
        var sawPoint = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else if byte >= 0x30, byte <= 0x39 {
                mantissa.multiply(by: 10)
                mantissa.add(UInt64(byte - 0x30))
                digits += 1
                if sawPoint { fractionDigits += 1 }
            } else {
                break
            }
            position += 1
        }
        guard digits > 0 else { return nil }
        guard let (binary, decimal) = suffix(UnsafeBufferPointer(rebasing: bytes[position...])) else { return nil }
        for _ in 0..<binary { mantissa.multiply(by: 2) }
        let exponent = decimal + scale - fractionDigits
        if exponent >= 0 {
            for _ in 0..<min(exponent, 80) { mantissa.multiply(by: 10) }
        } else {
            mantissa.divideRoundingUp(powerOfTen: -exponent)
        }
        let magnitude = mantissa.clamped
        return isNegative ? -magnitude : magnitude
    }

    /// Thousandths, rounded up: how cpu is counted.
    package static func milli(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        // Nearly all of them are `100m` or `2`: up to 15 digits, so that nothing overflows.
        if let (digits, suffix) = plain(bytes) {
            if suffix == nil { return digits * 1_000 }
            if suffix == UInt8(ascii: "m") { return digits }
        }
        return parse(bytes, scale: 3)
    }

    /// Whole units, rounded up: how memory and counts are counted.
    package static func whole(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        if bytes.count <= 8, bytes.last == UInt8(ascii: "i"),
            let (digits, suffix) = plain(UnsafeBufferPointer(rebasing: bytes.dropLast()))
        {
            // At most six digits here: below 2^50.
            if suffix == UInt8(ascii: "K") { return digits << 10 }
            if suffix == UInt8(ascii: "M") { return digits << 20 }
            if suffix == UInt8(ascii: "G") { return digits << 30 }
        } else if let (digits, suffix) = plain(bytes), suffix == nil {
            return digits
        }
        return parse(bytes, scale: 0)
    }

    /// Up to 15 digits and at most one more byte; nil for any other text.
    private static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> (digits: Int64, suffix: UInt8?)? {
        guard let first = bytes.first, first >= 0x30, first <= 0x39, bytes.count <= 15 else { return nil }
        var value: Int64 = 0
        for position in 0..<bytes.count {
            let byte = bytes[position]
            if byte < 0x30 || byte > 0x39 { return position == bytes.count - 1 ? (value, byte) : nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return (value, nil)
    }

    /// The powers of two and of ten that a suffix stands for.
    private static func suffix(_ text: UnsafeBufferPointer<UInt8>) -> (binary: Int, decimal: Int)? {
        guard let first = text.first else { return (0, 0) }
        if text.count == 1 {
            switch first {
            case UInt8(ascii: "n"): return (0, -9)
            case UInt8(ascii: "u"): return (0, -6)
            case UInt8(ascii: "m"): return (0, -3)
            case UInt8(ascii: "k"): return (0, 3)
            case UInt8(ascii: "M"): return (0, 6)
            case UInt8(ascii: "G"): return (0, 9)
            case UInt8(ascii: "T"): return (0, 12)
            case UInt8(ascii: "P"): return (0, 15)
            case UInt8(ascii: "E"): return (0, 18)
            default: return nil
            }
        }
        if text.count == 2, text[1] == UInt8(ascii: "i") {
            switch first {
            case UInt8(ascii: "K"): return (10, 0)
            case UInt8(ascii: "M"): return (20, 0)
            case UInt8(ascii: "G"): return (30, 0)
            case UInt8(ascii: "T"): return (40, 0)
            case UInt8(ascii: "P"): return (50, 0)
            case UInt8(ascii: "E"): return (60, 0)
            default: return nil
            }
        }
        guard first == UInt8(ascii: "e") || first == UInt8(ascii: "E"),
            let exponent = Int(String(decoding: text.dropFirst(), as: UTF8.self))
        else { return nil }
        // Beyond that everything but zero is too large, or the smallest amount there is.
        return (0, max(-400, min(400, exponent)))
    }

    /// A number of up to 256 bits; beyond that it stays "too large".
    private struct Magnitude {
        private var limbs: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        private var isTooLarge = false

        private static func multiplyAdd(_ limb: UInt64, _ factor: UInt64, _ carry: UInt64) -> (UInt64, UInt64) {
            let (high, low) = limb.multipliedFullWidth(by: factor)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            return (sum, high &+ (overflow ? 1 : 0))
        }

        mutating func multiply(by factor: UInt64) {
            var carry: UInt64 = 0
            (limbs.0, carry) = Self.multiplyAdd(limbs.0, factor, carry)
            (limbs.1, carry) = Self.multiplyAdd(limbs.1, factor, carry)
            (limbs.2, carry) = Self.multiplyAdd(limbs.2, factor, carry)
            (limbs.3, carry) = Self.multiplyAdd(limbs.3, factor, carry)
            if carry != 0 { isTooLarge = true }
        }

        mutating func add(_ value: UInt64) {
            var carry = value
            (limbs.0, carry) = Self.multiplyAdd(limbs.0, 1, carry)
            (limbs.1, carry) = Self.multiplyAdd(limbs.1, 1, carry)
            (limbs.2, carry) = Self.multiplyAdd(limbs.2, 1, carry)
            (limbs.3, carry) = Self.multiplyAdd(limbs.3, 1, carry)
            if carry != 0 { isTooLarge = true }
        }

        mutating func divideRoundingUp(powerOfTen: Int) {
            var remainder = false
            for _ in 0..<powerOfTen {
                var rest: UInt64 = 0
                (limbs.3, rest) = UInt64(10).dividingFullWidth((rest, limbs.3))
                (limbs.2, rest) = UInt64(10).dividingFullWidth((rest, limbs.2))
                (limbs.1, rest) = UInt64(10).dividingFullWidth((rest, limbs.1))
                (limbs.0, rest) = UInt64(10).dividingFullWidth((rest, limbs.0))
                if rest != 0 { remainder = true }
            }
            if remainder { add(1) }
        }

        var clamped: Int64 {
            if isTooLarge || limbs.1 != 0 || limbs.2 != 0 || limbs.3 != 0 { return .max }
            return Int64(clamping: limbs.0)
        }
    }
}

/// A number, or a percentage of another: Kubernetes' IntOrString.
package enum IntOrPercent: Hashable, Sendable, BitwiseCopyable {
    case number(Int32)
    case percent(Int32)
    /// Text that is neither: nothing can be worked out from it.
    case invalid

    /// Reads the text form: digits followed by `%`.
    package init(text: String) {
        guard text.hasSuffix("%"), text.utf8.dropLast().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let value = Int32(text.dropLast())
        else {
            self = .invalid
            return
        }
        self = .percent(value)
    }

    /// Which way a fraction goes.
    package enum Rounding: Sendable { case up, down }

    /// The number it stands for out of a total; nil for ``invalid``.
    package func resolved(of total: Int, rounding: Rounding) -> Int? {
        switch self {
        case .number(let value): return Int(value)
        case .percent(let percent):
            let (product, overflow) = total.multipliedReportingOverflow(by: Int(percent))
            if overflow { return .max }
            return product / 100 + (rounding == .up && product % 100 > 0 ? 1 : 0)
        case .invalid: return nil
        }
    }
}
