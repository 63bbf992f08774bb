package import ClusterState

extension IngressClass: WireRow {
    package static var kind: StaticString { "IngressClass" }

    /// controller.
    package static let kept = KeptFields.object(spec: [1: .value])

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        isDefault = object.meta.isTrue(.defaultIngressClass, interner)
        while try object.spec.next() {
            if object.spec.field == 1 {
                controller = try object.spec.string(&interner)
            } else {
                try object.spec.skip()
            }
        }
    }
}
