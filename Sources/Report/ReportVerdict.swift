package import HASignals

/// From which severity on findings make a report fail.
package enum FailureThreshold: String, CaseIterable, Sendable {
    case critical, warning, info
    /// Findings never do.
    case never

    /// Whether a finding of that severity fails the report.
    package func includes(_ severity: Severity) -> Bool {
        switch self {
        case .critical: severity == .critical
        case .warning: severity != .info
        case .info: true
        case .never: false
        }
    }
}

/// What a report comes to, for scripts.
package enum ReportVerdict: Int32, Sendable {
    /// No finding at or above the threshold, and nothing required is unknown.
    case passed = 0
    /// Findings at or above the threshold, whatever else is unknown.
    case failed = 1
    /// No such findings, but some area is unknown, or a required source of one.
    case unknown = 2

    /// Creates the verdict on a snapshot.
    package init(_ snapshot: SignalSnapshot, failOn threshold: FailureThreshold) {
        if snapshot.findings.contains(where: { threshold.includes($0.severity) }) {
            self = .failed
        } else if snapshot.areas.contains(where: {
            $0.status == .unknown || ($0.status != .notApplicable && !$0.unknownSources.isEmpty)
        }) {
            self = .unknown
        } else {
            self = .passed
        }
    }

    /// The exit code of the program.
    package var exitCode: Int32 { rawValue }
}
