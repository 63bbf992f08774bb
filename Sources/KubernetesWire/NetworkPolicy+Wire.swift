package import ClusterState

extension NetworkPolicy: WireRow {
    package static var kind: StaticString { "NetworkPolicy" }

    /// podSelector, that there are egress rules, policyTypes.
    package static let kept = KeptFields.object(spec: [1: .message(.labelSelector), 3: .presence, 4: .value])

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        var types: Directions?
        var hasEgressRules = false
        while try object.spec.next() {
            switch object.spec.field {
            case 1: podSelector = try object.spec.labelSelector("spec.podSelector", &interner)
            case 3:
                hasEgressRules = true
                try object.spec.skip()
            case 4:
                let word = try object.spec.text()
                // A word that is neither names no direction, but the list is not empty.
                var named = types ?? []
                if StaticString("Ingress").equals(word) { named.insert(.ingress) }
                if StaticString("Egress").equals(word) { named.insert(.egress) }
                types = named
            default: try object.spec.skip()
            }
        }
        directions = Self.directions(policyTypes: types, hasEgressRules: hasEgressRules)
    }
}
