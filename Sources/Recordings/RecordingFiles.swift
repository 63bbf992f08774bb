import Glibc

/// The files of a recording, on disk or in the binary.
protocol RecordingFiles {
    /// Their names without folder, in order.
    var names: [String] { get }

    /// Calls the body with a file's bytes, part by part. They are valid during the call only.
    func forEachChunk(
        of file: String,
        _ body: (UnsafeRawBufferPointer) throws(RecordingError) -> Void
    ) throws(RecordingError)
}

extension RecordingFiles {
    /// All bytes of a file. For small ones; lists go through ``forEachChunk(of:_:)``.
    func bytes(of file: String) throws(RecordingError) -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachChunk(of: file) { chunk throws(RecordingError) in bytes.append(contentsOf: chunk) }
        return bytes
    }
}

/// Files that are in memory already, and stay there while they are read.
struct EmbeddedFiles: RecordingFiles {
    private let files: [String: UnsafeRawBufferPointer]
    let names: [String]

    init(_ files: [String: UnsafeRawBufferPointer]) {
        self.files = files
        names = files.keys.sorted()
    }

    func forEachChunk(
        of file: String,
        _ body: (UnsafeRawBufferPointer) throws(RecordingError) -> Void
    ) throws(RecordingError) {
        guard let bytes = files[file] else { throw .unreadableFile(file, reason: "it is not among the files") }
        // The parser buffers what it is given, so large lists go in parts here too.
        var start = 0
        while start < bytes.count {
            let end = min(start + RecordingFolder.chunkSize, bytes.count)
            try body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end
        }
    }
}

/// A folder on disk.
struct RecordingFolder: RecordingFiles {
    /// How much is read at a time, in bytes.
    static let chunkSize = 64 << 10

    private let path: String
    let names: [String]

    init(_ path: String) throws(RecordingError) {
        self.path = path
        errno = 0
        guard let directory = opendir(path) else {
            throw .unreadableFolder(path, reason: Self.systemError())
        }
        defer { closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
            errno = 0
        }
        guard errno == 0 else { throw .unreadableFolder(path, reason: Self.systemError()) }
        self.names = names.sorted()
    }

    private static func systemError() -> String {
        let code = errno
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    func forEachChunk(
        of file: String,
        _ body: (UnsafeRawBufferPointer) throws(RecordingError) -> Void
    ) throws(RecordingError) {
        // In chunks, since a list may have a gigabyte; small files are read by `FileBytes`, whose target links libyaml.
        // O_NONBLOCK: a named pipe that nobody writes to would be waited for.
        let descriptor = open("\(path)/\(file)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadableFile(file, reason: Self.systemError()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadableFile(file, reason: "it is a pipe, a device or a folder, not a regular file")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, Self.chunkSize)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadableFile(file, reason: Self.systemError()) }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
