import KubernetesWire

extension SimulatorState {
    /// What a field selector asks for, as far as the simulator can tell.
    struct Selection {
        var namespace: String
        var name = ""
    }

    /// Reads `fieldSelector` and `labelSelector`; anything but name and namespace is refused, never ignored.
    func selection(_ request: SimulatedRequest, _ target: ResourcePath) throws(SelectionError) -> Selection {
        guard request.parameter("labelSelector").isEmpty else {
            throw SelectionError(reason: "the simulator serves no label selectors")
        }
        var selection = Selection(namespace: target.namespace)
        for part in request.parameter("fieldSelector").split(separator: ",") {
            let sides = part.split(separator: "=", omittingEmptySubsequences: true).map(String.init)
            guard sides.count == 2, !part.contains("!=") else {
                throw SelectionError(reason: "invalid field selector: \(part)")
            }
            switch sides[0] {
            case "metadata.name": selection.name = sides[1]
            case "metadata.namespace" where selection.namespace.isEmpty || selection.namespace == sides[1]:
                selection.namespace = sides[1]
            default: throw SelectionError(reason: "field label not supported: \(sides[0])")
            }
        }
        return selection
    }

    struct SelectionError: Error {
        var reason: String
    }

    /// Which state a list shows.
    private enum Snapshot {
        case state([StoredObject], revision: Int64, after: String)
        case refused(Answer)
    }

    mutating func listAnswer(
        _ resource: SimulatedResource,
        _ target: ResourcePath,
        _ request: SimulatedRequest,
        _ type: MediaType
    ) -> Answer {
        let selection: Selection
        do {
            selection = try self.selection(request, target)
        } catch {
            return failure(.badRequest(error.reason), type)
        }
        guard let asked = Int(request.parameter("limit").isEmpty ? "0" : request.parameter("limit")), asked >= 0 else {
            return failure(.badRequest("limit: invalid value \"\(request.parameter("limit"))\""), type)
        }
        // The watch cache answers resourceVersion 0 in one piece, whatever the limit.
        let limit = request.parameter("resourceVersion") == "0" ? 0 : asked
        switch snapshot(resource, selection, request, type, isPaged: limit > 0) {
        case .refused(let answer): return answer
        case .state(let objects, let revision, let after):
            return page(resource, selection, objects, revision: revision, after: after, limit: limit, type)
        }
    }

    private mutating func snapshot(
        _ resource: SimulatedResource,
        _ selection: Selection,
        _ request: SimulatedRequest,
        _ type: MediaType,
        isPaged: Bool
    ) -> Snapshot {
        let store = cluster.store
        let version = request.parameter("resourceVersion")
        let prefix = selection.namespace.isEmpty ? "" : "/" + selection.namespace
        if !request.parameter("continue").isEmpty {
            guard version.isEmpty || version == "0" else {
                return .refused(
                    failure(.badRequest("specifying resource version is not allowed when using continue"), type)
                )
            }
            let token: ContinueToken
            do {
                token = try ContinueToken(request.parameter("continue"))
            } catch {
                let message = "invalid continue token: continue key is not valid: \(error.reason)"
                return .refused(failure(.badRequest(message), type))
            }
            let after = prefix + token.lastKey
            if token.revision == -1 {
                return .state(store.objects(resource), revision: store.revision, after: after)
            }
            guard let objects = store.objects(resource, at: token.revision) else {
                let inconsistent = ContinueToken(revision: -1, lastKey: token.lastKey)
                return .refused(failure(.expiredList(inconsistent: inconsistent.encoded), type))
            }
            return .state(objects, revision: token.revision, after: after)
        }
        guard version != "", version != "0" else {
            return .state(store.objects(resource), revision: store.revision, after: "")
        }
        guard let wanted = Int64(version), wanted > 0 else {
            return .refused(failure(.badRequest("resourceVersion: invalid value \"\(version)\""), type))
        }
        guard wanted <= store.revision else {
            return .refused(failure(.futureVersion(wanted, current: store.revision), type))
        }
        let match = request.parameter("resourceVersionMatch")
        guard match == "Exact" || (match.isEmpty && isPaged) else {
            return .state(store.objects(resource), revision: store.revision, after: "")
        }
        guard let objects = store.objects(resource, at: wanted) else {
            return .refused(failure(.expiredWatch(wanted, oldest: store.compactedRevision), type))
        }
        return .state(objects, revision: wanted, after: "")
    }

    private mutating func page(
        _ resource: SimulatedResource,
        _ selection: Selection,
        _ objects: [StoredObject],
        revision: Int64,
        after: String,
        limit: Int,
        _ type: MediaType
    ) -> Answer {
        let prefix = selection.namespace.isEmpty ? "" : "/" + selection.namespace
        // "0" is the character after "/": all keys of the namespace lie between.
        var first = prefix.isEmpty ? 0 : ObjectStore.position(of: prefix + "/", in: objects)
        let last = prefix.isEmpty ? objects.count : ObjectStore.position(of: prefix + "0", in: objects)
        if !after.isEmpty { first = max(first, ObjectStore.position(of: after + "\0", in: objects)) }
        first = min(first, last)
        var items = objects[first..<last]
        if !selection.name.isEmpty { items = items.filter { $0.name == selection.name }[...] }
        var token = ""
        var remaining: Int?
        if limit > 0, items.count > limit {
            let rest = items.count - limit
            items = items.prefix(limit)
            let key = items.last?.key ?? ""
            token = ContinueToken(revision: revision, lastKey: String(key.dropFirst(prefix.count))).encoded
            if selection.name.isEmpty { remaining = rest }
            if revision == cluster.store.revision { cluster.store.pin(resource, at: cluster.now) }
        }
        return listBody(resource, items, revision: revision, token: token, remaining: remaining, type)
    }

    private mutating func listBody(
        _ resource: SimulatedResource,
        _ items: ArraySlice<StoredObject>,
        revision: Int64,
        token: String,
        remaining: Int?,
        _ type: MediaType
    ) -> Answer {
        let kind = resource.kind + "List"
        if resource.isCustom || !type.takesProtobuf {
            var metadata = JSONValue.members([
                "continue": .string(token), "resourceVersion": .string(String(revision)),
            ])
            if let remaining { metadata["remainingItemCount"] = .integer(remaining) }
            let end = "],\"kind\":\"\(kind)\",\"metadata\":\(String(decoding: metadata.encoded, as: UTF8.self))}\n"
            let start = Array("{\"apiVersion\":\"\(resource.apiVersion)\",\"items\":[".utf8)
            if resource.isCustom {
                return .list(
                    head(200, .json),
                    ListBody(start: start, items: items, separator: [0x2C], end: Array(end.utf8))
                )
            }
            let documents = items.map { LeaseDocument.json($0).encoded }.joined(separator: [0x2C])
            return complete(head(200, .json), start + documents + Array(end.utf8))
        }
        let meta = Wire.listMeta(revision: revision, continueToken: token, remaining: remaining)
        let rawCount = items.reduce(meta.count) { $0 + $1.item.count }
        let start = Wire.envelopeStart(apiVersion: resource.apiVersion, kind: kind, rawCount: rawCount) + meta
        return .list(
            head(200, .protobuf),
            ListBody(start: start, items: items, separator: [], end: Wire.envelopeEnd)
        )
    }
}
