package import HASignals

extension AreaStatus {
    /// The order in which a report lists areas: 0 is the worst.
    var rank: Int {
        switch self {
        case .critical: 0
        case .unknown: 1
        case .warning: 2
        case .ok: 3
        case .notApplicable: 4
        }
    }
}

extension SignalSnapshot {
    /// The areas, worst first, within a status in the order of the guidance.
    package var areasWorstFirst: [AreaReport] {
        areas.sorted { ($0.status.rank, $0.name.position) < ($1.status.rank, $1.name.position) }
    }

    /// How many findings there are of a severity.
    package func findingCount(_ severity: Severity) -> Int {
        findings.count { $0.severity == severity }
    }
}
