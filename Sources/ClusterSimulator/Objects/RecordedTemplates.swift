import KubernetesWire

/// Recorded lists of a real API server, from which every object of the simulated cluster is made.
package struct RecordedTemplates: Sendable {
    /// The recorded items of each resource that is served as protobuf.
    private var messages: [SimulatedResource: [ProtobufMessage]] = [:]
    /// The recorded items of each custom resource.
    private var documents: [SimulatedResource: [JSONValue]] = [:]

    /// The files that are read where they are there: `core_v1_pods.pb` and so on, `.json` for custom resources.
    package static var fileNames: [String] {
        SimulatedResource.allCases.map { $0.recordedName + ($0.isCustom ? ".json" : ".pb") }
    }

    /// Reads recorded lists.
    ///
    /// - Parameter files: Contents by file name, see ``fileNames``; others are left aside.
    /// - Throws: ``RecordedTemplatesError`` naming the file that is no recorded list.
    package init(files: [String: [UInt8]]) throws(RecordedTemplatesError) {
        for resource in SimulatedResource.allCases {
            let name = resource.recordedName + (resource.isCustom ? ".json" : ".pb")
            guard let bytes = files[name] else { continue }
            if resource.isCustom {
                documents[resource] = try Self.readJSON(bytes, name)
            } else {
                messages[resource] = try Self.readProtobuf(bytes, name)
            }
        }
    }

    private static func readProtobuf(
        _ bytes: [UInt8],
        _ name: String
    ) throws(RecordedTemplatesError) -> [ProtobufMessage] {
        guard bytes.starts(with: Wire.magic) else { throw .notRecorded(file: name, reason: "no envelope") }
        do {
            let envelope = try ProtobufMessage(parsing: bytes.dropFirst(Wire.magic.count))
            guard let list = envelope.message(2) else {
                throw RecordedTemplatesError.notRecorded(file: name, reason: "no list in the envelope")
            }
            let items = list.messages(2)
            guard items.allSatisfy({ $0.string(1, 1)?.isEmpty == false && $0.message(1, 8) != nil }) else {
                throw RecordedTemplatesError.notRecorded(file: name, reason: "an item without name or creation time")
            }
            return items.map { Self.opened($0) }
        } catch let error as RecordedTemplatesError {
            throw error
        } catch {
            throw .notRecorded(file: name, reason: "\(error)")
        }
    }

    /// The item with those messages parsed that are edited in every copy: done once here, shared by all copies.
    private static func opened(_ item: ProtobufMessage) -> ProtobufMessage {
        var item = item
        item.edit(1) { metadata in
            metadata.edit(8) { _ in }
            for number in [11, 12, 13] { metadata.editAll(number) { _ in } }
        }
        if item.message(3, 7) != nil {
            item.edit(3) { status in
                status.editAll(2) { condition in condition.editAll(4) { _ in } }
                for number in [7, 12] { status.editAll(number) { _ in } }
                status.editAll(8) { container in
                    container.editAll(2) { state in state.editAll(2) { running in running.editAll(1) { _ in } } }
                }
            }
        }
        return item
    }

    private static func readJSON(_ bytes: [UInt8], _ name: String) throws(RecordedTemplatesError) -> [JSONValue] {
        do {
            return try JSONValue(parsing: bytes)["items"]?.elements ?? []
        } catch {
            throw .notRecorded(file: name, reason: "\(error)")
        }
    }

    /// All recorded items of a resource.
    func all(_ resource: SimulatedResource) -> [ProtobufMessage] {
        messages[resource] ?? []
    }

    /// All recorded items of a custom resource.
    func documents(_ resource: SimulatedResource) -> [JSONValue] {
        documents[resource] ?? []
    }

    /// The first recorded item whose name begins so.
    ///
    /// - Throws: ``RecordedTemplatesError/missing(resource:name:)`` where there is none.
    func named(_ prefix: String, _ resource: SimulatedResource) throws(RecordedTemplatesError) -> ProtobufMessage {
        guard let found = all(resource).first(where: { $0.string(1, 1)?.hasPrefix(prefix) == true }) else {
            throw .missing(resource: resource.recordedName, name: prefix)
        }
        return found
    }
}

/// Why recorded lists cannot serve as templates.
package enum RecordedTemplatesError: Error, Equatable, CustomStringConvertible {
    /// A file is no recorded list.
    case notRecorded(file: String, reason: String)
    /// The recording lacks an object that the scripted cluster is made from.
    case missing(resource: String, name: String)

    package var description: String {
        switch self {
        case .notRecorded(let file, let reason): "\(file) is not a recorded list: \(reason)"
        case .missing(let resource, let name):
            "the recording has no object \(name)… in \(resource): take the files of three-zone-healthy"
        }
    }
}
