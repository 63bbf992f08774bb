import KubernetesWire

extension SimulatorState {
    /// The JSON body of a write, or the answer that refuses it.
    private mutating func document(_ request: SimulatedRequest, _ type: MediaType) -> Result<JSONValue, Refusal> {
        let media = (request.header("content-type") ?? "application/json").split(separator: ";").first.map(String.init)
        guard media == "application/json" else {
            return .failure(Refusal(answer: failure(.unsupportedMediaType(media ?? ""), type)))
        }
        do {
            return .success(try JSONValue(parsing: request.body))
        } catch {
            return .failure(Refusal(answer: failure(.badRequest("cannot read the body: \(error)"), type)))
        }
    }

    private struct Refusal: Error {
        var answer: Answer
    }

    /// `POST …/leases`.
    mutating func createLease(_ target: ResourcePath, _ request: SimulatedRequest, _ type: MediaType) -> Answer {
        let document: JSONValue
        switch self.document(request, type) {
        case .success(let value): document = value
        case .failure(let refusal): return refusal.answer
        }
        guard let name = document["metadata"]?["name"]?.text, !name.isEmpty, !target.namespace.isEmpty else {
            return failure(.badRequest("a lease needs metadata.name and a namespace in its path"), type)
        }
        guard Self.isSubdomain(name), Self.isSubdomain(target.namespace) else {
            return failure(.invalidName(.leases, name), type)
        }
        let given = document["metadata"]?["namespace"]?.text ?? target.namespace
        guard given == target.namespace else {
            return failure(
                .badRequest("the namespace of the provided object does not match the namespace sent on the request"),
                type
            )
        }
        guard cluster.acceptsWrites else { return timedOut() }
        guard cluster.store.object(.leases, namespace: target.namespace, name: name) == nil else {
            return failure(.alreadyExists(.leases, name), type)
        }
        var lease = ProtobufMessage()
        lease.edit(1) { metadata in
            metadata.set(1, name)
            metadata.set(2, "")
            metadata.set(3, target.namespace)
            metadata.set(4, "")
            metadata.set(5, random.uid())
            metadata.set(6, "")
            metadata.set(7, Int64(0))
            metadata.edit(8) { time in
                time.set(1, cluster.wallTime)
                time.set(2, Int64(0))
            }
        }
        return write(lease, document, target.namespace, name, status: 201, type)
    }

    /// Whether a name is a subdomain after RFC 1123, as names of objects are.
    private static func isSubdomain(_ name: String) -> Bool {
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-.".utf8
        let ends = [name.utf8.first, name.utf8.last].compactMap { $0 }
        return (1...253).contains(name.utf8.count) && name.utf8.allSatisfy { allowed.contains($0) }
            && ends.allSatisfy { $0 != 0x2D && $0 != 0x2E }
    }

    /// `PUT …/leases/NAME`, with the resourceVersion that the client read.
    mutating func updateLease(_ target: ResourcePath, _ request: SimulatedRequest, _ type: MediaType) -> Answer {
        let document: JSONValue
        switch self.document(request, type) {
        case .success(let value): document = value
        case .failure(let refusal): return refusal.answer
        }
        guard document["metadata"]?["name"]?.text ?? target.name == target.name else {
            return failure(
                .badRequest("the name of the object does not match the name on the URL (\(target.name))"),
                type
            )
        }
        guard cluster.acceptsWrites else { return timedOut() }
        guard let lease = cluster.store.message(.leases, namespace: target.namespace, name: target.name) else {
            return failure(.notFound(.leases, target.name), type)
        }
        let version = document["metadata"]?["resourceVersion"]?.text ?? ""
        guard version.isEmpty || version == lease.string(1, 6) else {
            return failure(.conflict(.leases, target.name), type)
        }
        return write(lease, document, target.namespace, target.name, status: 200, type)
    }

    private mutating func write(
        _ lease: ProtobufMessage,
        _ document: JSONValue,
        _ namespace: String,
        _ name: String,
        status: Int,
        _ type: MediaType
    ) -> Answer {
        var lease = lease
        do {
            try LeaseDocument.apply(document, to: &lease)
        } catch {
            return failure(.badRequest("cannot read \(error.member) of the lease"), type)
        }
        cluster.store.put(.leases, lease, at: cluster.now)
        deliver()
        guard let object = cluster.store.object(.leases, namespace: namespace, name: name) else {
            return failure(.notFound(.leases, name), type)
        }
        return encoded(object, status: status, type)
    }

    /// TokenReview and SubjectAccessReview: nothing is stored, the status is filled in.
    mutating func reviewAnswer(_ review: ResourcePath.Review, _ request: SimulatedRequest) -> Answer {
        let json = MediaType(accept: "application/json")
        guard request.method == "POST" else { return failure(.methodNotAllowed, json) }
        var document: JSONValue
        switch self.document(request, json) {
        case .success(let value): document = value
        case .failure(let refusal): return refusal.answer
        }
        let spec = document["spec"] ?? .object([])
        switch review {
        case .token:
            let user = spec["token"]?.text.flatMap { access.tokens[$0] }
            var status = JSONValue.members(["authenticated": .bool(user != nil)])
            if let user {
                status["user"] = .members([
                    "username": .string(user.name), "groups": .array(user.groups.map { .string($0) }),
                ])
            } else {
                status["user"] = .object([])
                status["error"] = .string("invalid bearer token")
            }
            document["status"] = status
        case .subjectAccess:
            let isAllowed = spec["user"]?.text.map { access.allowedUsers.contains($0) } ?? false
            document["status"] = .members(["allowed": .bool(isAllowed)])
        }
        return complete(head(201, .json), document.encoded + [0x0A])
    }
}
