/// A scalar as written: its text, and whether quotes made it a text for certain.
package struct ConfigurationScalar: Sendable, Hashable {
    /// How the scalar is written.
    package enum Style: Sendable, Hashable {
        /// Without quotes: may be null, a boolean or a number.
        case plain
        /// In quotes, as a block (`|`, `>`) or tagged `!!str`: a text whatever it looks like.
        case quoted
    }

    /// What a scalar means by its text and style.
    package enum Meaning: Sendable, Hashable {
        /// Nothing: empty, `~` or `null`.
        case null
        /// A boolean.
        case bool(Bool)
        /// A whole number.
        case integer(Int)
        /// A number with a fraction or exponent, or a whole one beyond 64 bits.
        case number(Double)
        /// A text.
        case text
    }

    /// The text, quotes and escapes resolved.
    package var text: String
    /// How it is written.
    package var style: Style

    /// Creates a scalar.
    package init(_ text: String, _ style: Style) {
        self.text = text
        self.style = style
    }

    /// What the scalar means.
    ///
    /// The words are those that Kubernetes' own YAML reader takes (YAML 1.1: `yes` and `on` are booleans too), so that a
    /// file means here what it means to kubectl.
    package var plainMeaning: Meaning {
        guard style == .plain else { return .text }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
        default: return numberMeaning
        }
    }

    private var numberMeaning: Meaning {
        var digits = Substring(text)
        var isNegative = false
        if let sign = digits.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            digits = digits.dropFirst()
        }
        guard let first = digits.utf8.first, (0x30...0x39).contains(first) || first == 0x2e else { return .text }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            let rest = digits.dropFirst(2)
            guard rest.utf8.first != 0x2d, rest.utf8.first != 0x2b, let value = Int(rest, radix: radix) else {
                return .text
            }
            return .integer(isNegative ? -value : value)
        }
        // Double(_:) would also take "0x1p3", "1_0" is not a number to it, "inf" and "nan" do not begin with a digit.
        guard digits.utf8.allSatisfy({ Self.numberBytes.contains($0) }), let number = Double(digits) else {
            return .text
        }
        if digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(digits) {
            return .integer(isNegative ? -value : value)
        }
        return .number(isNegative ? -number : number)
    }

    private static let numberBytes = Set("0123456789.eE+-".utf8)
}

extension ConfigurationScalar: CustomStringConvertible, CustomReflectable {
    /// Kind and length only: a scalar may be a secret, and must not reach a log by being printed.
    package var description: String { "\(style) scalar of \(text.utf8.count) bytes" }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
