import Capture
import ClusterState
import Glibc
import Programs
import Synchronization

/// Shows on standard error how far a capture has come: on a terminal one line that is redrawn, and in any case a line
/// a source once it has been captured.
final class CaptureProgress: Sendable {
    private let isTerminal: Bool
    /// The reason of the current wait, so that it is printed once.
    private let waiting = Mutex<String?>(nil)

    /// Creates a display.
    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    /// Whether standard error is a terminal on which a line can be redrawn.
    static func isTerminal(_ environment: [String: String]) -> Bool {
        isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    }

    /// Shows how far a source has come.
    func show(_ captured: CapturedSource) {
        let line = Self.line(captured)
        guard captured.state == nil else {
            waiting.withLock { $0 = nil }
            write(line + "\n")
            return
        }
        if isTerminal {
            write(line)
        } else if let reason = captured.reason {
            let isNew = waiting.withLock { waiting in
                defer { waiting = reason }
                return waiting != reason
            }
            if isNew { write(line + "\n") }
        }
    }

    /// Says what came of it all.
    func finish(_ result: CaptureResult, _ folder: String) {
        let captured = result.sources.count { $0.state == .ok }
        var line = "\(folder): \(captured) sources recorded"
        let others = result.sources.filter { $0.state?.isUnknown ?? false }.map(\.source.rawValue)
        if !others.isEmpty { line += ", unknown: \(others.joined(separator: ", "))" }
        write(line + "\n")
    }

    /// Takes away a line that is redrawn, to make room for an error.
    func clear() {
        if isTerminal { write("") }
    }

    private func write(_ text: String) {
        StandardStreams.writeError(isTerminal ? "\r\u{1B}[K\(text)" : text)
    }

    private static func line(_ captured: CapturedSource) -> String {
        let name = captured.source.rawValue
        var parts: [String] = []
        if captured.state == nil || captured.state == .ok {
            // Of /version there is one answer, no objects.
            if captured.source != .version { parts.append("\(captured.objects) objects") }
            if captured.bytes > 0 { parts.append(amount(captured.bytes)) }
        }
        if let state = captured.state, state != .ok { parts.append(state.rawValue) }
        var line = "\(name): " + (parts.isEmpty ? "ok" : parts.joined(separator: ", "))
        if captured.state == nil { line += " …" }
        if captured.state != .ok, let reason = captured.reason {
            line += " (\(reason.split(whereSeparator: \.isNewline).joined(separator: " ")))"
        }
        return line
    }

    /// Bytes, for people.
    private static func amount(_ bytes: Int) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) B"
        case ..<10_000_000: "\(bytes / 1_000) kB"
        default: "\(bytes / 1_000_000) MB"
        }
    }
}
