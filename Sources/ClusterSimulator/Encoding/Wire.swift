import KubernetesWire

/// The outer forms of the Kubernetes API in protobuf: envelope, list, watch frame.
///
/// Taken from recorded answers: Kubernetes' generated code writes empty strings of required-looking fields too, and
/// so does this.
enum Wire {
    /// The four bytes before every `runtime.Unknown`.
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    /// `contentEncoding` and `contentType`, both empty, which end every `runtime.Unknown`.
    static let envelopeEnd: [UInt8] = [0x1A, 0x00, 0x22, 0x00]

    /// How many bytes a varint takes.
    static func varintSize(_ number: UInt64) -> Int {
        number == 0 ? 1 : (70 - number.leadingZeroBitCount) / 7
    }

    /// The `TypeMeta` field and the tag and length of `raw`, with the magic before them: all that precedes an object.
    static func envelopeStart(apiVersion: String, kind: String, rawCount: Int) -> [UInt8] {
        var typeMeta: [UInt8] = []
        typeMeta.appendField(1, apiVersion.utf8)
        typeMeta.appendField(2, kind.utf8)
        var output = magic
        output.appendField(1, typeMeta)
        output.appendVarint(2 << 3 | 2)
        output.appendVarint(UInt64(rawCount))
        return output
    }

    /// An object in its envelope.
    static func enveloped(apiVersion: String, kind: String, raw: some Collection<UInt8>) -> [UInt8] {
        var output = envelopeStart(apiVersion: apiVersion, kind: kind, rawCount: raw.count)
        output.reserveCapacity(output.count + raw.count + envelopeEnd.count)
        output.append(contentsOf: raw)
        output.append(contentsOf: envelopeEnd)
        return output
    }

    /// The `metadata` field of a list.
    static func listMeta(revision: Int64, continueToken: String, remaining: Int?) -> [UInt8] {
        var meta: [UInt8] = []
        meta.appendField(1, [])
        meta.appendField(2, String(revision).utf8)
        meta.appendField(3, continueToken.utf8)
        if let remaining {
            meta.appendVarint(4 << 3)
            meta.appendVarint(UInt64(remaining))
        }
        var output: [UInt8] = []
        output.appendField(1, meta)
        return output
    }

    /// A frame of a watch: length, `WatchEvent`, and in it the object in its envelope.
    static func watchFrame(type: String, apiVersion: String, kind: String, raw: some Collection<UInt8>) -> [UInt8] {
        let start = envelopeStart(apiVersion: apiVersion, kind: kind, rawCount: raw.count)
        let envelopeCount = start.count + raw.count + envelopeEnd.count
        let extensionCount = 1 + varintSize(UInt64(envelopeCount)) + envelopeCount
        let eventCount = 2 + type.utf8.count + 1 + varintSize(UInt64(extensionCount)) + extensionCount
        var output: [UInt8] = []
        output.reserveCapacity(4 + eventCount)
        for shift in [24, 16, 8, 0] { output.append(UInt8(truncatingIfNeeded: eventCount >> shift)) }
        output.appendField(1, type.utf8)
        output.appendVarint(2 << 3 | 2)
        output.appendVarint(UInt64(extensionCount))
        output.appendVarint(1 << 3 | 2)
        output.appendVarint(UInt64(envelopeCount))
        output.append(contentsOf: start)
        output.append(contentsOf: raw)
        output.append(contentsOf: envelopeEnd)
        return output
    }

    /// The object of a bookmark: empty but for its resourceVersion and, where wanted, the annotation that ends the
    /// initial events of a streaming list.
    static func bookmark(revision: Int64, endsInitialEvents: Bool) -> [UInt8] {
        var metadata = ProtobufMessage()
        for number in [1, 2, 3, 4, 5] { metadata.set(number, "") }
        metadata.set(6, String(revision))
        metadata.set(7, Int64(0))
        metadata.set(8, ProtobufMessage())
        if endsInitialEvents { metadata.setEntry(12, "k8s.io/initial-events-end", "true") }
        var object = ProtobufMessage()
        object.set(1, metadata)
        return object.encoded
    }
}
