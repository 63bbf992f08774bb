package import ClusterState

extension Namespace: WireRow {
    package static var kind: StaticString { "Namespace" }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
    }
}
