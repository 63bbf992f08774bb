import KubernetesWire

/// A watch that is open: which changes it wants, and up to where it has had them.
struct OpenWatch: Sendable {
    typealias Continuation = AsyncThrowingStream<[UInt8], any Error>.Continuation

    var resource: SimulatedResource
    /// Empty for all.
    var namespace: String
    /// From `fieldSelector=metadata.name=…`; empty for all.
    var name: String
    /// The revision up to which changes have gone out.
    var cursor: Int64
    var wantsBookmarks: Bool
    var nextBookmark: Duration
    /// When the server ends it.
    var deadline: Duration
    /// The API server that serves it, counted from 0: with it the watch breaks.
    var server: Int
    /// Brings nothing any more, while the fault lasts.
    var isSilent = false
    var hasSentLastBookmark = false
    var continuation: Continuation

    func wants(_ object: StoredObject) -> Bool {
        (namespace.isEmpty || object.namespace == namespace) && (name.isEmpty || object.name == name)
    }

    /// A frame of this watch: length-prefixed protobuf, or a line of JSON.
    func frame(_ type: String, raw: some Collection<UInt8>) -> [UInt8] {
        guard resource.isCustom else {
            return Wire.watchFrame(type: type, apiVersion: resource.apiVersion, kind: resource.kind, raw: raw)
        }
        return Array("{\"type\":\"\(type)\",\"object\":".utf8) + Array(raw) + Array("}\n".utf8)
    }

    func bookmark(_ revision: Int64, endsInitialEvents: Bool) -> [UInt8] {
        guard resource.isCustom else {
            return frame(
                "BOOKMARK",
                raw: Wire.bookmark(revision: revision, endsInitialEvents: endsInitialEvents)
            )
        }
        var metadata = JSONValue.members(["resourceVersion": .string(String(revision))])
        if endsInitialEvents {
            metadata["annotations"] = .members(["k8s.io/initial-events-end": .string("true")])
        }
        let object = JSONValue.members([
            "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion), "metadata": metadata,
        ])
        return frame("BOOKMARK", raw: object.encoded)
    }

    func error(_ status: APIStatus) -> [UInt8] {
        guard resource.isCustom else {
            return Wire.watchFrame(type: "ERROR", apiVersion: "v1", kind: "Status", raw: status.raw)
        }
        return frame("ERROR", raw: status.json().dropLast())
    }
}
