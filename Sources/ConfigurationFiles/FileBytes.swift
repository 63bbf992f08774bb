import Glibc

/// Reads whole small files.
package enum FileBytes {
    /// Why a file could not be read, as one phrase without the path: `no such file or directory`.
    package struct ReadError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The reason.
        package var description: String
        /// Whether the file is not there, as opposed to being there and unreadable.
        package var isMissing: Bool

        init(_ description: String, isMissing: Bool = false) {
            self.description = description
            self.isMissing = isMissing
        }

        init(code: Int32) {
            self.init(code == ENOENT ? "no such file" : String(cString: strerror(code)), isMissing: code == ENOENT)
        }
    }

    /// What an open file is, where it is not a regular file: `a pipe`, `a directory`; nil for a regular file.
    package static func irregularKind(_ descriptor: Int32) -> String? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return nil
        case S_IFIFO: return "a pipe"
        case S_IFDIR: return "a directory"
        case S_IFSOCK: return "a socket"
        default: return "a device"
        }
    }

    /// The bytes of the file at `path`.
    ///
    /// - Parameters:
    ///   - path: The file. Pipes and devices are refused: reading one may never end, and finds nothing when it is read
    ///     again.
    ///   - limit: The size, in bytes, beyond which reading ends with an error.
    /// - Returns: All its bytes.
    /// - Throws: ``ReadError`` where it cannot be opened or read, or is too large.
    package static func read(_ path: String, limit: Int) throws(ReadError) -> [UInt8] {
        // O_CLOEXEC: programs started meanwhile must not inherit a key file.
        // O_NONBLOCK: a named pipe that nobody writes to would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw ReadError(code: errno) }
        defer { close(descriptor) }
        if let kind = irregularKind(descriptor) { throw ReadError("is \(kind), not a regular file") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw ReadError(code: errno)
            }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= limit else { throw ReadError("larger than \(limit) bytes") }
        }
    }
}
