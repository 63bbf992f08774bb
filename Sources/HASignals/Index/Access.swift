import ClusterState

/// A subject by what tells it from others: kind, namespace, name.
struct SubjectName: Hashable, Comparable {
    var kind: SubjectKind
    /// Of a ServiceAccount; empty for the others.
    var namespace: String
    var name: String

    /// How people write it: a ServiceAccount as `namespace/name`.
    var display: String {
        kind == .serviceAccount ? "\(namespace)/\(name)" : name
    }

    static func < (left: SubjectName, right: SubjectName) -> Bool {
        (left.kind.rawValue, left.namespace, left.name) < (right.kind.rawValue, right.namespace, right.name)
    }
}

/// What a subject holds, all its bindings together.
struct SubjectRights: Hashable {
    /// Through ClusterRoleBindings.
    var everywhere: Grants = []
    /// Through RoleBindings, in one namespace or another.
    var somewhere: Grants = []

    /// Whether the subject has the capability in some namespace, or everywhere.
    func holds(_ capability: Capability) -> Bool {
        // What a RoleBinding says of nodes and volumes is without effect: they are in no namespace.
        let all = everywhere.union(somewhere.subtracting(.clusterScoped))
        switch capability {
        case .deleteNodes: return all.contains(.deleteNodes)
        case .drainNodes: return all.contains(.changeNodes) && all.contains(.evictPods)
        case .evictPods: return all.contains(.evictPods)
        case .deletePods: return all.contains(.deletePods)
        case .deleteDisruptionBudgets: return all.contains(.deleteBudgets)
        case .deleteWorkloads: return all.contains(.deleteWorkloads)
        case .deleteVolumes: return !all.isDisjoint(with: [.deleteClaims, .deleteVolumes])
        }
    }

    /// Whether the subject has the capability in every namespace.
    func holdsEverywhere(_ capability: Capability) -> Bool {
        SubjectRights(everywhere: everywhere).holds(capability)
    }
}

/// Who holds what, by RBAC alone. See SIGNALS, area 14.
struct Access {
    /// The subjects that hold anything that may disrupt; those left out are not among them.
    private(set) var subjects: [SubjectName: SubjectRights] = [:]
    /// The subjects with every right cluster-wide.
    private(set) var admins: Set<SubjectName> = []
    private let cluster: Cluster

    private struct RoleKey: Hashable {
        /// Empty for a ClusterRole.
        var namespace: StringID
        var name: StringID
    }

    init(_ cluster: Cluster) {
        self.cluster = cluster
        let state = cluster.state
        let adminName = state.interner.find("cluster-admin")
        var roles: [RoleKey: Grants] = [:]
        state.clusterRoles.forEach { _, role in
            var grants = role.grants
            if role.meta.name == adminName { grants.insert(.everything) }
            roles[RoleKey(namespace: .empty, name: role.meta.name)] = grants
        }
        state.clusterRoleBindings.forEach { _, binding in
            // A binding to a role that is missing, and so to a Role, grants nothing here.
            guard binding.role.isClusterRole, let grants = roles[RoleKey(namespace: .empty, name: binding.role.name)]
            else { return }
            for subject in binding.subjects {
                guard let name = name(of: subject) else { continue }
                if grants.contains(.everything) { admins.insert(name) }
                if !grants.isEmpty { subjects[name, default: SubjectRights()].everywhere.formUnion(grants) }
            }
        }
        guard cluster.isOK(.roles), cluster.isOK(.rolebindings) else { return }
        state.roles.forEach { roles[RoleKey(namespace: $1.meta.namespace, name: $1.meta.name)] = $1.grants }
        state.roleBindings.forEach { _, binding in
            let namespace = binding.role.isClusterRole ? .empty : binding.meta.namespace
            let key = RoleKey(namespace: namespace, name: binding.role.name)
            guard let grants = roles[key], !grants.isEmpty else { return }
            for subject in binding.subjects {
                guard let name = name(of: subject) else { continue }
                subjects[name, default: SubjectRights()].somewhere.formUnion(grants)
            }
        }
    }

    /// The subject's name; nil for one that is left out: the system's own, and those the operator names.
    private func name(of subject: Subject) -> SubjectName? {
        guard let kind = SubjectKind(rawValue: cluster.text(subject.kind)) else { return nil }
        let isAccount = kind == .serviceAccount
        let name = SubjectName(
            kind: kind,
            namespace: isAccount ? cluster.text(subject.namespace) : "",
            name: cluster.text(subject.name)
        )
        if name.name.hasPrefix("system:") { return nil }
        if kind == .group && name.name == "kubeadm:cluster-admins" { return nil }
        if isAccount && name.namespace == "kube-system" { return nil }
        let isIgnored = cluster.settings.ignoredSubjects.contains {
            OptOuts.matches(pattern: $0, name.display)
        }
        return isIgnored ? nil : name
    }
}
