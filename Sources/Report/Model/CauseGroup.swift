package import HASignals

/// A root cause with everything that it explains.
package struct CauseGroup: Sendable {
    /// The object, and the rule that tells what is wrong with it.
    package var cause: Cause
    /// What was found of the object itself; that of the cause's rule first.
    package var findings: [Finding]
    /// What it explains of other objects, in the order of ``Finding/sort(_:)``.
    package var consequences: [Finding]

    /// The worst of all.
    package var severity: Severity {
        (findings + consequences).map(\.severity).min() ?? .info
    }

    /// How many findings of a severity are in it.
    func count(_ severity: Severity) -> Int {
        (findings + consequences).count { $0.severity == severity }
    }

    /// Groups findings, which are in order, by their root causes: worst first, then those with the most critical findings,
    /// then those that explain the most.
    static func all(_ findings: [Finding]) -> [CauseGroup] {
        var positions: [Cause: Int] = [:]
        var groups: [CauseGroup] = []
        for finding in findings {
            let root = finding.rootCause
            // Findings about the cluster as a whole have nothing in common but that.
            let key = Cause(object: root.object, rule: root.object == .cluster ? root.rule : "")
            let position = positions[key] ?? groups.count
            if position == groups.count {
                positions[key] = position
                groups.append(CauseGroup(cause: root, findings: [], consequences: []))
            }
            let isOwn = finding.object == root.object && (root.object != .cluster || finding.rule == root.rule)
            if isOwn {
                groups[position].findings.append(finding)
            } else {
                groups[position].consequences.append(finding)
            }
            // What explains something else says better what is wrong than what merely stands beside it.
            if finding.cause != nil, !root.rule.isEmpty { groups[position].cause = root }
        }
        for position in groups.indices {
            let rule = groups[position].cause.rule
            groups[position].findings =
                groups[position].findings.filter { $0.rule == rule }
                + groups[position].findings.filter { $0.rule != rule }
        }
        return groups.enumerated()
            .sorted { left, right in
                let (one, other) = (left.element, right.element)
                if one.severity != other.severity { return one.severity < other.severity }
                if one.count(.critical) != other.count(.critical) {
                    return one.count(.critical) > other.count(.critical)
                }
                if one.consequences.count != other.consequences.count {
                    return one.consequences.count > other.consequences.count
                }
                return left.offset < right.offset
            }
            .map(\.element)
    }
}
