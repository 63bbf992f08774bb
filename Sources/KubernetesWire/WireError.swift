/// Why bytes could not be read: which field of which message, where in the bytes, and what was wrong.
package struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What can be wrong with bytes.
    package enum Problem: Hashable, Sendable {
        /// They end inside a field.
        case truncated
        /// A varint of more than ten bytes, or of more than 64 bits.
        case overlongVarint
        /// A length that reaches beyond the message.
        case lengthBeyondEnd(UInt64)
        /// Field number 0, or above 2^29 − 1.
        case invalidFieldNumber(UInt64)
        /// A group, or a wire type that does not exist.
        case unsupportedWireType(UInt8)
        /// The field is there with another wire type than it is declared with.
        case unexpectedWireType(UInt8)
        /// The bytes do not begin with `k8s` and a zero byte.
        case missingPrefix
        /// The envelope holds another kind than was asked for.
        case unexpectedKind(String)
        /// A frame or an object above the limit, in bytes.
        case tooLarge(Int)
        /// A value that cannot be read, such as a quantity.
        case invalidValue(String)
        /// Bytes after the end of the message.
        case trailingBytes
    }

    /// The message, as a path of field names: `Pod.spec.containers`.
    package var path: String
    /// The number of the field in it; 0 where none was reached.
    package var field: UInt32
    /// Where, counted in bytes from the start of the object or stream.
    package var offset: Int
    /// What was wrong.
    package var problem: Problem

    /// Creates an error.
    package init(path: String, field: UInt32 = 0, offset: Int, problem: Problem) {
        self.path = path
        self.field = field
        self.offset = offset
        self.problem = problem
    }

    /// The same error seen from the message around it: paths are read from the outside in.
    func inside(_ outer: StaticString) -> WireError {
        var error = self
        let prefix = "\(outer)"
        if path != prefix { error.path = prefix + "." + path }
        return error
    }

    package var description: String {
        let place = field == 0 ? path : "\(path) field \(field)"
        let what =
            switch problem {
            case .truncated: "the bytes end inside it"
            case .overlongVarint: "varint of more than 64 bits"
            case .lengthBeyondEnd(let length): "length \(length) reaches beyond the message"
            case .invalidFieldNumber(let number): "field number \(number) is not allowed"
            case .unsupportedWireType(let type): "wire type \(type) is not supported"
            case .unexpectedWireType(let type): "unexpected wire type \(type)"
            case .missingPrefix: "no Kubernetes protobuf prefix"
            case .unexpectedKind(let kind): "unexpected kind \(kind)"
            case .tooLarge(let size): "\(size) bytes are above the limit"
            case .invalidValue(let value): "cannot read the value \(value)"
            case .trailingBytes: "bytes after the end"
            }
        return "malformed protobuf at byte \(offset), \(place): \(what)"
    }
}
