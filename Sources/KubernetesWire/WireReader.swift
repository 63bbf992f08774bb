package import ClusterState

/// Reads the fields of one protobuf message, one after the other, straight from the bytes.
///
/// ```
/// while try reader.next() {
///     switch reader.field {
///     case 1: name = try reader.string(&interner)
///     default: try reader.skip()
///     }
/// }
/// ```
/// Every read is checked against the end of the message first and throws a ``WireError``; nothing relies on the checks
/// of pointer subscripts, which are gone at -O, or on traps. A reader is valid only as long as its bytes.
package struct WireReader {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int
    /// Where `bytes` begins in the stream that errors count in.
    private let base: Int
    /// The message being read, as a path of field names.
    package let path: StaticString
    /// The number of the field that ``next()`` came to.
    package private(set) var field: UInt32 = 0
    private var wireType: UInt8 = 0

    /// Creates a reader over a whole message.
    ///
    /// - Parameters:
    ///   - bytes: The message.
    ///   - path: Its name in errors.
    ///   - base: Where it begins in the stream, for errors.
    package init(_ bytes: UnsafeRawBufferPointer, path: StaticString, base: Int = 0) {
        self.bytes = bytes
        position = 0
        end = bytes.count
        self.base = base
        self.path = path
    }

    /// An error at the present place.
    package func error(_ problem: WireError.Problem) -> WireError {
        WireError(path: "\(path)", field: field, offset: base + position, problem: problem)
    }

    @inline(__always)
    private mutating func byte() throws(WireError) -> UInt8 {
        guard position < end else { throw error(.truncated) }
        defer { position += 1 }
        return bytes.load(fromByteOffset: position, as: UInt8.self)
    }

    @inline(__always)
    private mutating func varint() throws(WireError) -> UInt64 {
        let first = try byte()
        if first < 0x80 { return UInt64(first) }
        return try longVarint(first)
    }

    private mutating func longVarint(_ first: UInt8) throws(WireError) -> UInt64 {
        var number = Varint()
        var next = first
        while true {
            guard let isLast = number.add(next) else { throw error(.overlongVarint) }
            if isLast { return number.value }
            next = try byte()
        }
    }

    /// Moves on to the next field. Returns false at the end of the message.
    @inline(__always)
    package mutating func next() throws(WireError) -> Bool {
        guard position < end else { return false }
        field = 0
        let tag = try varint()
        let number = tag >> 3
        guard number > 0, number < 1 << 29 else { throw error(.invalidFieldNumber(number)) }
        field = UInt32(truncatingIfNeeded: number)
        wireType = UInt8(truncatingIfNeeded: tag & 7)
        return true
    }

    /// Passes over the value of the field.
    package mutating func skip() throws(WireError) {
        // Most of what is passed over are messages and strings: a branch that is foreseen, instead of a jump table.
        if wireType == 2 {
            _ = try range()
            return
        }
        switch wireType {
        case 0: _ = try varint()
        case 1: try advance(8)
        case 5: try advance(4)
        default: throw error(.unsupportedWireType(wireType))
        }
    }

    /// How many fields of that number there are from here to the end of the message; the reader stays where it is.
    package func count(of number: UInt32) throws(WireError) -> Int {
        var rest = self
        var count = 0
        while try rest.next() {
            if rest.field == number { count += 1 }
            try rest.skip()
        }
        return count
    }

    private mutating func advance(_ count: Int) throws(WireError) {
        guard end - position >= count else { throw error(.truncated) }
        position += count
    }

    /// The bounds of a length-delimited value, passed over.
    @inline(__always)
    private mutating func range() throws(WireError) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - position) else { throw error(.lengthBeyondEnd(length)) }
        let start = position
        position += Int(length)
        return start..<position
    }

    @inline(__always)
    private func expect(_ type: UInt8) throws(WireError) {
        if wireType == type { return }
        // Groups are refused as what they are; other mismatches as what they are not.
        throw error(
            wireType == 3 || wireType == 4 || wireType > 5
                ? .unsupportedWireType(wireType) : .unexpectedWireType(wireType)
        )
    }

    /// A length-delimited value as bytes, valid only as long as the reader's.
    @inline(__always)
    package mutating func rawBytes() throws(WireError) -> UnsafeRawBufferPointer {
        try expect(2)
        let range = try range()
        return UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    /// A length-delimited value as UTF-8 bytes, valid only as long as the reader's.
    @inline(__always)
    package mutating func text() throws(WireError) -> UnsafeBufferPointer<UInt8> {
        try rawBytes().assumingMemoryBound(to: UInt8.self)
    }

    /// A string, interned.
    package mutating func string(_ interner: inout Interner) throws(WireError) -> StringID {
        interner.intern(utf8: try text())
    }

    /// A string. Bytes that are not UTF-8 are repaired.
    package mutating func string() throws(WireError) -> String {
        String(decoding: try text(), as: UTF8.self)
    }

    /// Whether a string is the given text.
    package mutating func stringEquals(_ wanted: StaticString) throws(WireError) -> Bool {
        wanted.equals(try text())
    }

    /// An int64, enum or bool as a number.
    package mutating func int64() throws(WireError) -> Int64 {
        try expect(0)
        return Int64(bitPattern: try varint())
    }

    /// An int32: what is beyond 32 bits is cut off, as protobuf demands.
    package mutating func int32() throws(WireError) -> Int32 {
        Int32(truncatingIfNeeded: try int64())
    }

    /// A bool.
    package mutating func bool() throws(WireError) -> Bool {
        try int64() != 0
    }

    /// A reader over an embedded message, whose name in errors is the path.
    package mutating func message(_ path: StaticString) throws(WireError) -> WireReader {
        try expect(2)
        let range = try range()
        return WireReader(
            UnsafeRawBufferPointer(rebasing: bytes[range]),
            path: path,
            base: base + range.lowerBound
        )
    }
}

extension StaticString {
    /// Whether the bytes are this text.
    func equals(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count == utf8CodeUnitCount else { return false }
        return withUTF8Buffer { text in
            for position in 0..<text.count where text[position] != bytes[position] { return false }
            return true
        }
    }
}
