package import ClusterState

extension ControllerRevision: WireRow {
    package static var kind: StaticString { "ControllerRevision" }

    /// revision; not the data, which is a whole pod template.
    package static let kept: KeptFields = [1: .message(.metadata), 3: .value]

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var meta = ObjectMeta()
        var revision: Int64 = 0
        while try reader.next() {
            switch reader.field {
            case 1:
                var metadata = try reader.message("metadata")
                meta = try WireMeta(&metadata, &interner).row(&interner)
            case 3: revision = try reader.int64()
            default: try reader.skip()
            }
        }
        self.init(meta: meta)
        self.revision = revision
    }
}
