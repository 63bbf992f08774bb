import ClusterState

/// The rights of a subject, over all its bindings.
struct SubjectRights: Hashable {
    /// Through ClusterRoleBindings.
    var everywhere: Grants = []
    /// Through RoleBindings, in one namespace or another.
    var somewhere: Grants = []

    /// Whether the subject has the capability in some namespace, or everywhere.
    func holds(_ capability: Capability) -> Bool {
        // Nodes and volumes are not namespaced: a RoleBinding grants no right on them.
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

    /// Whether the subject has every right cluster-wide.
    var isAdmin: Bool { everywhere.contains(.everything) }

    /// Whether the subject has the capability in every namespace.
    func holdsEverywhere(_ capability: Capability) -> Bool {
        SubjectRights(everywhere: everywhere).holds(capability)
    }
}

/// The rights of all subjects that RBAC grants a disruptive one. See SIGNALS, area 14.
struct Access {
    /// The subjects with a disruptive right, except those that are excluded. The key holds ids of kind, namespace and
    /// name, since there may be hundreds of thousands; the namespace is that of a ServiceAccount and empty for the others.
    private(set) var subjects: [Subject: SubjectRights] = [:]
    private let context: CollectionContext
    /// The kinds of subject that RBAC knows, by the id of their name; without those that no binding names.
    private let kinds: [StringID: SubjectKind]

    private struct RoleKey: Hashable {
        /// Empty for a ClusterRole.
        var namespace: StringID
        var name: StringID
    }

    init(_ context: CollectionContext) {
        self.context = context
        let state = context.state
        var kinds: [StringID: SubjectKind] = [:]
        for kind in SubjectKind.allCases {
            if let id = state.interner.find(kind.rawValue) { kinds[id] = kind }
        }
        self.kinds = kinds
        let adminName = state.interner.find("cluster-admin")
        var roles: [RoleKey: Grants] = [:]
        state.clusterRoles.forEach { _, role in
            var grants = role.grants
            if role.meta.name == adminName { grants.insert(.everything) }
            roles[RoleKey(namespace: .empty, name: role.meta.name)] = grants
        }
        var found: [Subject: SubjectRights] = [:]
        func add(
            _ grants: Grants?,
            to subjects: [Subject],
            _ where: WritableKeyPath<SubjectRights, Grants>,
            in namespace: StringID? = nil
        ) {
            guard let grants, !grants.isEmpty else { return }
            for var subject in subjects {
                guard let kind = kinds[subject.kind] else { continue }
                // A namespace's own group of service accounts is expected to have rights in it.
                if let namespace, kind == .group, serviceAccountsNamespace(subject) == context.text(namespace) {
                    continue
                }
                if kind != .serviceAccount { subject.namespace = .empty }
                found[subject, default: SubjectRights()][keyPath: `where`].formUnion(grants)
            }
        }
        state.clusterRoleBindings.forEach { _, binding in
            // A binding to a role that is missing, and so to a Role, grants nothing here.
            guard binding.role.isClusterRole else { return }
            add(roles[RoleKey(namespace: .empty, name: binding.role.name)], to: binding.subjects, \.everywhere)
        }
        if context.isOK(.roles), context.isOK(.rolebindings) {
            state.roles.forEach { roles[RoleKey(namespace: $1.meta.namespace, name: $1.meta.name)] = $1.grants }
            state.roleBindings.forEach { _, binding in
                let namespace = binding.role.isClusterRole ? .empty : binding.meta.namespace
                add(
                    roles[RoleKey(namespace: namespace, name: binding.role.name)],
                    to: binding.subjects,
                    \.somewhere,
                    in: binding.meta.namespace
                )
            }
        }
        let system = state.interner.find("kube-system")
        let kubeadm = state.interner.find("kubeadm:cluster-admins")
        for subject in found.keys.filter({ isExcluded($0, system: system, kubeadm: kubeadm) }) { found[subject] = nil }
        subjects = found
    }

    /// The kind of a subject.
    func kind(of subject: Subject) -> SubjectKind {
        kinds[subject.kind] ?? .user
    }

    /// The subject as people write it: a ServiceAccount as `namespace/name`.
    func display(_ subject: Subject) -> String {
        let name = context.text(subject.name)
        return kind(of: subject) == .serviceAccount ? "\(context.text(subject.namespace))/\(name)" : name
    }

    /// The subject as the object of a finding.
    func object(_ subject: Subject) -> FindingObject {
        FindingObject(
            kind: kind(of: subject).rawValue,
            namespace: context.text(subject.namespace),
            name: context.text(subject.name)
        )
    }

    /// Whether the subject is part of Kubernetes, or named by `--rbac-ignore-subjects`.
    private func isExcluded(_ subject: Subject, system: StringID?, kubeadm: StringID?) -> Bool {
        if context.state.interner.withBytes(subject.name, { $0.starts(with: "system:".utf8) }) {
            // The group of the service accounts of kube-system is part of Kubernetes as well.
            return anybody(subject) == nil || serviceAccountsNamespace(subject) == "kube-system"
        }
        switch kind(of: subject) {
        case .group: if subject.name == kubeadm { return true }
        case .serviceAccount: if subject.namespace == system { return true }
        case .user: break
        }
        guard !context.settings.ignoredSubjects.isEmpty else { return false }
        let name = display(subject)
        return context.settings.ignoredSubjects.contains { OptOuts.matches(pattern: $0, name) }
    }

    /// The namespace of whose ServiceAccounts the subject is the group (`system:serviceaccounts:NAMESPACE`, as
    /// MakeGroupNames in apiserver/pkg/authentication/serviceaccount/util.go writes it); nil for any other subject.
    private func serviceAccountsNamespace(_ subject: Subject) -> String? {
        let prefix = "system:serviceaccounts:"
        guard kind(of: subject) == .group,
            context.state.interner.withBytes(subject.name, { $0.starts(with: prefix.utf8) })
        else { return nil }
        return String(context.text(subject.name).dropFirst(prefix.count))
    }

    /// Returns who has a right that is granted to the subject, as a phrase, where the subject stands for everybody: every
    /// authenticated user, unauthenticated requests, every service account
    /// (apiserver/pkg/authentication/user/user.go). nil for any other subject.
    func anybody(_ subject: Subject) -> String? {
        guard context.state.interner.withBytes(subject.name, { $0.starts(with: "system:".utf8) }) else { return nil }
        switch (kind(of: subject), context.text(subject.name)) {
        case (.group, "system:authenticated"):
            return "every authenticated user, including the service account of every pod,"
        case (.group, "system:unauthenticated"), (.user, "system:anonymous"):
            return "everybody who reaches the API server"
        case (.group, "system:serviceaccounts"): return "every service account"
        default: return serviceAccountsNamespace(subject).map { "every service account of namespace \($0)" }
        }
    }
}
