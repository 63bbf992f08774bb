/// How bad a finding is. A rule has exactly one.
package enum Severity: String, CaseIterable, Comparable, Hashable, Sendable {
    /// Something that served is lost, or the redundancy an object was built with is used up.
    case critical
    /// Redundancy is missing or blocked.
    case warning
    /// A practice that would help.
    case info

    /// Its place, worst first, from 0.
    var rank: Int {
        switch self {
        case .critical: 0
        case .warning: 1
        case .info: 2
        }
    }

    /// Worst first.
    package static func < (left: Severity, right: Severity) -> Bool {
        left.rank < right.rank
    }
}
