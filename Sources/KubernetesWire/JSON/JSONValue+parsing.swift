/// Text that is no JSON.
package struct JSONFormatError: Error, Equatable, CustomStringConvertible {
    /// What was expected or found.
    package var reason: String
    /// The byte at which reading stopped, counted from 0.
    package var offset: Int

    package var description: String { "no JSON: \(reason) at byte \(offset)" }
}

extension JSONValue {
    /// Parses one value; white space may stand around it, nothing else.
    ///
    /// - Parameter bytes: UTF-8 text.
    /// - Throws: ``JSONFormatError`` with the byte at fault.
    package init(parsing bytes: [UInt8]) throws(JSONFormatError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.failure("text after the value") }
    }
}

/// A recursive reader; nesting is limited so that no input can exhaust the stack.
private struct JSONParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    func failure(_ reason: String) -> JSONFormatError {
        JSONFormatError(reason: reason, offset: position)
    }

    mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let wanted = Array(word.description.utf8)
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    mutating func value(depth: Int) throws(JSONFormatError) -> JSONValue {
        guard depth < 64 else { throw failure("nested too deeply") }
        skipSpace()
        guard position < bytes.count else { throw failure("text ends early") }
        switch bytes[position] {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .string(try string())
        default: break
        }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        if take("null") { return .null }
        return try number()
    }

    private mutating func object(depth: Int) throws(JSONFormatError) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if take(0x7D) { return .object(members) }
        repeat {
            skipSpace()
            let name = try string()
            skipSpace()
            guard take(0x3A) else { throw failure("expected ':'") }
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(0x2C)
        guard take(0x7D) else { throw failure("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONFormatError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(0x5D) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(0x2C)
        guard take(0x5D) else { throw failure("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func number() throws(JSONFormatError) -> JSONValue {
        let start = position
        while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(text) != nil else {
            position = start
            throw failure("expected a value")
        }
        return .number(text)
    }

    private mutating func string() throws(JSONFormatError) -> String {
        guard take(0x22) else { throw failure("expected '\"'") }
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case 0x22: return String(decoding: text, as: UTF8.self)
            case 0x5C: text.append(contentsOf: try escape())
            default: text.append(byte)
            }
        }
        throw failure("string without end")
    }

    private mutating func escape() throws(JSONFormatError) -> [UInt8] {
        guard position < bytes.count else { throw failure("string without end") }
        defer { position += 1 }
        switch bytes[position] {
        case 0x6E: return [0x0A]
        case 0x72: return [0x0D]
        case 0x74: return [0x09]
        case 0x62: return [0x08]
        case 0x66: return [0x0C]
        case 0x22, 0x5C, 0x2F: return [bytes[position]]
        case 0x75:
            var unit = try hexadecimal()
            if (0xD800..<0xDC00).contains(unit), bytes[position + 1..<bytes.count].starts(with: [0x5C, 0x75]) {
                position += 2
                unit = 0x10000 + (unit - 0xD800) << 10 + (try hexadecimal() &- 0xDC00) & 0x3FF
            }
            return Array(String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        default: throw failure("unknown escape")
        }
    }

    /// The four digits after the `u` at `position`, which is left on the last of them.
    private mutating func hexadecimal() throws(JSONFormatError) -> UInt32 {
        guard bytes.count - position > 4,
            let unit = UInt32(String(decoding: bytes[position + 1...position + 4], as: UTF8.self), radix: 16)
        else { throw failure("bad \\u escape") }
        position += 4
        return unit
    }
}
