/// The UID of a Kubernetes object, in 16 bytes.
///
/// Kubernetes writes UIDs as RFC 4122 text; these are kept as the number they spell. Any other text is folded into 128
/// bits by two FNV-1a hashes, so that an unusual UID still tells objects apart.
public struct UID: Hashable, Sendable, BitwiseCopyable {
    // In four words, so that a row with a UID need not be padded to 8 bytes.
    @usableFromInline var words: (UInt32, UInt32, UInt32, UInt32)

    /// The first half.
    @inlinable
    public var high: UInt64 { UInt64(words.0) << 32 | UInt64(words.1) }

    /// The second half.
    @inlinable
    public var low: UInt64 { UInt64(words.2) << 32 | UInt64(words.3) }

    /// The UID of nothing: no object has it.
    package static let none = UID(high: 0, low: 0)

    /// Creates a UID of its two halves.
    package init(high: UInt64, low: UInt64) {
        words = (
            UInt32(truncatingIfNeeded: high >> 32), UInt32(truncatingIfNeeded: high),
            UInt32(truncatingIfNeeded: low >> 32), UInt32(truncatingIfNeeded: low)
        )
    }

    /// Whether both are the same number.
    @inlinable
    public static func == (left: UID, right: UID) -> Bool {
        left.words == right.words
    }

    /// Feeds both halves to the hasher.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(high)
        hasher.combine(low)
    }

    /// Reads a UID's text; empty text is ``none``.
    package init(text bytes: UnsafeBufferPointer<UInt8>) {
        guard !bytes.isEmpty else {
            self = .none
            return
        }
        if let uuid = UID.uuid(bytes) {
            self = uuid
            return
        }
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x8422_2325_cbf2_9ce4
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte ^ 0x5a)) &* 0x100_0000_01b3
        }
        self.init(high: first, low: second | 1)
    }

    /// Reads a UID's text.
    package init(_ text: String) {
        var text = text
        self = text.withUTF8 { UID(text: $0) }
    }

    private static func uuid(_ bytes: UnsafeBufferPointer<UInt8>) -> UID? {
        guard bytes.count == 36,
            bytes[8] == dash, bytes[13] == dash, bytes[18] == dash, bytes[23] == dash
        else { return nil }
        guard let first = number(bytes, 0, 8), let second = number(bytes, 9, 4), let third = number(bytes, 14, 4),
            let fourth = number(bytes, 19, 4), let fifth = number(bytes, 24, 4), let sixth = number(bytes, 28, 8)
        else { return nil }
        return UID(high: first << 32 | second << 16 | third, low: fourth << 48 | fifth << 32 | sixth)
    }

    private static let dash = UInt8(ascii: "-")

    /// The number that lower-case hexadecimal digits spell; nil where one of them is none.
    @inline(__always)
    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> UInt64? {
        var value: UInt64 = 0
        // Bits of what is no digit pile up here, so that one look at the end tells: no branch a digit.
        var strange: UInt8 = 0
        for position in start..<start + count {
            let byte = bytes[position]
            let decimal = byte &- UInt8(ascii: "0")
            let letter = byte &- UInt8(ascii: "a")
            let isDecimal = decimal < 10
            strange |= isDecimal || letter < 6 ? 0 : 1
            value = value << 4 | UInt64(isDecimal ? decimal : letter &+ 10)
        }
        return strange == 0 ? value : nil
    }
}
