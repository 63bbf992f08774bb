/// Reads a watch as its bytes arrive: frames of a 4-byte big-endian length and a bare `WatchEvent`.
package struct WatchParser {
    /// What happened to an object.
    package enum EventType: Hashable, Sendable {
        case added, modified, deleted
        /// Moves the version on without any object.
        case bookmark
        /// The object is a Status.
        case error
        /// A word that this version of the API does not have.
        case other(String)
    }

    /// One event. The object is valid during the call only.
    package struct Event {
        package var type: EventType
        /// The object's envelope.
        package var envelope: Envelope
        /// Where the object begins in the stream.
        package var offset: Int
    }

    /// The largest frame, as client-go has it.
    package static let frameLimit = 16 << 20

    private var remainder = StreamRemainder()

    /// Creates a parser at the start of a response body.
    package init() {}

    /// Takes the next bytes of the body, of any size.
    ///
    /// - Throws: ``WireError`` where a frame is too large or no event.
    package mutating func push(
        _ chunk: [UInt8],
        _ body: (Event) throws(WireError) -> Void
    ) throws(WireError) {
        try chunk.withUnsafeBufferPointer { chunk throws(WireError) in
            try remainder.feed(UnsafeRawBufferPointer(chunk)) { bytes, position, start throws(WireError) in
                let available = bytes.count - position
                guard available >= 4 else { return .needs(4 - available) }
                var length = 0
                for offset in position..<position + 4 {
                    length = length << 8 | Int(bytes.load(fromByteOffset: offset, as: UInt8.self))
                }
                guard length <= Self.frameLimit else {
                    throw WireError(path: "WatchEvent", offset: start + position, problem: .tooLarge(length))
                }
                let end = position + 4 + length
                guard end <= bytes.count else { return .needs(end - bytes.count) }
                let frame = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<end])
                try body(try Self.event(frame, base: start + position + 4))
                return .next(end)
            }
        }
    }

    /// Says that the body has ended.
    ///
    /// - Throws: ``WireError`` where it ended inside a frame.
    package func finish() throws(WireError) {
        if !remainder.isEmpty {
            throw WireError(path: "WatchEvent", offset: remainder.end, problem: .truncated)
        }
    }

    private static func event(_ frame: UnsafeRawBufferPointer, base: Int) throws(WireError) -> Event {
        var reader = WireReader(frame, path: "WatchEvent", base: base)
        var type = EventType.other("")
        var object = UnsafeRawBufferPointer(rebasing: frame[0..<0])
        while try reader.next() {
            switch reader.field {
            case 1:
                let word = try reader.string()
                type =
                    switch word {
                    case "ADDED": .added
                    case "MODIFIED": .modified
                    case "DELETED": .deleted
                    case "BOOKMARK": .bookmark
                    case "ERROR": .error
                    default: .other(word)
                    }
            case 2:
                var raw = try reader.message("WatchEvent.object")
                while try raw.next() {
                    if raw.field == 1 { object = try raw.rawBytes() } else { try raw.skip() }
                }
            default: try reader.skip()
            }
        }
        guard let start = object.baseAddress, let frameStart = frame.baseAddress, !object.isEmpty else {
            throw WireError(path: "WatchEvent.object", offset: base, problem: .truncated)
        }
        let offset = base + (start - frameStart)
        return Event(type: type, envelope: try Envelope(object, base: offset), offset: offset)
    }
}
