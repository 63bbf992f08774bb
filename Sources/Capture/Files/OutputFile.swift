import Glibc

/// A file that is being written, through a buffer. What is captured may be confidential: nobody else may read it.
final class OutputFile {
    /// What is collected before it is written.
    private static let bufferSize = 64 << 10

    let path: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private var written = 0

    /// The file's length so far, in bytes.
    var length: Int { written + buffer.count }

    /// Creates the file, which must not be there yet.
    init(_ path: String) throws(CaptureError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CaptureError.system(path, "cannot be created") }
        buffer.reserveCapacity(Self.bufferSize)
    }

    /// Appends bytes.
    func write(_ bytes: some Collection<UInt8>) throws(CaptureError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Takes back what stands beyond a length.
    func truncate(to length: Int) throws(CaptureError) {
        if length >= written {
            buffer.removeLast(max(0, self.length - length))
            return
        }
        buffer.removeAll(keepingCapacity: true)
        guard ftruncate(descriptor, off_t(length)) == 0, lseek(descriptor, off_t(length), SEEK_SET) >= 0 else {
            throw CaptureError.system(path, "cannot be cut")
        }
        written = length
    }

    /// Writes what is in the buffer.
    func flush() throws(CaptureError) {
        var done = 0
        while done < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CaptureError.system(path, "cannot be written") }
            done += count
        }
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is in the buffer, has it reach the disk, and closes the file.
    func finish() throws(CaptureError) {
        try flush()
        // Some file systems cannot be told to: there a file is as good as they make it.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw CaptureError.system(path, "cannot be written")
        }
        let result = close(descriptor)
        descriptor = -1
        guard result == 0 else { throw CaptureError.system(path, "cannot be closed") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}

extension CaptureError {
    /// What the last system call failed of.
    static func system(_ path: String, _ problem: String) -> CaptureError {
        let code = errno
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return .file(path, reason: "\(problem): \(reason)")
    }
}
