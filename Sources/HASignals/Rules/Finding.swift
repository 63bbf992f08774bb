/// What a finding is about.
package struct FindingObject: Hashable, Sendable {
    /// The kind as Kubernetes writes it; `Cluster` for the whole.
    package var kind: String
    /// Empty for what has none.
    package var namespace: String
    /// Empty for the whole cluster.
    package var name: String

    /// Creates a reference.
    package init(kind: String, namespace: String = "", name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// The cluster as a whole.
    package static let cluster = FindingObject(kind: "Cluster", name: "")
}

/// Something that a rule found.
///
/// There may be hundreds of thousands: the small fields stand last, where they need no padding, and what only a few findings
/// have lies in an object of its own.
package struct Finding: Sendable {
    package var rule: String
    package var object: FindingObject
    /// What was found, with the numbers.
    package var message: String
    /// What to do about it.
    package var remedy: String
    /// What explains it; nil where nothing does. Set by one pass over all findings, see SIGNALS, «Causes».
    var explanation: Explanation?
    /// Of a workload, the position of its application in ``SurvivalTable/applications``; −1 where there is none.
    package internal(set) var application: Int32 = -1
    package var area: AreaName
    package var severity: Severity

    /// Creates a finding that nothing explains yet.
    package init(
        area: AreaName,
        rule: String,
        severity: Severity,
        object: FindingObject,
        message: String,
        remedy: String
    ) {
        self.area = area
        self.rule = rule
        self.severity = severity
        self.object = object
        self.message = message
        self.remedy = remedy
    }

    /// The first of the chain of causes; nil where nothing explains the finding.
    package var cause: Cause? { explanation?.cause }

    /// The last of the chain of causes that begins with ``cause``; where there is none, the finding itself.
    package var rootCause: Cause { explanation?.root ?? Cause(object: object, rule: rule) }
}
