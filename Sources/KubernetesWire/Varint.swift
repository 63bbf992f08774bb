/// A base-128 varint of protobuf, put together byte by byte: each byte holds seven bits, the low ones first, and its eighth
/// bit is set where another byte follows.
package struct Varint {
    /// The number so far.
    package private(set) var value: UInt64 = 0
    private var shift: UInt64 = 0

    /// Creates a number without bytes.
    package init() {}

    /// Adds the next byte.
    ///
    /// - Returns: Whether it was the last one; nil where the number does not fit into 64 bits.
    package mutating func add(_ byte: UInt8) -> Bool? {
        // The tenth byte holds the 64th bit alone.
        if shift == 63 && byte > 1 { return nil }
        value |= UInt64(byte & 0x7f) << shift
        shift += 7
        return byte < 0x80
    }
}

extension [UInt8] {
    /// Appends a varint.
    @inlinable package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a length-delimited field.
    @inlinable package mutating func appendField(_ number: some BinaryInteger, _ value: some Collection<UInt8>) {
        appendVarint(UInt64(number) << 3 | 2)
        appendVarint(UInt64(value.count))
        append(contentsOf: value)
    }
}
