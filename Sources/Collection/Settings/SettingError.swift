import ClusterState

/// A setting whose value cannot be used: where it was given, what it was, and what to write instead.
package struct SettingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The flag or the environment variable.
    package let origin: String
    /// The value as given.
    package let text: String
    /// What is wrong with it and what to do.
    package let problem: String

    /// Creates an error.
    package init(origin: String, text: String, problem: String) {
        self.origin = origin
        self.text = text
        self.problem = problem
    }

    /// All in one line.
    package var description: String {
        let shown = text.unicodeScalars.map { $0.isTerminalControl ? "\u{FFFD}" : String($0) }
        return "\(origin) \"\(shown.joined())\": \(problem)"
    }
}

/// What is wrong with a text that should be a value of some kind, and what to write instead.
package struct ValueProblem: Error, Equatable, Sendable {
    /// One line, without the text itself.
    package let message: String

    /// Creates a problem.
    package init(_ message: String) {
        self.message = message
    }
}
