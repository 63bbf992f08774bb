/// How log lines are written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// `time=… level=info msg="…" key=value`.
    case text
    /// One JSON object a line.
    case json
}
