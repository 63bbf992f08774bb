import KubernetesWire

/// Reads the fields of a protobuf message with their bytes unchanged: tag, length and value. `WireReader` gives values
/// without the bytes that a redacted capture copies.
struct FieldReader {
    /// One field.
    struct Field {
        /// Its number.
        let number: UInt32
        /// All of it.
        let bytes: ArraySlice<UInt8>
        /// Whether it has a length: a message, a text, bytes.
        let isMessage: Bool
        private let value: ArraySlice<UInt8>

        fileprivate init(number: UInt32, bytes: ArraySlice<UInt8>, isMessage: Bool, value: ArraySlice<UInt8>) {
            self.number = number
            self.bytes = bytes
            self.isMessage = isMessage
            self.value = value
        }

        /// The bytes after the length.
        func message() throws(WireError) -> ArraySlice<UInt8> {
            guard isMessage else {
                throw WireError(
                    path: "Object",
                    field: number,
                    offset: bytes.startIndex,
                    problem: .unexpectedWireType((bytes.first ?? 0) & 7)
                )
            }
            return value
        }
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// Begins at the start of a message.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private func error(_ problem: WireError.Problem) -> WireError {
        WireError(path: "Object", offset: position, problem: problem)
    }

    private mutating func varint() throws(WireError) -> UInt64 {
        var number = Varint()
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            guard let isLast = number.add(byte) else { throw error(.overlongVarint) }
            if isLast { return number.value }
        }
        throw error(.truncated)
    }

    /// The next field; nil at the end.
    mutating func next() throws(WireError) -> Field? {
        guard position < bytes.endIndex else { return nil }
        let start = position
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw error(.invalidFieldNumber(tag >> 3)) }
        var valueStart = position
        switch tag & 7 {
        case 0: _ = try varint()
        case 1: try advance(8)
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.endIndex - position) else { throw error(.lengthBeyondEnd(length)) }
            valueStart = position
            position += Int(length)
        case 5: try advance(4)
        default: throw error(.unsupportedWireType(UInt8(tag & 7)))
        }
        return Field(
            number: UInt32(truncatingIfNeeded: tag >> 3),
            bytes: bytes[start..<position],
            isMessage: tag & 7 == 2,
            value: bytes[valueStart..<position]
        )
    }

    private mutating func advance(_ count: Int) throws(WireError) {
        guard bytes.endIndex - position >= count else { throw error(.truncated) }
        position += count
    }
}
