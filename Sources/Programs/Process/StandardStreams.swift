import ClusterState
import Glibc

/// Writes to standard output and standard error without a buffer, so that nothing is held back from a pipe.
package enum StandardStreams {
    /// Whether standard output takes colour: it is a terminal that knows colours, and
    /// [NO_COLOR](https://no-color.org) is not set.
    package static func isColoured(_ environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Writes a text to standard output. A reader that has gone (`| head`) is no error; a full disk ends the program
    /// with one line on standard error.
    package static func write(_ text: String) {
        let error = write(text, to: STDOUT_FILENO)
        guard error != 0, error != EPIPE else { return }
        let reason = strerror(error).map { String(cString: $0) } ?? "error \(error)"
        complain("cannot write to standard output: \(reason)")
        ProcessSetup.exit(ProgramFailure.outputError)
    }

    /// Writes a text to standard error. What cannot be written is dropped: there is no other place to report it.
    package static func writeError(_ text: String) {
        _ = write(text, to: STDERR_FILENO)
    }

    /// Writes an error message to standard error in one line, behind the program's name.
    package static func complain(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        // Part of the message may come from a server or a file.
        let shown = line.unicodeScalars.map { $0.isTerminalControl ? "\u{FFFD}" : String($0) }.joined()
        writeError("\(ProcessSetup.programName): \(shown)\n")
    }

    /// Writes all of a text to a descriptor, and waits where anybody who opened it made it non-blocking.
    ///
    /// - Returns: 0, or the error number of the write that failed.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let slice = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.write(descriptor, slice.baseAddress, slice.count)
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    if count < 0, errno == EAGAIN {
                        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        _ = poll(&ready, 1, -1)
                        continue
                    }
                    return errno
                }
                rest = rest.dropFirst(count)
            }
            return 0
        }
    }
}
