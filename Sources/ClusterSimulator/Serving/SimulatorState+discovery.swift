import KubernetesWire

extension SimulatorState {
    private static let groups: [(name: String, version: String)] = {
        var seen: [(name: String, version: String)] = []
        for resource in SimulatedResource.allCases where !resource.group.isEmpty {
            if !seen.contains(where: { $0.name == resource.group }) { seen.append((resource.group, resource.version)) }
        }
        return seen + [("authentication.k8s.io", "v1"), ("authorization.k8s.io", "v1")]
    }()

    /// `/api`, `/apis`, `/apis/GROUP` and the resources of a version. A group that is not served is a page not found.
    mutating func discoveryAnswer(_ segments: [String], _ type: MediaType) -> Answer {
        if segments == ["api"] { return discovery("APIVersions", "v1", Self.coreVersions, type) }
        if segments == ["apis"] { return discovery("APIGroupList", "v1", Self.groupList, type) }
        if segments.first == "api", segments.count == 2 {
            guard segments[1] == "v1" else { return text(404, "404 page not found\n") }
            return discovery("APIResourceList", "v1", Self.resources(group: "", version: "v1"), type)
        }
        guard segments.count <= 3, segments.first == "apis",
            let group = Self.groups.first(where: { $0.name == segments[1] })
        else { return text(404, "404 page not found\n") }
        if segments.count == 2 { return discovery("APIGroup", "v1", Self.group(group), type) }
        guard segments[2] == group.version else { return text(404, "404 page not found\n") }
        return discovery("APIResourceList", "v1", Self.resources(group: group.name, version: group.version), type)
    }

    /// The two forms of one discovery document.
    private struct Document {
        var json: [JSONValue.Member]
        var message: ProtobufMessage
    }

    private mutating func discovery(
        _ kind: String,
        _ apiVersion: String,
        _ document: Document,
        _ type: MediaType
    ) -> Answer {
        if type.takesProtobuf {
            return complete(
                head(200, .protobuf),
                Wire.enveloped(apiVersion: apiVersion, kind: kind, raw: document.message.encoded)
            )
        }
        let head = head(200, .json)
        let members: [JSONValue.Member] = [
            JSONValue.Member(name: "kind", value: .string(kind)),
            JSONValue.Member(name: "apiVersion", value: .string(apiVersion)),
        ]
        return complete(head, JSONValue.object(members + document.json).encoded + [0x0A])
    }

    private static let coreVersions: Document = {
        var message = ProtobufMessage()
        message.set(1, "v1")
        return Document(
            json: [
                JSONValue.Member(name: "versions", value: .array([.string("v1")])),
                JSONValue.Member(name: "serverAddressByClientCIDRs", value: .array([])),
            ],
            message: message
        )
    }()

    private static let groupList: Document = {
        let documents = groups.map { group($0) }
        var message = ProtobufMessage()
        message.replaceAll(1, with: documents.map(\.message))
        return Document(
            json: [JSONValue.Member(name: "groups", value: .array(documents.map { .object($0.json) }))],
            message: message
        )
    }()

    private static func group(_ group: (name: String, version: String)) -> Document {
        let groupVersion = "\(group.name)/\(group.version)"
        let version = JSONValue.members([
            "groupVersion": .string(groupVersion), "version": .string(group.version),
        ])
        var entry = ProtobufMessage()
        entry.set(1, groupVersion)
        entry.set(2, group.version)
        var message = ProtobufMessage()
        message.set(1, group.name)
        message.replaceAll(2, with: [entry])
        message.set(3, entry)
        return Document(
            json: [
                JSONValue.Member(name: "name", value: .string(group.name)),
                JSONValue.Member(name: "versions", value: .array([version])),
                JSONValue.Member(name: "preferredVersion", value: version),
            ],
            message: message
        )
    }

    /// One entry of an APIResourceList.
    private struct Entry {
        var name: String
        var kind: String
        var isNamespaced: Bool
        var verbs: [String]
        var shortNames: [String] = []
    }

    private static func resources(group: String, version: String) -> Document {
        var entries = SimulatedResource.allCases.filter { $0.group == group && $0.version == version }
            .map { resource in
                let reading = ["get", "list", "watch"]
                return Entry(
                    name: resource.plural,
                    kind: resource.kind,
                    isNamespaced: resource.isNamespaced,
                    verbs: resource == .leases ? ["create"] + reading + ["update"] : reading,
                    shortNames: resource.shortNames
                )
            }
        switch group {
        case "authentication.k8s.io":
            entries = [Entry(name: "tokenreviews", kind: "TokenReview", isNamespaced: false, verbs: ["create"])]
        case "authorization.k8s.io":
            entries = [
                Entry(
                    name: "subjectaccessreviews",
                    kind: "SubjectAccessReview",
                    isNamespaced: false,
                    verbs: ["create"]
                )
            ]
        default: break
        }
        let groupVersion = group.isEmpty ? version : "\(group)/\(version)"
        var message = ProtobufMessage()
        message.set(1, groupVersion)
        message.replaceAll(2, with: entries.map { encoded($0) })
        return Document(
            json: [
                JSONValue.Member(name: "groupVersion", value: .string(groupVersion)),
                JSONValue.Member(name: "resources", value: .array(entries.map { json($0) })),
            ],
            message: message
        )
    }

    private static func json(_ entry: Entry) -> JSONValue {
        var json = JSONValue.members([
            "name": .string(entry.name), "singularName": .string(entry.kind.lowercased()),
            "namespaced": .bool(entry.isNamespaced), "kind": .string(entry.kind),
            "verbs": .array(entry.verbs.map { .string($0) }),
        ])
        if !entry.shortNames.isEmpty { json["shortNames"] = .array(entry.shortNames.map { .string($0) }) }
        return json
    }

    private static func encoded(_ entry: Entry) -> ProtobufMessage {
        func strings(_ number: Int, _ texts: [String]) -> [ProtobufMessage.Field] {
            texts.map { ProtobufMessage.Field(number: number, value: .bytes(Array($0.utf8))) }
        }
        var verbs = ProtobufMessage()
        verbs.fields = strings(1, entry.verbs)
        var message = ProtobufMessage()
        message.set(1, entry.name)
        message.set(2, entry.isNamespaced)
        message.set(3, entry.kind)
        message.set(4, verbs)
        message.fields += strings(5, entry.shortNames)
        message.set(6, entry.kind.lowercased())
        message.set(8, "")
        message.set(9, "")
        message.set(10, "")
        return message
    }
}
