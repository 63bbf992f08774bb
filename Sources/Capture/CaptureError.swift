/// Why there is no recording: one line that names what it is about, what was wrong and what to do.
package enum CaptureError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The folder has something in it.
    case notEmpty(String)
    /// The folder holds a capture that did not finish.
    case unfinished(String)
    /// A folder or file cannot be made, read or written.
    case file(String, reason: String)
    /// The API server cannot be asked at all.
    case unreachable(server: String, reason: String)
    /// It can be asked, and no list could be read.
    case nothingRead(server: String, reason: String)
    /// `--resources` or `--namespaces` leave nothing.
    case nothingSelected
    /// The task was cancelled.
    case cancelled

    package var description: String {
        // Reasons may come from an API server's message: one line they stay.
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private var text: String {
        switch self {
        case .notEmpty(let path):
            "\(path) is not empty; name an empty folder, or one that does not exist yet"
        case .unfinished(let path):
            "\(path) holds a capture that did not finish; remove the folder and capture again"
        case .file(let path, let reason):
            "\(path): \(reason)"
        case .unreachable(let server, let reason):
            "cannot read \(server): \(reason)"
        case .nothingRead(let server, let reason):
            "nothing could be read of \(server): \(reason)"
        case .nothingSelected:
            "nothing is left to read; name other --resources or --namespaces"
        case .cancelled:
            "the capture was cancelled"
        }
    }
}
