/// What explains a finding: an object, and what is wrong with it.
package struct Cause: Hashable, Sendable {
    package var object: FindingObject
    /// The rule whose finding about the object says what is wrong with it; empty where none is raised.
    package var rule: String

    /// Creates a cause.
    package init(object: FindingObject, rule: String) {
        self.object = object
        self.rule = rule
    }
}

/// What explains something, and the last of the chain of causes that begins there. A class: a finding that
/// nothing explains holds 8 bytes for it, and those with the same explanation share it.
final class Explanation: Equatable, Sendable {
    let cause: Cause
    let root: Cause

    /// Creates an explanation.
    ///
    /// - Parameters:
    ///   - cause: What explains it.
    ///   - further: What explains the cause in turn; nil where nothing does.
    init(_ cause: Cause, because further: Explanation? = nil) {
        self.cause = cause
        root = further?.root ?? cause
    }

    static func == (left: Explanation, right: Explanation) -> Bool {
        left === right || (left.cause == right.cause && left.root == right.root)
    }
}
