/// Whom a binding gives a role to.
package struct Subject: Hashable, Sendable, BitwiseCopyable {
    /// `User`, `Group` or `ServiceAccount`, as written.
    package var kind: StringID
    /// Of a ServiceAccount; empty for the others.
    package var namespace: StringID
    package var name: StringID

    /// Creates a subject.
    package init(kind: StringID, namespace: StringID = .empty, name: StringID) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// Makes a User of the name that a ServiceAccount has as a user (`system:serviceaccount:NAMESPACE:NAME`) that
    /// ServiceAccount, as the API server tells it (SplitUsername in
    /// apiserver/pkg/authentication/serviceaccount/util.go): it is one subject, however it is bound.
    package mutating func resolveAccount(_ interner: inout Interner) {
        let prefix = "system:serviceaccount:"
        guard interner.withBytes(name, { $0.starts(with: prefix.utf8) }), interner.string(kind) == "User" else {
            return
        }
        let parts = interner.string(name).dropFirst(prefix.count)
            .split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return }
        kind = interner.intern("ServiceAccount")
        namespace = interner.intern(String(parts[0]))
        name = interner.intern(String(parts[1]))
    }

    func mark(_ marker: inout Marker) {
        marker.mark(kind)
        marker.mark(namespace)
        marker.mark(name)
    }
}

/// The role that a binding refers to.
package struct RoleReference: Hashable, Sendable, BitwiseCopyable {
    package var name: StringID
    /// A ClusterRole; otherwise a Role of the binding's namespace.
    package var isClusterRole: Bool

    /// Creates a reference.
    package init(name: StringID, isClusterRole: Bool) {
        self.name = name
        self.isClusterRole = isClusterRole
    }
}

/// A RoleBinding: gives a role within its namespace.
package struct RoleBinding: NamedRow, Hashable {
    package var meta: ObjectMeta
    package var role: RoleReference
    package var subjects: [Subject]

    /// Creates a binding.
    package init(meta: ObjectMeta, role: RoleReference, subjects: [Subject]) {
        self.meta = meta
        self.role = role
        self.subjects = subjects
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(role.name)
        for subject in subjects { subject.mark(&marker) }
    }
}

/// A ClusterRoleBinding: gives a ClusterRole everywhere.
package struct ClusterRoleBinding: NamedRow, Hashable {
    package var meta: ObjectMeta
    package var role: RoleReference
    package var subjects: [Subject]

    /// Creates a binding.
    package init(meta: ObjectMeta, role: RoleReference, subjects: [Subject]) {
        self.meta = meta
        self.role = role
        self.subjects = subjects
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(role.name)
        for subject in subjects { subject.mark(&marker) }
    }
}
