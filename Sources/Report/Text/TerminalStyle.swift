import ClusterState
import HASignals

/// How pieces of text are set off on a terminal, or not at all.
struct TerminalStyle: Sendable {
    let isColoured: Bool

    /// SGR codes (ECMA-48, 8.3.117).
    enum Code: String {
        case bold = "1"
        case dim = "2"
        case boldRed = "1;31"
        case green = "32"
        case yellow = "33"
        case magenta = "35"
        case cyan = "36"
    }

    /// The text in that style.
    func apply(_ code: Code, _ text: String) -> String {
        isColoured ? "\u{1B}[\(code.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Text from the cluster, without what a terminal would take as a command.
    static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(scalar.isTerminalControl ? "\u{FFFD}" : scalar)
        }
        return result
    }

    /// The style of a severity.
    static func code(_ severity: Severity) -> Code {
        switch severity {
        case .critical: .boldRed
        case .warning: .yellow
        case .info: .cyan
        }
    }

    /// The style of an answer.
    static func code(_ answer: SurvivalAnswer) -> Code {
        switch answer {
        case .yes: .green
        case .no: .boldRed
        case .unknown: .magenta
        }
    }

    /// The style of a status.
    static func code(_ status: AreaStatus) -> Code {
        switch status {
        case .critical: .boldRed
        case .unknown: .magenta
        case .warning: .yellow
        case .ok: .green
        case .notApplicable: .dim
        }
    }
}
