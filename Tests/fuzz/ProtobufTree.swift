/// A protobuf message as a tree that can be changed and written again.
///
/// Without a schema: bytes that read as a message to their end are taken for one, unless they are printable text.
struct ProtobufTree {
    /// What a field holds.
    indirect enum Value {
        case number(UInt64)
        case fixed64([UInt8])
        case fixed32([UInt8])
        case text([UInt8])
        case message(ProtobufTree)
    }

    /// A field by its number.
    struct Field {
        var number: UInt64
        var value: Value
    }

    var fields: [Field] = []

    /// Reads a message; nil where the bytes are none.
    init?(_ bytes: ArraySlice<UInt8>, depth: Int = 0) {
        var position = bytes.startIndex
        func varint() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard position < bytes.endIndex else { return nil }
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }
        func take(_ count: UInt64) -> ArraySlice<UInt8>? {
            guard count <= UInt64(bytes.endIndex - position) else { return nil }
            defer { position += Int(count) }
            return bytes[position..<position + Int(count)]
        }
        while position < bytes.endIndex {
            guard let tag = varint(), tag >> 3 > 0, tag >> 3 < 4_096 else { return nil }
            let value: Value
            switch tag & 7 {
            case 0:
                guard let number = varint() else { return nil }
                value = .number(number)
            case 1:
                guard let bytes = take(8) else { return nil }
                value = .fixed64(Array(bytes))
            case 2:
                guard let length = varint(), let content = take(length) else { return nil }
                let isText = content.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
                let inner = isText || depth > 24 ? nil : ProtobufTree(content, depth: depth + 1)
                value = inner.map(Value.message) ?? .text(Array(content))
            case 5:
                guard let bytes = take(4) else { return nil }
                value = .fixed32(Array(bytes))
            default: return nil
            }
            fields.append(Field(number: tag >> 3, value: value))
        }
    }

    /// The message as bytes.
    var bytes: [UInt8] {
        var result: [UInt8] = []
        for field in fields {
            switch field.value {
            case .number(let value): Self.write(field.number << 3, value, &result)
            case .fixed64(let bytes):
                Self.write(field.number << 3 | 1, nil, &result)
                result += bytes
            case .fixed32(let bytes):
                Self.write(field.number << 3 | 5, nil, &result)
                result += bytes
            case .text(let text):
                Self.write(field.number << 3 | 2, UInt64(text.count), &result)
                result += text
            case .message(let message):
                let bytes = message.bytes
                Self.write(field.number << 3 | 2, UInt64(bytes.count), &result)
                result += bytes
            }
        }
        return result
    }

    private static func write(_ tag: UInt64, _ value: UInt64?, _ result: inout [UInt8]) {
        for number in [tag, value].compactMap(\.self) {
            var rest = number
            while rest >= 0x80 {
                result.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            result.append(UInt8(truncatingIfNeeded: rest))
        }
    }

    /// The text of a field; nil where there is none.
    func text(_ number: UInt64) -> [UInt8]? {
        for field in fields where field.number == number {
            if case .text(let text) = field.value { return text }
        }
        return nil
    }

    /// Changes the first message of a field.
    mutating func change(_ number: UInt64, _ body: (inout ProtobufTree) -> Void) {
        for position in fields.indices where fields[position].number == number {
            guard case .message(var message) = fields[position].value else { continue }
            body(&message)
            fields[position].value = .message(message)
            return
        }
    }
}
