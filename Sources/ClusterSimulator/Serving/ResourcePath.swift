/// A path below `/api` or `/apis` that goes further than a group and version.
struct ResourcePath: Sendable, Equatable {
    /// A resource that is only ever created, and answered at once.
    enum Review: Sendable, Equatable {
        case token, subjectAccess
    }

    /// Nil where the version serves no such resource.
    var resource: SimulatedResource?
    var review: Review?
    /// Empty for all namespaces, and for resources of the cluster.
    var namespace = ""
    /// Empty for a list.
    var name = ""

    /// Reads the segments of a path; nil where they end at a group or version, or the group is unknown: the path is
    /// one of discovery then.
    init?(_ segments: [String]) {
        let isCore = segments.first == "api"
        var rest = segments.dropFirst(isCore ? 2 : 3)
        guard !rest.isEmpty else { return nil }
        let group = isCore ? "" : segments[1]
        let version = isCore ? segments[1] : segments[2]
        switch (group, version, rest.first) {
        case ("authentication.k8s.io", "v1", "tokenreviews"): review = .token
        case ("authorization.k8s.io", "v1", "subjectaccessreviews"): review = .subjectAccess
        default: break
        }
        if review != nil { return }
        guard SimulatedResource.allCases.contains(where: { $0.group == group }) else { return nil }
        if rest.first == "namespaces", rest.count > 2 || !isCore {
            rest = rest.dropFirst()
            namespace = rest.popFirst() ?? ""
        }
        resource = SimulatedResource(group: group, version: version, plural: rest.popFirst() ?? "")
        name = rest.popFirst() ?? ""
        // Subresources are not served, nor is a resource of the cluster below a namespace.
        if !rest.isEmpty || (!namespace.isEmpty && resource?.isNamespaced == false) { resource = nil }
        if resource?.isNamespaced == true, namespace.isEmpty, !name.isEmpty { resource = nil }
    }
}
