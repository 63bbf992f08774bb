import ClusterState

/// An object taken apart into what nearly every kind consists of. Metadata is read first wherever it stands, since
/// what is read of the rest depends on namespace and owner.
struct WireObject {
    var meta: WireMeta
    /// Field 2; empty where there is none.
    var spec: WireReader
    /// Field 3; empty where there is none.
    var status: WireReader

    /// Takes an object apart.
    init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        var metadata = WireReader(nothing, path: "metadata")
        spec = WireReader(nothing, path: "spec")
        status = WireReader(nothing, path: "status")
        while try reader.next() {
            switch reader.field {
            case 1: metadata = try reader.message("metadata")
            case 2: spec = try reader.message("spec")
            case 3: status = try reader.message("status")
            default: try reader.skip()
            }
        }
        meta = try WireMeta(&metadata, &interner)
    }
}
