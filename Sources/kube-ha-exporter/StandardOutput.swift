import ClusterState
import ExporterServer
import Glibc

/// Writes to standard output without a buffer, so that nothing is held back from a pipe.
enum StandardOutput {
    /// Whether a person looks at it in colour: it is a terminal that knows colours, and nobody said
    /// [NO_COLOR](https://no-color.org).
    static func isColoured(_ environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Writes a text. A reader that has seen enough (`| head`) is no error; a full disk ends the program with a line.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let slice = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.write(STDOUT_FILENO, slice.baseAddress, slice.count)
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    if count < 0, errno == EAGAIN {
                        waitUntilWritable()
                        continue
                    }
                    if errno == EPIPE { return }
                    let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
                    complain("cannot write to standard output: \(reason)")
                    ProcessSetup.exit(ProgramFailure.outputError)
                }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Waits where whoever opened standard output made it non-blocking and it takes no more for now.
    private static func waitUntilWritable() {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&descriptor, 1, -1)
    }

    /// Tells on standard error what went wrong, in one line.
    static func complain(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        // Servers and files have a say in it.
        let shown = line.unicodeScalars.map { $0.isTerminalControl ? "\u{FFFD}" : String($0) }.joined()
        LineLogHandler.writeToStandardError("kube-ha-exporter: \(shown)\n")
    }
}
