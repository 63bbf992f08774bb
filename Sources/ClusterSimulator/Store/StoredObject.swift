import KubernetesWire

/// One version of one object, encoded once.
final class StoredObject: Sendable {
    let resource: SimulatedResource
    let namespace: String
    let name: String
    let uid: String
    /// The resourceVersion in its metadata.
    let revision: Int64
    /// `/namespace/name`, or `/name` for objects of the cluster: lists are in the order of this key.
    let key: String
    /// What a list holds: tag, length and object in protobuf; the object alone in JSON.
    let item: [UInt8]
    private let payloadStart: Int

    /// The object itself, without the frame of a list.
    var payload: ArraySlice<UInt8> { item[payloadStart...] }

    init(_ resource: SimulatedResource, namespace: String, name: String, uid: String, revision: Int64, raw: [UInt8]) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.revision = revision
        key = Self.key(namespace: namespace, name: name)
        if resource.isCustom {
            item = raw
            payloadStart = 0
        } else {
            var framed: [UInt8] = []
            framed.reserveCapacity(raw.count + 6)
            framed.appendField(2, raw)
            payloadStart = framed.count - raw.count
            item = framed
        }
    }

    static func key(namespace: String, name: String) -> String {
        namespace.isEmpty ? "/" + name : "/" + namespace + "/" + name
    }
}

/// A change as watches see it. For a deletion `object` is the last state with the resourceVersion of the deletion.
struct StoredEvent: Sendable {
    enum Change: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
    }

    var change: Change
    var object: StoredObject
    /// When it happened, since the cluster's start.
    var time: Duration
}
