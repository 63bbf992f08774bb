package import ClusterState

extension ClusterRoleBinding: WireRow {
    package static var kind: StaticString { "ClusterRoleBinding" }
    package static var kept: KeptFields { .roleBinding }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let binding = try WireBinding(&reader, &interner)
        self.init(meta: binding.meta, role: binding.role, subjects: binding.subjects)
    }
}

extension RoleBinding: WireRow {
    package static var kind: StaticString { "RoleBinding" }
    package static var kept: KeptFields { .roleBinding }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let binding = try WireBinding(&reader, &interner)
        self.init(meta: binding.meta, role: binding.role, subjects: binding.subjects)
    }
}

/// RoleBinding and ClusterRoleBinding, which have the same fields.
private struct WireBinding {
    var meta = ObjectMeta()
    var role = RoleReference(name: .empty, isClusterRole: false)
    var subjects: [Subject] = []

    init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        while try reader.next() {
            switch reader.field {
            case 1:
                var metadata = try reader.message("metadata")
                meta = try WireMeta(&metadata, &interner).row(&interner)
            case 2: subjects.append(try Subject(&reader, &interner))
            case 3:
                var reference = try reader.message("roleRef")
                while try reference.next() {
                    switch reference.field {
                    case 2: role.isClusterRole = try reference.stringEquals("ClusterRole")
                    case 3: role.name = try reference.string(&interner)
                    default: try reference.skip()
                    }
                }
            default: try reader.skip()
            }
        }
    }
}

extension Subject {
    fileprivate init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        self.init(kind: .empty, name: .empty)
        var subject = try reader.message("subjects")
        while try subject.next() {
            switch subject.field {
            case 1: kind = try subject.string(&interner)
            case 3: name = try subject.string(&interner)
            case 4: namespace = try subject.string(&interner)
            default: try subject.skip()
            }
        }
        resolveAccount(&interner)
    }
}

extension KeptFields {
    /// subjects (kind, name, namespace), roleRef (kind, name).
    static let roleBinding: KeptFields = [
        1: .message(.metadata), 2: .message([1: .value, 3: .value, 4: .value]), 3: .message([2: .value, 3: .value]),
    ]
}
