import KubernetesWire

/// What an answer says about itself in its head.
enum ContentKind: String {
    case protobuf = "application/vnd.kubernetes.protobuf"
    case protobufWatch = "application/vnd.kubernetes.protobuf;stream=watch"
    case json = "application/json"
    case text = "text/plain; charset=utf-8"
}

extension SimulatorState {
    /// A head as the API server writes it. Requests that get past admission carry the flow schema's ids.
    mutating func head(
        _ status: Int,
        _ kind: ContentKind,
        isAdmitted: Bool = true,
        isNoSniff: Bool = false,
        extra: [(name: String, value: String)] = []
    ) -> SimulatedHead {
        var headers: [(name: String, value: String)] = [
            ("audit-id", random.uid()),
            ("cache-control", "no-cache, private"),
            ("content-type", kind.rawValue),
        ]
        headers.append(contentsOf: extra)
        if isNoSniff { headers.append(("x-content-type-options", "nosniff")) }
        if isAdmitted {
            headers.append(("x-kubernetes-pf-flowschema-uid", "67cb4a0c-0070-4408-9af5-eeefc5809448"))
            headers.append(("x-kubernetes-pf-prioritylevel-uid", "610e2e69-339f-4aae-b044-3b04e7987b95"))
        }
        headers.append(("date", WallTime.httpDate(cluster.wallTime)))
        return SimulatedHead(status: status, headers: headers)
    }

    /// A complete answer. Go's server announces the length of what fits its write buffer of 4096 bytes.
    func complete(_ head: SimulatedHead, _ body: [UInt8]) -> Answer {
        var head = head
        if body.count < 4096 {
            let place = max(0, head.headers.count - 1)
            head.headers.insert(("content-length", String(body.count)), at: place)
        }
        return .response(SimulatedResponse(head: head, body: .bytes(body)))
    }

    /// An error in the form that the client accepts.
    mutating func failure(_ status: APIStatus, _ type: MediaType) -> Answer {
        let isAdmitted = status.code != 401
        let isNoSniff = status.code == 403
        // `responsewriters.ErrorNegotiated` in apiserver/pkg/endpoints/handlers puts it into the head too.
        let seconds = status.details.flatMap { $0.retryAfterSeconds > 0 ? $0.retryAfterSeconds : nil }
        let extra = seconds.map { [(name: "retry-after", value: String($0))] } ?? []
        if type.takesProtobuf || !type.takesJSON {
            let head = head(status.code, .protobuf, isAdmitted: isAdmitted, isNoSniff: isNoSniff, extra: extra)
            return complete(head, status.protobuf)
        }
        return complete(
            head(status.code, .json, isAdmitted: isAdmitted, isNoSniff: isNoSniff, extra: extra),
            status.json()
        )
    }

    mutating func text(_ status: Int, _ text: String) -> Answer {
        complete(head(status, .text, isNoSniff: true), Array(text.utf8))
    }

    /// The answer to a request whose handler ran out of time: JSON under `text/plain`, as recorded.
    mutating func timedOut() -> Answer {
        complete(
            head(504, .text, isAdmitted: false),
            APIStatus.timedOut.json(withType: false)
        )
    }

    /// Answers a request at whatever listener it came in.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - continuation: Where the chunks go if it is a watch.
    ///   - gate: Finished when a request that waits is to be asked again.
    /// - Returns: What to answer, or that nothing is to be answered yet.
    mutating func answer(
        _ request: SimulatedRequest,
        continuation: OpenWatch.Continuation,
        gate: AsyncStream<Void>.Continuation
    ) -> Answer {
        if request.path.hasPrefix("/simulator/") { return control(request) }
        switch request.endpoint {
        case .etcd(let member):
            guard member < cluster.plan.masters, cluster.isMemberUp(member) else { return .response(.refused) }
            guard cluster.isMemberWorking(member) else { return wait(gate) }
            let answer = etcdAnswer(request, member: member)
            if case .hang = answer { return wait(gate) }
            return answer
        case .apiServer(let index):
            guard cluster.isAPIServerUp(index) else { return .response(.refused) }
        case .loadBalancer:
            guard (0..<cluster.plan.masters).contains(where: { cluster.isAPIServerUp($0) }) else {
                return .response(.refused)
            }
        }
        guard !isActive(.hang) else { return wait(gate) }
        let answer = apiAnswer(request, continuation)
        if case .wait(let until) = answer { return wait(gate, until: until) }
        return answer
    }

    /// Enters a request among those that wait.
    private mutating func wait(_ gate: AsyncStream<Void>.Continuation, until: Duration? = nil) -> Answer {
        waiting.append(WaitingRequest(gate: gate, until: until))
        return .hang
    }

    private mutating func apiAnswer(_ request: SimulatedRequest, _ continuation: OpenWatch.Continuation) -> Answer {
        let type = MediaType(accept: request.header("accept"))
        guard isTokenGood(request) else { return failure(.unauthorized, type) }
        let segments = request.path.split(separator: "/").map(String.init)
        switch segments.first {
        case "version", "readyz", "livez", "healthz": return healthAnswer(request, segments)
        case "metrics" where segments.count == 1 && request.method == "GET": return text(200, Self.apiServerMetrics)
        case "api", "apis": break
        default: return text(404, "404 page not found\n")
        }
        guard let target = ResourcePath(segments) else {
            return discoveryAnswer(segments, type)
        }
        if let review = target.review { return reviewAnswer(review, request) }
        guard let resource = target.resource else {
            return failure(.unknownResource, type)
        }
        let verb = Self.verb(request, target)
        requestCounts["\(verb) \(resource.plural)", default: 0] += 1
        if let refusal = refusal(resource, verb, target, request, type) { return refusal }
        return resourceAnswer(resource, target, verb, request, type, continuation)
    }

    private func isTokenGood(_ request: SimulatedRequest) -> Bool {
        if isActive(.tokenExpired(nil)) { return false }
        if let token = request.bearerToken, isActive(.tokenExpired(token)) { return false }
        guard let required = access.requiredTokens else { return true }
        // Health and version are open to anybody, but not to somebody with a wrong token.
        let isPublic = ["/version", "/readyz", "/livez", "/healthz"].contains(request.path)
        return request.bearerToken.map { required.contains($0) } ?? isPublic
    }

    private static func verb(_ request: SimulatedRequest, _ target: ResourcePath) -> String {
        switch request.method {
        case "GET" where !target.name.isEmpty: "get"
        case "GET": request.isTrue("watch") ? "watch" : "list"
        case "POST": "create"
        case "PUT": "update"
        case "PATCH": "patch"
        default: "delete"
        }
    }

    /// What stands in the way of a request for a resource, in the order in which a real server looks.
    private mutating func refusal(
        _ resource: SimulatedResource,
        _ verb: String,
        _ target: ResourcePath,
        _ request: SimulatedRequest,
        _ type: MediaType
    ) -> Answer? {
        for fault in faults {
            switch fault {
            case .tooManyRequests(let limited, let retryAfter) where limited == nil || limited == resource:
                let head = head(
                    429,
                    .text,
                    isAdmitted: false,
                    isNoSniff: true,
                    extra: [("retry-after", String(retryAfter))]
                )
                return complete(head, Array("Too many requests, please try again later.\n".utf8))
            case .internalError(let broken) where broken == nil || broken == resource:
                return failure(.internalError, type)
            case .forbidden(resource):
                let user = request.bearerToken.flatMap { access.tokens[$0]?.name } ?? access.defaultUser
                return failure(.forbidden(resource, verb: verb, user: user, namespace: target.namespace), type)
            case .garbage(let broken) where broken == nil || broken == resource:
                return complete(head(200, .protobuf), garbageBytes(512))
            default: continue
            }
        }
        return nil
    }

    private mutating func resourceAnswer(
        _ resource: SimulatedResource,
        _ target: ResourcePath,
        _ verb: String,
        _ request: SimulatedRequest,
        _ type: MediaType,
        _ continuation: OpenWatch.Continuation
    ) -> Answer {
        if let refusal = mediaRefusal(resource, verb, type) { return refusal }
        if let lostAt = quorumLostAt { return withoutQuorum(resource, verb, request, type, since: lostAt) }
        switch verb {
        case "watch": return watchAnswer(resource, target, request, type, continuation)
        case "list": return listAnswer(resource, target, request, type)
        case "get": return getAnswer(resource, target, type)
        case "create" where resource == .leases && target.name.isEmpty:
            return createLease(target, request, type)
        case "update" where resource == .leases && !target.name.isEmpty:
            return updateLease(target, request, type)
        default: return failure(.methodNotAllowed, type)
        }
    }

    /// Custom resources come as JSON only, built-in ones but leases from this simulator as protobuf only.
    private mutating func mediaRefusal(_ resource: SimulatedResource, _ verb: String, _ type: MediaType) -> Answer? {
        if resource.isCustom {
            guard !type.takesJSON else { return nil }
            return failure(.notAcceptable("application/json, application/yaml, \(MediaType.protobuf)"), type)
        }
        guard !type.takesProtobuf, resource != .leases || verb == "watch" else { return nil }
        return failure(.notAcceptable(MediaType.protobuf), type)
    }

    private mutating func getAnswer(
        _ resource: SimulatedResource,
        _ target: ResourcePath,
        _ type: MediaType
    ) -> Answer {
        guard let object = cluster.store.object(resource, namespace: target.namespace, name: target.name) else {
            return failure(.notFound(resource, target.name), type)
        }
        if resource.isCustom { return complete(head(200, .json), Array(object.payload) + [0x0A]) }
        return encoded(object, status: 200, type)
    }

    /// One object: in protobuf where the client takes it, else a Lease in JSON.
    mutating func encoded(_ object: StoredObject, status: Int, _ type: MediaType) -> Answer {
        if type.takesProtobuf {
            return complete(
                head(status, .protobuf),
                Wire.enveloped(
                    apiVersion: object.resource.apiVersion,
                    kind: object.resource.kind,
                    raw: object.payload
                )
            )
        }
        return complete(head(status, .json), LeaseDocument.json(object).encoded + [0x0A])
    }
}
