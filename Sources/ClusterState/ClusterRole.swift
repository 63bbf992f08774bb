/// A ClusterRole, with the rules of those it aggregates as the API server filled them in.
package struct ClusterRole: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    /// What its rules grant together.
    package var grants: Grants

    /// Creates a role.
    package init(meta: ObjectMeta, rules: [PolicyRule] = []) {
        self.meta = meta
        grants = rules.reduce(into: []) { $0.formUnion($1.grants) }
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
    }
}

/// A Role: rights within its namespace.
package struct Role: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    /// What its rules grant together.
    package var grants: Grants

    /// Creates a role.
    package init(meta: ObjectMeta, rules: [PolicyRule] = []) {
        self.meta = meta
        grants = rules.reduce(into: []) { $0.formUnion($1.grants) }
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
    }
}
