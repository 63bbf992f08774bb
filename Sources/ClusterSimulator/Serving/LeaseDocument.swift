import KubernetesWire

/// A Lease in JSON, the form in which clients write it.
enum LeaseDocument {
    /// The JSON of a stored Lease.
    static func json(_ object: StoredObject) -> JSONValue {
        guard let message = try? ProtobufMessage(parsing: object.payload) else { return .object([]) }
        var metadata = JSONValue.members([
            "name": .string(object.name), "namespace": .string(object.namespace), "uid": .string(object.uid),
            "resourceVersion": .string(String(object.revision)),
            "creationTimestamp": .string(WallTime.rfc3339(message.integer(1, 8, 1) ?? 0)),
        ])
        for (number, name) in [(11, "labels"), (12, "annotations")] {
            let entries = message.message(1)?.entries(number) ?? []
            guard !entries.isEmpty else { continue }
            metadata[name] = .object(entries.map { JSONValue.Member(name: $0.key, value: .string($0.value)) })
        }
        var spec = JSONValue.object([])
        if let holder = message.string(2, 1) { spec["holderIdentity"] = .string(holder) }
        if let seconds = message.integer(2, 2) { spec["leaseDurationSeconds"] = .integer(seconds) }
        for (number, name) in [(3, "acquireTime"), (4, "renewTime")] {
            guard let time = message.message(2, number) else { continue }
            spec[name] = .string(
                WallTime.rfc3339(time.integer(1) ?? 0, nanoseconds: time.integer(2) ?? 0)
            )
        }
        if let transitions = message.integer(2, 5) { spec["leaseTransitions"] = .integer(transitions) }
        return .members([
            "kind": .string("Lease"), "apiVersion": .string("coordination.k8s.io/v1"), "metadata": metadata,
            "spec": spec,
        ])
    }

    /// Puts what the document says into a Lease: labels, annotations and the whole spec.
    ///
    /// - Throws: ``InvalidLease`` naming the member at fault.
    static func apply(_ document: JSONValue, to message: inout ProtobufMessage) throws(InvalidLease) {
        var spec = ProtobufMessage()
        let given = document["spec"] ?? .object([])
        if let holder = given["holderIdentity"]?.text { spec.set(1, holder) }
        for (number, name) in [(2, "leaseDurationSeconds"), (5, "leaseTransitions")] {
            guard let value = given[name], value != .null else { continue }
            guard let count = value.integer, count >= 0 else { throw InvalidLease(member: "spec.\(name)") }
            spec.set(number, count)
        }
        for (number, name) in [(3, "acquireTime"), (4, "renewTime")] {
            guard let value = given[name], value != .null else { continue }
            guard let time = value.text.flatMap({ WallTime.parse($0) }) else {
                throw InvalidLease(member: "spec.\(name)")
            }
            var field = ProtobufMessage()
            field.set(1, time.seconds)
            field.set(2, time.nanoseconds)
            spec.set(number, field)
        }
        message.set(2, spec)
        message.edit(1) { metadata in
            for (number, name) in [(11, "labels"), (12, "annotations")] {
                metadata.removeAll(number)
                for member in document["metadata"]?[name]?.objectMembers ?? [] {
                    metadata.setEntry(number, member.name, member.value.text ?? "")
                }
            }
        }
    }
}

/// A member of a Lease that is not what it must be.
struct InvalidLease: Error {
    var member: String
}
