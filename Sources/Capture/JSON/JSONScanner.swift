/// Reads JSON text byte by byte without making values of it, so that a capture can copy the bytes of what it keeps, which
/// `JSONDecoder` does not give.
struct JSONScanner {
    /// Why the text cannot be read.
    struct Fault: Error, Equatable, CustomStringConvertible {
        /// Where, in bytes from the start.
        let offset: Int

        var description: String { "no JSON at byte \(offset)" }
    }

    /// How deep arrays and objects may lie in each other; encoding/json of Go gives up at 10,000.
    private static let depthLimit = 500

    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    /// Begins at the start of a text.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private var fault: Fault { Fault(offset: position - bytes.startIndex) }

    /// The byte that comes next, after blanks.
    mutating func peek() throws(Fault) -> UInt8 {
        while position < bytes.endIndex {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return bytes[position]
            }
        }
        throw fault
    }

    private mutating func take(_ wanted: UInt8) throws(Fault) {
        guard try peek() == wanted else { throw fault }
        position += 1
    }

    private mutating func takeIf(_ wanted: UInt8) throws(Fault) -> Bool {
        guard try peek() == wanted else { return false }
        position += 1
        return true
    }

    /// The text between the quotation marks, with its escapes.
    mutating func string() throws(Fault) -> ArraySlice<UInt8> {
        try take(UInt8(ascii: "\""))
        let start = position
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return bytes[start..<position - 1]
            case UInt8(ascii: "\\"): position += 2
            case 0..<0x20: throw fault
            default: position += 1
            }
        }
        throw fault
    }

    /// Goes over the members of an object. The body reads or skips each value.
    mutating func object(
        _ body: (inout JSONScanner, _ name: ArraySlice<UInt8>) throws(Fault) -> Void
    ) throws(Fault) {
        try take(UInt8(ascii: "{"))
        if try takeIf(UInt8(ascii: "}")) { return }
        repeat {
            // Blanks before the name.
            _ = try peek()
            let name = try string()
            try take(UInt8(ascii: ":"))
            _ = try peek()
            try body(&self, name)
        } while try takeIf(UInt8(ascii: ","))
        try take(UInt8(ascii: "}"))
    }

    /// Goes over the elements of an array. The body reads or skips each.
    mutating func array(_ body: (inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
        try take(UInt8(ascii: "["))
        if try takeIf(UInt8(ascii: "]")) { return }
        repeat {
            _ = try peek()
            try body(&self)
        } while try takeIf(UInt8(ascii: ","))
        try take(UInt8(ascii: "]"))
    }

    /// Passes over a value and gives its text.
    mutating func value() throws(Fault) -> ArraySlice<UInt8> {
        try value(depth: 0)
    }

    private mutating func value(depth: Int) throws(Fault) -> ArraySlice<UInt8> {
        guard depth < Self.depthLimit else { throw fault }
        let first = try peek()
        let start = position
        switch first {
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(Fault) in _ = try scanner.value(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { scanner throws(Fault) in _ = try scanner.value(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            // A number or a word.
            while position < bytes.endIndex, Self.isPlain(bytes[position]) { position += 1 }
            guard position > start else { throw fault }
        }
        guard position <= bytes.endIndex else { throw fault }
        return bytes[start..<position]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// Says that nothing may follow but blanks.
    mutating func finish() throws(Fault) {
        if (try? peek()) != nil { throw fault }
    }
}
