import Glibc

/// Writes to standard output and standard error without a buffer: what is written is out.
enum StandardStreams {
    static func write(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Tells what went wrong, in one line.
    static func complain(_ message: String) {
        write(message.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}
