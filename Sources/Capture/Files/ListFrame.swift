import KubernetesWire

/// What stands around the items of a list, byte for byte as an API server answers it in one piece.
struct ListFrame {
    /// Before the first item.
    let start: [UInt8]
    /// Between two items.
    let separator: [UInt8]
    /// After the last.
    let end: [UInt8]

    /// The frame of protobuf: the envelope, and the list's metadata.
    ///
    /// Kubernetes' generated code writes strings that are empty too: `selfLink` and `continue` of the list, content
    /// encoding and content type of the envelope.
    ///
    /// - Parameters:
    ///   - apiVersion: `apps/v1`.
    ///   - kind: The list's kind, `PodList`.
    ///   - metadata: Of the last page: no token, nothing remaining.
    ///   - itemBytes: What the items take with tags and lengths.
    /// - Returns: The frame.
    static func protobuf(apiVersion: String, kind: String, metadata: ListMeta, itemBytes: Int) -> ListFrame {
        var type: [UInt8] = []
        type.appendField(1, apiVersion.utf8)
        type.appendField(2, kind.utf8)
        var meta: [UInt8] = []
        meta.appendField(1, [])
        meta.appendField(2, metadata.resourceVersion.utf8)
        meta.appendField(3, [])
        var metaField: [UInt8] = []
        metaField.appendField(1, meta)
        var start = Envelope.prefix
        start.appendField(1, type)
        start.appendVarint(2 << 3 | 2)
        start.appendVarint(UInt64(metaField.count + itemBytes))
        start += metaField
        return ListFrame(start: start, separator: [], end: [3 << 3 | 2, 0, 4 << 3 | 2, 0])
    }

    /// The frame of JSON, as custom resources come.
    static func json(apiVersion: String, kind: String, metadata: ListMeta) -> ListFrame {
        // Versions are numbers; what is none would need quoting.
        let version = metadata.resourceVersion.filter { $0.isASCII && ($0.isNumber || $0.isLetter || $0 == "-") }
        return ListFrame(
            start: Array("{\"apiVersion\":\"\(apiVersion)\",\"items\":[".utf8),
            separator: [UInt8(ascii: ",")],
            end: Array(
                "],\"kind\":\"\(kind)\",\"metadata\":{\"continue\":\"\",\"resourceVersion\":\"\(version)\"}}\n".utf8
            )
        )
    }
}
