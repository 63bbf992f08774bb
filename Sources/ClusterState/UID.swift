/// The UID of a Kubernetes object, in 16 bytes.
///
/// Kubernetes writes UIDs as RFC 4122 text; these are kept as the number they spell. Any other text is folded into 128
/// bits by two FNV-1a hashes, so that an unusual UID still tells objects apart.
package struct UID: Hashable, Sendable, BitwiseCopyable {
    // In four words, so that a row with a UID need not be padded to 8 bytes.
    private var words: (UInt32, UInt32, UInt32, UInt32)

    /// The first half.
    package var high: UInt64 { UInt64(words.0) << 32 | UInt64(words.1) }

    /// The second half.
    package var low: UInt64 { UInt64(words.2) << 32 | UInt64(words.3) }

    /// The UID of nothing: no object has it.
    package static let none = UID(high: 0, low: 0)

    /// Creates a UID of its two halves.
    package init(high: UInt64, low: UInt64) {
        words = (
            UInt32(truncatingIfNeeded: high >> 32), UInt32(truncatingIfNeeded: high),
            UInt32(truncatingIfNeeded: low >> 32), UInt32(truncatingIfNeeded: low)
        )
    }

    package static func == (left: UID, right: UID) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
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
        guard bytes.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
            digits += 1
        }
        return UID(high: high, low: low)
    }
}
