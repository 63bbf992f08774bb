/// One rule of a role, as far as what it grants may disrupt the cluster. Words that no such right depends on are not
/// kept: a role comes down to a few bits.
package struct PolicyRule: Hashable, Sendable, BitwiseCopyable {
    private var verbs: Verbs = []
    private var groups: Groups = []
    private var resources: Resources = []
    /// It has `resourceNames`.
    private var isNamed = false

    private struct Verbs: OptionSet, Hashable, BitwiseCopyable {
        let rawValue: UInt8
        static let create = Verbs(rawValue: 1 << 0)
        /// patch or update.
        static let change = Verbs(rawValue: 1 << 1)
        static let delete = Verbs(rawValue: 1 << 2)
        static let deleteCollection = Verbs(rawValue: 1 << 3)
        /// `*`.
        static let every = Verbs(rawValue: 1 << 4)
    }

    private struct Groups: OptionSet, Hashable, BitwiseCopyable {
        let rawValue: UInt8
        static let core = Groups(rawValue: 1 << 0)
        static let apps = Groups(rawValue: 1 << 1)
        static let policy = Groups(rawValue: 1 << 2)
        /// `*`.
        static let every = Groups(rawValue: 1 << 3)
    }

    private struct Resources: OptionSet, Hashable, BitwiseCopyable {
        let rawValue: UInt16
        static let nodes = Resources(rawValue: 1 << 0)
        static let pods = Resources(rawValue: 1 << 1)
        static let eviction = Resources(rawValue: 1 << 2)
        static let budgets = Resources(rawValue: 1 << 3)
        static let workloads = Resources(rawValue: 1 << 4)
        static let claims = Resources(rawValue: 1 << 5)
        static let volumes = Resources(rawValue: 1 << 6)
        /// `*`.
        static let every = Resources(rawValue: 1 << 7)
    }

    /// Creates a rule that grants nothing.
    package init() {}

    /// Creates a rule from the words it is written with.
    package init(verbs: [String], apiGroups: [String], resources: [String], resourceNames: [String] = []) {
        for verb in verbs { addVerb(verb) }
        for group in apiGroups { addGroup(group) }
        for resource in resources { addResource(resource) }
        if !resourceNames.isEmpty { addResourceName() }
    }

    /// Takes in an entry of `verbs`.
    package mutating func addVerb(_ word: String) {
        switch word {
        case "create": verbs.insert(.create)
        case "patch", "update": verbs.insert(.change)
        case "delete": verbs.insert(.delete)
        case "deletecollection": verbs.insert(.deleteCollection)
        case "*": verbs.insert(.every)
        default: break
        }
    }

    /// Takes in an entry of `apiGroups`.
    package mutating func addGroup(_ word: String) {
        switch word {
        case "": groups.insert(.core)
        case "apps": groups.insert(.apps)
        case "policy": groups.insert(.policy)
        case "*": groups.insert(.every)
        default: break
        }
    }

    /// Takes in an entry of `resources`. As the API server matches it (ResourceMatches in
    /// pkg/apis/rbac/v1/evaluation_helpers.go), a `*` stands for the whole or for the resource before a subresource,
    /// never for a subresource: `pods/*` and `*/*` grant nothing.
    package mutating func addResource(_ word: String) {
        switch word {
        case "nodes": resources.insert(.nodes)
        case "pods": resources.insert(.pods)
        case "pods/eviction", "*/eviction": resources.insert(.eviction)
        case "poddisruptionbudgets": resources.insert(.budgets)
        case "deployments", "statefulsets", "daemonsets", "replicasets": resources.insert(.workloads)
        case "persistentvolumeclaims": resources.insert(.claims)
        case "persistentvolumes": resources.insert(.volumes)
        case "*": resources.insert(.every)
        default: break
        }
    }

    /// Notes that it has an entry of `resourceNames`. Entries of `nonResourceURLs` need no noting: a rule that has some
    /// has no resources and grants nothing here.
    package mutating func addResourceName() {
        isNamed = true
    }

    /// What it grants.
    package var grants: Grants {
        var grants: Grants = []
        // A request to create or to delete a collection names no object, so a rule about named ones never meets it.
        let creates = !isNamed && has(.create)
        let deletes = has(.delete) || (!isNamed && has(.deleteCollection))
        let changes = has(.change)
        func reaches(_ resource: Resources, _ group: Groups) -> Bool {
            !resources.isDisjoint(with: [resource, .every]) && !groups.isDisjoint(with: [group, .every])
        }
        if reaches(.nodes, .core) {
            if deletes { grants.insert(.deleteNodes) }
            if changes { grants.insert(.changeNodes) }
        }
        if creates && reaches(.eviction, .core) { grants.insert(.evictPods) }
        if deletes {
            if reaches(.pods, .core) { grants.insert(.deletePods) }
            if reaches(.budgets, .policy) { grants.insert(.deleteBudgets) }
            if reaches(.workloads, .apps) { grants.insert(.deleteWorkloads) }
            if reaches(.claims, .core) { grants.insert(.deleteClaims) }
            if reaches(.volumes, .core) { grants.insert(.deleteVolumes) }
        }
        if !isNamed && verbs.contains(.every) && groups.contains(.every) && resources.contains(.every) {
            grants.insert(.everything)
        }
        return grants
    }

    private func has(_ verb: Verbs) -> Bool {
        !verbs.isDisjoint(with: [verb, .every])
    }
}

/// What a role grants that may disrupt the cluster.
package struct Grants: OptionSet, Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Delete nodes.
    package static let deleteNodes = Grants(rawValue: 1 << 0)
    /// Patch or update nodes: cordon them.
    package static let changeNodes = Grants(rawValue: 1 << 1)
    /// Create `pods/eviction`.
    package static let evictPods = Grants(rawValue: 1 << 2)
    /// Delete pods.
    package static let deletePods = Grants(rawValue: 1 << 3)
    /// Delete PodDisruptionBudgets.
    package static let deleteBudgets = Grants(rawValue: 1 << 4)
    /// Delete Deployments, StatefulSets, DaemonSets or ReplicaSets.
    package static let deleteWorkloads = Grants(rawValue: 1 << 5)
    /// Delete PersistentVolumeClaims.
    package static let deleteClaims = Grants(rawValue: 1 << 6)
    /// Delete PersistentVolumes.
    package static let deleteVolumes = Grants(rawValue: 1 << 7)
    /// Every verb on every resource of every group.
    package static let everything = Grants(rawValue: 1 << 8)

    /// Rights on what belongs to no namespace: a RoleBinding does not give them.
    package static let clusterScoped: Grants = [.deleteNodes, .changeNodes, .deleteVolumes]
}
