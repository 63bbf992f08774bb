import Glibc
import KubernetesWire

/// The items of a list as they arrive, in a file of their own: how many bytes they come to must be known before the first
/// of them is written where it belongs.
///
/// Each item is a protobuf field 2 whatever it holds, which is what it is in a list of protobuf.
final class ListSpool {
    /// A place to which the spool can be taken back.
    struct Mark {
        fileprivate let length: Int
        fileprivate let objects: Int
    }

    private let file: OutputFile
    /// Items so far.
    private(set) var objects = 0

    /// What they take, with their tags and lengths, in bytes.
    var length: Int { file.length }

    /// Begins a spool.
    init(_ path: String) throws(CaptureError) {
        file = try OutputFile(path)
    }

    /// Where it stands.
    var mark: Mark { Mark(length: file.length, objects: objects) }

    /// Appends items that ``frame(_:into:)`` has framed.
    func append(_ frames: some Collection<UInt8>, objects count: Int) throws(CaptureError) {
        try file.write(frames)
        objects += count
    }

    /// Takes back what came after a place: a page that broke off, a list that begins again.
    func rewind(to mark: Mark) throws(CaptureError) {
        try file.truncate(to: mark.length)
        objects = mark.objects
    }

    /// Frames an item.
    static func frame(_ item: some Collection<UInt8>, into output: inout [UInt8]) {
        output.append(2 << 3 | 2)
        output.appendVarint(UInt64(item.count))
        output.append(contentsOf: item)
    }

    /// Ends the writing, so that it can be read.
    func close() throws(CaptureError) {
        try file.flush()
    }

    /// Calls the body with the bytes as they are, part by part.
    func forEachChunk(_ body: ([UInt8]) throws(CaptureError) -> Void) throws(CaptureError) {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CaptureError.system(file.path, "cannot be read") }
        defer { Glibc.close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CaptureError.system(file.path, "cannot be read") }
            if count == 0 { return }
            try body(Array(buffer[..<count]))
        }
    }

    /// Calls the body with each item.
    func forEachItem(_ body: (ArraySlice<UInt8>) throws(CaptureError) -> Void) throws(CaptureError) {
        var rest: [UInt8] = []
        try forEachChunk { chunk throws(CaptureError) in
            rest += chunk
            var position = 0
            while let (start, end) = Self.item(rest, at: position) {
                try body(rest[start..<end])
                position = end
            }
            rest.removeFirst(position)
        }
        guard rest.isEmpty else { throw .file(file.path, reason: "was cut while it was read") }
    }

    /// The item that begins there; nil where it is not there as a whole.
    private static func item(_ bytes: [UInt8], at position: Int) -> (start: Int, end: Int)? {
        // The tag is one byte: 2 << 3 | 2.
        var next = position + 1
        var length = Varint()
        while next < bytes.count {
            let byte = bytes[next]
            next += 1
            guard let isLast = length.add(byte) else { return nil }
            if isLast {
                let count = Int(clamping: length.value)
                return count <= bytes.count - next ? (next, next + count) : nil
            }
        }
        return nil
    }

    /// Removes the file.
    func remove() {
        unlink(file.path)
    }
}
