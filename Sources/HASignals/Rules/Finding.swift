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
package struct Finding: Sendable {
    package var area: AreaName
    package var rule: String
    package var severity: Severity
    package var object: FindingObject
    /// What was found, with the numbers.
    package var message: String
    /// What to do about it.
    package var remedy: String
    /// What explains it; nil where nothing does. Set by one pass over all findings, see SIGNALS, «Causes».
    package var cause: Cause?
    /// The last of the chain of causes; nil where there is none.
    var root: Cause?
    /// Of a workload, the position of its application in ``SurvivalTable/applications``; −1 where there is none.
    package internal(set) var application: Int32 = -1

    /// The last of the chain of causes that begins with ``cause``; where there is none, the finding itself.
    package var rootCause: Cause { root ?? Cause(object: object, rule: rule) }
}
