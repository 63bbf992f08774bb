/// Reads a list as its bytes arrive: metadata first, then one item after the other. What it buffers is one item.
///
/// The bytes are an envelope around `{1: ListMeta, 2: repeated item}`. Every kind of list has this form, so the items'
/// kind does not matter here.
package struct ListParser {
    /// What came out of the bytes.
    package enum Element {
        /// The list's metadata; its `continue` asks for the next page.
        case metadata(ListMeta)
        /// An item's bytes, valid during the call only, and where they begin in the stream.
        case item(UnsafeRawBufferPointer, offset: Int)
    }

    /// The largest item, in bytes: above what etcd takes (1.5 MiB), as large as a watch frame may be.
    package static let itemLimit = 16 << 20

    private enum Stage {
        case prefix
        /// Between the fields of the envelope.
        case envelope
        /// Inside the list, so many bytes of it still to come.
        case list(remaining: Int)
    }

    private var stage = Stage.prefix
    private var remainder = StreamRemainder()
    /// Where the bytes being read begin in the stream.
    private var consumed = 0
    private var isListSeen = false
    /// The list's kind from the envelope, as `PodList`; empty until it was read.
    package private(set) var kind = ""

    /// Creates a parser at the start of a response body.
    package init() {}

    /// Takes the next bytes of the body, of any size.
    ///
    /// - Throws: ``WireError`` where the bytes are no list; ``StatusMessage`` cannot come here, since its envelope has
    ///   the kind Status: that is `unexpectedKind`.
    package mutating func push(
        _ chunk: [UInt8],
        _ body: (Element) throws(WireError) -> Void
    ) throws(WireError) {
        try chunk.withUnsafeBufferPointer { chunk throws(WireError) in try push(UnsafeRawBufferPointer(chunk), body) }
    }

    /// Takes the next bytes of the body, where they lie in memory of the caller's own.
    ///
    /// - Throws: As with an array of bytes.
    package mutating func push(
        _ chunk: UnsafeRawBufferPointer,
        _ body: (Element) throws(WireError) -> Void
    ) throws(WireError) {
        // Taken out, so that what it calls may change the parser.
        var remainder = StreamRemainder()
        swap(&remainder, &self.remainder)
        defer { swap(&remainder, &self.remainder) }
        try remainder.feed(chunk) { bytes, position, start throws(WireError) in
            consumed = start
            return try step(bytes, position, body)
        }
    }

    /// Says that the body has ended.
    ///
    /// - Throws: ``WireError`` where it ended too early.
    package func finish() throws(WireError) {
        if case .envelope = stage, isListSeen, remainder.isEmpty { return }
        throw error(.truncated, remainder.end - consumed)
    }

    private func error(_ problem: WireError.Problem, _ position: Int) -> WireError {
        WireError(path: kind.isEmpty ? "List" : kind, offset: consumed + position, problem: problem)
    }

    /// A field at the position: its tag, and where its value begins, how long it is; nil where that has not arrived.
    private func header(
        _ bytes: UnsafeRawBufferPointer,
        _ position: Int
    ) throws(WireError) -> (field: UInt64, isMessage: Bool, value: Int, length: UInt64)? {
        guard let (tag, afterTag) = try varint(bytes, position) else { return nil }
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw error(.invalidFieldNumber(tag >> 3), position) }
        switch UInt8(tag & 7) {
        case 0:
            guard let (_, next) = try varint(bytes, afterTag) else { return nil }
            return (tag >> 3, false, next, 0)
        case 1: return (tag >> 3, false, afterTag, 8)
        case 2:
            guard let (length, next) = try varint(bytes, afterTag) else { return nil }
            return (tag >> 3, true, next, length)
        case 5: return (tag >> 3, false, afterTag, 4)
        case let type: throw error(.unsupportedWireType(type), position)
        }
    }

    private func varint(
        _ bytes: UnsafeRawBufferPointer,
        _ start: Int
    ) throws(WireError) -> (UInt64, Int)? {
        var number = Varint()
        for position in start..<max(start, bytes.count) {
            let byte = bytes.load(fromByteOffset: position, as: UInt8.self)
            guard let isLast = number.add(byte) else { throw error(.overlongVarint, position) }
            if isLast { return (number.value, position + 1) }
        }
        return nil
    }

    /// Takes one step from the position.
    private mutating func step(
        _ bytes: UnsafeRawBufferPointer,
        _ position: Int,
        _ body: (Element) throws(WireError) -> Void
    ) throws(WireError) -> StreamRemainder.Step {
        switch stage {
        case .prefix:
            let available = min(4, bytes.count)
            guard bytes.prefix(available).elementsEqual(Envelope.prefix.prefix(available)) else {
                throw error(.missingPrefix, position)
            }
            guard available == 4 else { return .needs(4 - available) }
            stage = .envelope
            return .next(4)
        case .envelope:
            guard let header = try header(bytes, position) else { return .needs(1) }
            if header.field == 2 {
                guard header.isMessage else { throw error(.unexpectedWireType(bytes[position] & 7), position) }
                guard !isListSeen else { throw error(.trailingBytes, position) }
                // A page of 500 large objects is some 100 MB at the very most; the limit only keeps Int safe.
                guard header.length <= 1 << 40 else { throw error(.lengthBeyondEnd(header.length), position) }
                isListSeen = true
                stage = .list(remaining: Int(header.length))
                return .next(header.value)
            }
            guard header.length <= UInt64(Self.itemLimit) else {
                throw error(.tooLarge(Int(clamping: header.length)), position)
            }
            let end = header.value + Int(header.length)
            guard end <= bytes.count else { return .needs(end - bytes.count) }
            if header.field == 1 {
                guard header.isMessage else { throw error(.unexpectedWireType(bytes[position] & 7), position) }
                try readType(UnsafeRawBufferPointer(rebasing: bytes[header.value..<end]), header.value)
            }
            return .next(end)
        case .list(let remaining):
            if remaining == 0 {
                stage = .envelope
                return .next(position)
            }
            guard let header = try header(bytes, position) else {
                // What is left of the list is known: a header that could be whole by now never will be.
                if bytes.count - position >= remaining { throw error(.truncated, position) }
                return .needs(1)
            }
            guard header.length <= UInt64(Self.itemLimit) else {
                throw error(.tooLarge(Int(clamping: header.length)), position)
            }
            let end = header.value + Int(header.length)
            guard end - position <= remaining else { throw error(.lengthBeyondEnd(header.length), position) }
            guard end <= bytes.count else { return .needs(end - bytes.count) }
            if header.field == 1 || header.field == 2 {
                guard header.isMessage else { throw error(.unexpectedWireType(bytes[position] & 7), position) }
                let value = UnsafeRawBufferPointer(rebasing: bytes[header.value..<end])
                if header.field == 1 {
                    var reader = WireReader(value, path: "ListMeta", base: consumed + header.value)
                    try body(.metadata(try ListMeta(&reader)))
                } else {
                    try body(.item(value, offset: consumed + header.value))
                }
            }
            stage = .list(remaining: remaining - (end - position))
            return .next(end)
        }
    }

    private mutating func readType(_ bytes: UnsafeRawBufferPointer, _ position: Int) throws(WireError) {
        var reader = WireReader(bytes, path: "Unknown.typeMeta", base: consumed + position)
        while try reader.next() {
            if reader.field == 2 { kind = try reader.string() } else { try reader.skip() }
        }
        guard kind.hasSuffix("List") else { throw error(.unexpectedKind(kind), position) }
    }
}
