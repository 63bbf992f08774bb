import KubernetesWire

/// All objects by resource and key, the history that watches replay, and the snapshots that list tokens refer to.
///
/// One revision counts all writes, as etcd's does: it is the resourceVersion of the object written and of every list.
struct ObjectStore: Sendable {
    private struct Collection: Sendable {
        /// In the order of the keys.
        var objects: [StoredObject] = []
        /// Changes since the last compaction, oldest first.
        var events: [StoredEvent] = []
    }

    private struct Pin: Sendable {
        var resource: SimulatedResource
        var revision: Int64
        var objects: [StoredObject]
        var time: Duration
    }

    /// The revision of the last write.
    private(set) var revision: Int64
    /// Watches from an older revision, and lists at one, get 410.
    private(set) var compactedRevision: Int64
    /// When the last write was, since the cluster's start.
    private(set) var lastWrite: Duration = .zero
    private var collections = Array(repeating: Collection(), count: SimulatedResource.allCases.count)
    private var pins: [Pin] = []

    /// A store that has seen `revision` writes before the history begins.
    init(revision: Int64) {
        self.revision = revision
        compactedRevision = revision
    }

    /// The objects of a resource in the order of their keys.
    func objects(_ resource: SimulatedResource) -> [StoredObject] {
        collections[resource.number].objects
    }

    /// The changes of a resource after a revision, oldest first.
    func events(_ resource: SimulatedResource, after revision: Int64) -> ArraySlice<StoredEvent> {
        let events = collections[resource.number].events
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].object.revision <= revision { low = middle + 1 } else { high = middle }
        }
        return events[low...]
    }

    /// The object of that name.
    func object(_ resource: SimulatedResource, namespace: String, name: String) -> StoredObject? {
        let objects = collections[resource.number].objects
        let key = StoredObject.key(namespace: namespace, name: name)
        let index = Self.position(of: key, in: objects)
        return index < objects.count && objects[index].key == key ? objects[index] : nil
    }

    /// The index of the first object whose key is not before `key`.
    static func position(of key: String, in objects: [StoredObject]) -> Int {
        var low = 0
        var high = objects.count
        while low < high {
            let middle = (low + high) / 2
            if objects[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Writes a protobuf object: gives it the next revision and enters the change into the history.
    mutating func put(_ resource: SimulatedResource, _ message: ProtobufMessage, at time: Duration) {
        revision += 1
        var stamped = message
        stamped.edit(1) { $0.set(6, String(revision)) }
        let object = StoredObject(
            resource,
            namespace: message.string(1, 3) ?? "",
            name: message.string(1, 1) ?? "",
            uid: message.string(1, 5) ?? "",
            revision: revision,
            raw: stamped.encoded
        )
        enter(object, at: time)
    }

    /// Writes an object of a custom resource.
    mutating func put(_ resource: SimulatedResource, _ document: JSONValue, at time: Duration) {
        revision += 1
        var metadata = document["metadata"] ?? .object([])
        metadata["resourceVersion"] = .string(String(revision))
        var stamped = document
        stamped["metadata"] = metadata
        let object = StoredObject(
            resource,
            namespace: metadata["namespace"]?.text ?? "",
            name: metadata["name"]?.text ?? "",
            uid: metadata["uid"]?.text ?? "",
            revision: revision,
            raw: stamped.encoded
        )
        enter(object, at: time)
    }

    /// Edits a protobuf object that is there; does nothing where it is not.
    mutating func edit(
        _ resource: SimulatedResource,
        namespace: String,
        name: String,
        at time: Duration,
        _ change: (inout ProtobufMessage) -> Void
    ) {
        guard var message = message(resource, namespace: namespace, name: name) else { return }
        change(&message)
        put(resource, message, at: time)
    }

    /// The protobuf object of that name, parsed.
    func message(_ resource: SimulatedResource, namespace: String, name: String) -> ProtobufMessage? {
        object(resource, namespace: namespace, name: name).flatMap { try? ProtobufMessage(parsing: $0.payload) }
    }

    /// Deletes an object; does nothing where it is not.
    mutating func delete(_ resource: SimulatedResource, namespace: String, name: String, at time: Duration) {
        guard let old = object(resource, namespace: namespace, name: name),
            var message = try? ProtobufMessage(parsing: old.payload)
        else { return }
        revision += 1
        lastWrite = time
        message.edit(1) { $0.set(6, String(revision)) }
        let last = StoredObject(
            resource,
            namespace: namespace,
            name: name,
            uid: old.uid,
            revision: revision,
            raw: message.encoded
        )
        let index = Self.position(of: old.key, in: collections[resource.number].objects)
        collections[resource.number].objects.remove(at: index)
        collections[resource.number].events.append(StoredEvent(change: .deleted, object: last, time: time))
    }

    private mutating func enter(_ object: StoredObject, at time: Duration) {
        lastWrite = time
        let slot = object.resource.number
        let index = Self.position(of: object.key, in: collections[slot].objects)
        let isKnown =
            index < collections[slot].objects.count && collections[slot].objects[index].key == object.key
        if isKnown {
            collections[slot].objects[index] = object
        } else {
            collections[slot].objects.insert(object, at: index)
        }
        collections[slot].events
            .append(
                StoredEvent(change: isKnown ? .modified : .added, object: object, time: time)
            )
    }
}

extension ObjectStore {
    /// Adds an object before anything is served: unsorted, without history. Ends with ``finishLoading()``.
    mutating func load(_ resource: SimulatedResource, _ message: ProtobufMessage) {
        revision += 1
        var stamped = message
        stamped.edit(1) { $0.set(6, String(revision)) }
        collections[resource.number].objects
            .append(
                StoredObject(
                    resource,
                    namespace: stamped.string(1, 3) ?? "",
                    name: stamped.string(1, 1) ?? "",
                    uid: stamped.string(1, 5) ?? "",
                    revision: revision,
                    raw: stamped.encoded
                )
            )
    }

    /// Sorts what was loaded; from here on there is history.
    mutating func finishLoading() {
        for slot in collections.indices {
            collections[slot].objects.sort { $0.key < $1.key }
            collections[slot].events = []
        }
        compactedRevision = revision
    }

    /// Keeps the objects of a resource as they are now, for the pages that follow.
    mutating func pin(_ resource: SimulatedResource, at time: Duration) {
        guard !pins.contains(where: { $0.resource == resource && $0.revision == revision }) else { return }
        pins.append(Pin(resource: resource, revision: revision, objects: objects(resource), time: time))
    }

    /// The objects of a resource as they were at a revision: now, or at one that a list token was given for.
    func objects(_ resource: SimulatedResource, at wanted: Int64) -> [StoredObject]? {
        if wanted == revision { return objects(resource) }
        return pins.first { $0.resource == resource && $0.revision == wanted }?.objects
    }

    /// Forgets history and snapshots from before `time`.
    mutating func compact(before time: Duration) {
        for slot in collections.indices {
            let kept = collections[slot].events.firstIndex { $0.time >= time } ?? collections[slot].events.endIndex
            guard kept > 0 else { continue }
            compactedRevision = max(compactedRevision, collections[slot].events[kept - 1].object.revision)
            collections[slot].events.removeFirst(kept)
        }
        pins.removeAll { $0.time < time }
    }

    /// Forgets all history and all snapshots.
    mutating func compactAll() {
        for slot in collections.indices { collections[slot].events = [] }
        compactedRevision = revision
        pins = []
    }

    /// Goes back to a lower revision, as an etcd restored from a backup does: all objects keep their contents and
    /// get new, lower resourceVersions; history and snapshots are gone.
    mutating func restore(to lower: Int64) {
        revision = lower
        for slot in collections.indices {
            collections[slot].objects = collections[slot].objects.map { renumbered($0) }
            collections[slot].events = []
        }
        compactedRevision = revision
        pins = []
    }

    private mutating func renumbered(_ object: StoredObject) -> StoredObject {
        revision += 1
        var raw = Array(object.payload)
        if object.resource.isCustom, var document = try? JSONValue(parsing: raw), var metadata = document["metadata"] {
            metadata["resourceVersion"] = .string(String(revision))
            document["metadata"] = metadata
            raw = document.encoded
        } else if var message = try? ProtobufMessage(parsing: raw) {
            message.edit(1) { $0.set(6, String(revision)) }
            raw = message.encoded
        }
        return StoredObject(
            object.resource,
            namespace: object.namespace,
            name: object.name,
            uid: object.uid,
            revision: revision,
            raw: raw
        )
    }
}
