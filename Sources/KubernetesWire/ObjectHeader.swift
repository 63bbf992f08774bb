/// What the client itself needs of an object's metadata, whatever its kind.
package struct ObjectHeader {
    /// `metadata.name`.
    package var name = ""
    /// Empty for objects of the cluster.
    package var namespace = ""
    /// What a watch goes on from after this object.
    package var resourceVersion = ""

    /// Reads it from an object's bytes, without envelope.
    ///
    /// - Parameters:
    ///   - bytes: The object.
    ///   - offset: Where it begins in the stream, for errors.
    /// - Throws: ``WireError`` where the bytes are malformed.
    package init(_ bytes: UnsafeRawBufferPointer, offset: Int) throws(WireError) {
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
