import KubernetesWire

/// One protobuf message as its fields in order, without a schema.
///
/// What is not edited is written back as it was read: unknown fields, their order, empty strings that are present.
/// A field of bytes is parsed as a message only when an edit or a read goes through it.
package struct ProtobufMessage: Sendable, Equatable {
    /// One field: its number and what it holds.
    package struct Field: Sendable, Equatable {
        /// The field number.
        package var number: Int
        /// The value with its wire type.
        package var value: Value
    }

    /// A value by wire type; `message` is a `bytes` value that has been parsed.
    package enum Value: Sendable, Equatable {
        case varint(UInt64)
        case fixed64([UInt8])
        case fixed32([UInt8])
        case bytes([UInt8])
        case message(ProtobufMessage)
    }

    /// The fields in wire order.
    package var fields: [Field] = []

    /// An empty message.
    package init() {}

    /// Parses a message.
    ///
    /// - Parameter bytes: The message without any frame or length.
    /// - Throws: ``ProtobufFormatError`` where the bytes are no protobuf message.
    package init(parsing bytes: some RandomAccessCollection<UInt8>) throws(ProtobufFormatError) {
        let buffer = Array(bytes)
        var position = 0
        while position < buffer.count {
            let key = try Self.readVarint(buffer, &position)
            guard let number = Int(exactly: key >> 3), number > 0 else { throw .badTag(offset: position) }
            switch key & 7 {
            case 0:
                fields.append(Field(number: number, value: .varint(try Self.readVarint(buffer, &position))))
            case 1:
                fields.append(Field(number: number, value: .fixed64(try Self.read(8, buffer, &position))))
            case 2:
                let length = try Self.readVarint(buffer, &position)
                guard let count = Int(exactly: length) else { throw .truncated(offset: position) }
                fields.append(Field(number: number, value: .bytes(try Self.read(count, buffer, &position))))
            case 5:
                fields.append(Field(number: number, value: .fixed32(try Self.read(4, buffer, &position))))
            default:
                throw .badTag(offset: position)
            }
        }
    }

    private static func readVarint(_ buffer: [UInt8], _ position: inout Int) throws(ProtobufFormatError) -> UInt64 {
        var number = Varint()
        while position < buffer.count {
            let byte = buffer[position]
            position += 1
            guard let isLast = number.add(byte) else { break }
            if isLast { return number.value }
        }
        throw .truncated(offset: position)
    }

    private static func read(
        _ count: Int,
        _ buffer: [UInt8],
        _ position: inout Int
    ) throws(ProtobufFormatError) -> [UInt8] {
        guard count >= 0, count <= buffer.count - position else { throw .truncated(offset: position) }
        defer { position += count }
        return Array(buffer[position..<position + count])
    }
}

/// Bytes that are no protobuf message.
package enum ProtobufFormatError: Error, Equatable, CustomStringConvertible {
    /// A field number of 0, or a wire type that proto2 messages of Kubernetes do not use.
    case badTag(offset: Int)
    /// The message ends within a field.
    case truncated(offset: Int)

    package var description: String {
        switch self {
        case .badTag(let offset): "no protobuf: bad tag before byte \(offset)"
        case .truncated(let offset): "no protobuf: cut short at byte \(offset)"
        }
    }
}
