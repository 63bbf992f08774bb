import HASignals

extension FindingObject {
    /// `Kind namespace/name`, without what it has not.
    var words: String {
        let name = namespace.isEmpty ? name : "\(namespace)/\(name)"
        return name.isEmpty ? kind : "\(kind) \(name)"
    }
}

extension SignalSnapshot {
    /// What explains the one finding of a rule in the end, as `Kind namespace/name`; that of the object given where the
    /// rule found several.
    func root(_ rule: String, _ object: String? = nil) -> String? {
        findings.first { $0.rule == rule && (object == nil || $0.object.words == object) }?.rootCause.object.words
    }

    /// What explains it at first.
    func cause(_ rule: String, _ object: String? = nil) -> String? {
        findings.first { $0.rule == rule && (object == nil || $0.object.words == object) }?.cause?.object.words
    }

    /// The findings as `rule Kind namespace/name`, by what explains them in the end.
    var findingsByRoot: [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for finding in findings {
            found[finding.rootCause.object.words, default: []].insert("\(finding.rule) \(finding.object.words)")
        }
        return found
    }

    /// Whether the causes of an object, and their causes in turn, come back to where they began.
    var haveCausesACycle: Bool {
        var next: [FindingObject: Set<FindingObject>] = [:]
        for finding in findings {
            guard let cause = finding.cause?.object, cause != finding.object else { continue }
            next[finding.object, default: []].insert(cause)
        }
        // Objects whose causes are all known to end are taken away until none is left, or only those on a cycle.
        while let ended = next.first(where: { $0.value.allSatisfy { next[$0] == nil } }) { next[ended.key] = nil }
        return !next.isEmpty
    }
}
