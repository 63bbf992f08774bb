package import ClusterState

extension ClusterRole: WireRow {
    package static var kind: StaticString { "ClusterRole" }
    package static var kept: KeptFields { .role }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let role = try WireRole(&reader, &interner)
        self.init(meta: role.meta, rules: role.rules)
    }
}

extension Role: WireRow {
    package static var kind: StaticString { "Role" }
    package static var kept: KeptFields { .role }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let role = try WireRole(&reader, &interner)
        self.init(meta: role.meta, rules: role.rules)
    }
}

/// Role and ClusterRole, which have the same fields as far as they are read.
private struct WireRole {
    var meta = ObjectMeta()
    var rules: [PolicyRule] = []

    init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        while try reader.next() {
            switch reader.field {
            case 1:
                var metadata = try reader.message("metadata")
                meta = try WireMeta(&metadata, &interner).row(&interner)
            case 2: rules.append(try PolicyRule(&reader))
            default: try reader.skip()
            }
        }
    }
}

extension PolicyRule {
    fileprivate init(_ reader: inout WireReader) throws(WireError) {
        self.init()
        var rule = try reader.message("rules")
        while try rule.next() {
            switch rule.field {
            case 1: addVerb(try rule.string())
            case 2: addGroup(try rule.string())
            case 3: addResource(try rule.string())
            case 4:
                try rule.skip()
                addResourceName()
            default: try rule.skip()
            }
        }
    }
}

extension KeptFields {
    /// rules: verbs, apiGroups, resources, that they name resources.
    static let role: KeptFields = [
        1: .message(.metadata), 2: .message([1: .value, 2: .value, 3: .value, 4: .presence]),
    ]
}
