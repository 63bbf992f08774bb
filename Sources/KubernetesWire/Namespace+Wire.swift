package import ClusterState

extension Namespace: WireRow {
    package static var kind: StaticString { "Namespace" }

    /// Its metadata.
    package static let kept: KeptFields = [1: .message(.metadata)]

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
    }
}
