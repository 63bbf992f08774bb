import KubernetesWire

extension ProtobufMessage {
    /// The number of bytes of ``encoded``.
    package var encodedSize: Int {
        fields.reduce(0) { $0 + Self.size(of: $1) }
    }

    /// The message in wire form, without any frame or length.
    package var encoded: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(encodedSize)
        append(to: &output)
        return output
    }

    /// Appends the message to `output`.
    func append(to output: inout [UInt8]) {
        for field in fields {
            let key = UInt64(field.number) << 3
            switch field.value {
            case .varint(let number):
                output.appendVarint(key)
                output.appendVarint(number)
            case .fixed64(let bytes):
                output.appendVarint(key | 1)
                output.append(contentsOf: bytes)
            case .fixed32(let bytes):
                output.appendVarint(key | 5)
                output.append(contentsOf: bytes)
            case .bytes(let bytes):
                output.appendVarint(key | 2)
                output.appendVarint(UInt64(bytes.count))
                output.append(contentsOf: bytes)
            case .message(let message):
                output.appendVarint(key | 2)
                output.appendVarint(UInt64(message.encodedSize))
                message.append(to: &output)
            }
        }
    }

    private static func size(of field: Field) -> Int {
        let tag = Wire.varintSize(UInt64(field.number) << 3)
        switch field.value {
        case .varint(let number): return tag + Wire.varintSize(number)
        case .fixed64: return tag + 8
        case .fixed32: return tag + 4
        case .bytes(let bytes): return tag + Wire.varintSize(UInt64(bytes.count)) + bytes.count
        case .message(let message):
            let size = message.encodedSize
            return tag + Wire.varintSize(UInt64(size)) + size
        }
    }
}
