import KubernetesWire

/// What the client itself needs of an object's metadata, whatever its kind.
struct ObjectHeader {
    var name = ""
    /// Empty for objects of the cluster.
    var namespace = ""
    /// What a watch goes on from after this object.
    var resourceVersion = ""

    /// Reads it from an object's bytes, without envelope.
    init(_ bytes: UnsafeRawBufferPointer, offset: Int) throws(WireError) {
        var object = WireReader(bytes, path: "Object", base: offset)
        while try object.next() {
            guard object.field == 1 else {
                try object.skip()
                continue
            }
            var metadata = try object.message("metadata")
            while try metadata.next() {
                switch metadata.field {
                case 1: name = try metadata.string()
                case 3: namespace = try metadata.string()
                case 6: resourceVersion = try metadata.string()
                default: try metadata.skip()
                }
            }
            return
        }
    }
}
