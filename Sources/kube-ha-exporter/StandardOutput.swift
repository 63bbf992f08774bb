import ExporterServer
import Glibc

/// Writes to standard output without a buffer, so that nothing is held back from a pipe.
enum StandardOutput {
    /// Whether a person looks at it in colour: it is a terminal that knows colours, and nobody said
    /// [NO_COLOR](https://no-color.org).
    static func isColoured(_ environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Writes a text. A reader that has seen enough (`| head`) is no error.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let slice = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.write(STDOUT_FILENO, slice.baseAddress, slice.count)
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    return
                }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Tells on standard error what went wrong, in one line.
    static func complain(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        LineLogHandler.writeToStandardError("kube-ha-exporter: \(line)\n")
    }
}
