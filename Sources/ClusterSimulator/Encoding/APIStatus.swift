import KubernetesWire

/// The `Status` object of an error, in the two forms it is served in.
struct APIStatus: Sendable {
    struct Details: Sendable {
        var name = ""
        var group = ""
        var kind = ""
        var causes: [(reason: String, message: String)] = []
        var retryAfterSeconds: Int64 = 0
    }

    var code: Int
    var reason: String
    var message: String
    var details: Details?
    /// A token with which an expired list may go on at the newest state.
    var continueToken = ""

    /// The object in protobuf, without envelope.
    var raw: [UInt8] {
        var meta = ProtobufMessage()
        meta.set(1, "")
        meta.set(2, "")
        meta.set(3, continueToken)
        var status = ProtobufMessage()
        status.set(1, meta)
        status.set(2, "Failure")
        status.set(3, message)
        status.set(4, reason)
        if let details {
            var field = ProtobufMessage()
            field.set(1, details.name)
            field.set(2, details.group)
            field.set(3, details.kind)
            field.replaceAll(
                4,
                with: details.causes.map { cause in
                    var entry = ProtobufMessage()
                    entry.set(1, cause.reason)
                    entry.set(2, cause.message)
                    entry.set(3, "")
                    return entry
                }
            )
            field.set(5, details.retryAfterSeconds)
            field.set(6, "")
            status.set(5, field)
        }
        status.set(6, Int64(code))
        return status.encoded
    }

    /// The object in protobuf, in its envelope.
    var protobuf: [UInt8] {
        Wire.enveloped(apiVersion: "v1", kind: "Status", raw: raw)
    }

    /// The object in JSON. The 504 of a handler that ran out of time lacks kind and apiVersion.
    func json(withType: Bool = true) -> [UInt8] {
        var members: [JSONValue.Member] = []
        if withType {
            members.append(JSONValue.Member(name: "kind", value: .string("Status")))
            members.append(JSONValue.Member(name: "apiVersion", value: .string("v1")))
        }
        var metadata = JSONValue.object([])
        if !continueToken.isEmpty { metadata["continue"] = .string(continueToken) }
        var json = JSONValue.object(members)
        json["metadata"] = metadata
        json["status"] = .string("Failure")
        json["message"] = .string(message)
        json["reason"] = .string(reason)
        if let details {
            var entry = JSONValue.object([])
            if !details.name.isEmpty { entry["name"] = .string(details.name) }
            if !details.group.isEmpty { entry["group"] = .string(details.group) }
            if !details.kind.isEmpty { entry["kind"] = .string(details.kind) }
            if details.retryAfterSeconds > 0 { entry["retryAfterSeconds"] = .integer(details.retryAfterSeconds) }
            json["details"] = entry
        }
        json["code"] = .integer(code)
        return json.encoded + [0x0A]
    }
}

extension APIStatus {
    static func badRequest(_ message: String) -> APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: message)
    }

    static let unauthorized = APIStatus(code: 401, reason: "Unauthorized", message: "Unauthorized")

    static func forbidden(_ resource: SimulatedResource, verb: String, user: String, namespace: String) -> APIStatus {
        let scope = namespace.isEmpty ? "at the cluster scope" : "in the namespace \"\(namespace)\""
        return APIStatus(
            code: 403,
            reason: "Forbidden",
            message: "\(resource.qualifiedName) is forbidden: User \"\(user)\" cannot \(verb) resource "
                + "\"\(resource.plural)\" in API group \"\(resource.group)\" \(scope)",
            details: Details(group: resource.group, kind: resource.plural)
        )
    }

    /// A version or resource that the group does not serve.
    static let unknownResource = APIStatus(
        code: 404,
        reason: "NotFound",
        message: "the server could not find the requested resource",
        details: Details()
    )

    static func notFound(_ resource: SimulatedResource, _ name: String) -> APIStatus {
        APIStatus(
            code: 404,
            reason: "NotFound",
            message: "\(resource.qualifiedName) \"\(name)\" not found",
            details: Details(name: name, group: resource.group, kind: resource.plural)
        )
    }

    static let methodNotAllowed = APIStatus(
        code: 405,
        reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource",
        details: Details()
    )

    static func notAcceptable(_ types: String) -> APIStatus {
        APIStatus(
            code: 406,
            reason: "NotAcceptable",
            message: "only the following media types are accepted: \(types)"
        )
    }

    static func alreadyExists(_ resource: SimulatedResource, _ name: String) -> APIStatus {
        APIStatus(
            code: 409,
            reason: "AlreadyExists",
            message: "\(resource.qualifiedName) \"\(name)\" already exists",
            details: Details(name: name, group: resource.group, kind: resource.plural)
        )
    }

    static func conflict(_ resource: SimulatedResource, _ name: String) -> APIStatus {
        APIStatus(
            code: 409,
            reason: "Conflict",
            message: "Operation cannot be fulfilled on \(resource.qualifiedName) \"\(name)\": the object has been "
                + "modified; please apply your changes to the latest version and try again",
            details: Details(name: name, group: resource.group, kind: resource.plural)
        )
    }

    static func expiredWatch(_ wanted: Int64, oldest: Int64) -> APIStatus {
        APIStatus(code: 410, reason: "Expired", message: "too old resource version: \(wanted) (\(oldest))")
    }

    static func expiredList(inconsistent token: String) -> APIStatus {
        APIStatus(
            code: 410,
            reason: "Expired",
            message: "The provided continue parameter is too old to display a consistent list result. You can start a "
                + "new list without the continue parameter, or use the continue token in this response to retrieve "
                + "the remainder of the results. Continuing with the provided token results in an inconsistent list "
                + "- objects that were created, modified, or deleted between the time the first chunk was returned "
                + "and now may show up in the list.",
            continueToken: token
        )
    }

    static func unsupportedMediaType(_ type: String) -> APIStatus {
        APIStatus(
            code: 415,
            reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: "
                + "application/json (was \"\(type)\")"
        )
    }

    static func invalidName(_ resource: SimulatedResource, _ name: String) -> APIStatus {
        APIStatus(
            code: 422,
            reason: "Invalid",
            message: "\(resource.kind).\(resource.group) \"\(name)\" is invalid: metadata.name: Invalid value: "
                + "\"\(name)\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
                + "'-' or '.', and must start and end with an alphanumeric character",
            details: Details(name: name, group: resource.group, kind: resource.kind)
        )
    }

    static let internalError = APIStatus(
        code: 500,
        reason: "InternalError",
        message: "Internal error occurred: simulated fault",
        details: Details()
    )

    static func futureVersion(_ wanted: Int64, current: Int64) -> APIStatus {
        APIStatus(
            code: 504,
            reason: "Timeout",
            message: "Timeout: Too large resource version: \(wanted), current: \(current)",
            details: Details(
                causes: [("ResourceVersionTooLarge", "Too large resource version")],
                retryAfterSeconds: 1
            )
        )
    }

    /// What a new watch gets while the watch cache has no etcd to read: `errors.NewTooManyRequests`.
    static func initializing(retryAfter seconds: Int64) -> APIStatus {
        APIStatus(
            code: 429,
            reason: "TooManyRequests",
            message: "storage is (re)initializing",
            details: Details(retryAfterSeconds: seconds)
        )
    }

    /// What a request gets that etcd never answers.
    static let timedOut = APIStatus(
        code: 504,
        reason: "Timeout",
        message: "Timeout: request did not complete within the allotted timeout",
        details: Details()
    )
}

extension SimulatedResource {
    /// The name in messages: `pods`, `leases.coordination.k8s.io`.
    var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
}
