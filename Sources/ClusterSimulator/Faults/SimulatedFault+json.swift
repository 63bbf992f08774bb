package import KubernetesWire

extension SimulatedFault {
    /// Reads a fault as the control route takes it: `{"fault": "node-lost", "name": "worker-00001"}`.
    ///
    /// Members: `fault`; `name` of a node or zone; `resource` (`pods`, `deployments.apps`; absent for all);
    /// `retryAfterSeconds`; `token`; `alarm`; `revision`.
    ///
    /// - Throws: ``SimulatedFaultError/badRequest(_:)`` saying what is wrong or missing.
    package init(json: JSONValue) throws(SimulatedFaultError) {
        guard let kind = json["fault"]?.text else {
            throw .badRequest("member \"fault\" is missing: one of \(Self.kinds.joined(separator: ", "))")
        }
        let resource = try Self.resource(json)
        switch kind {
        case "zone-lost": self = .zoneLost(try Self.text("name", json))
        case "node-lost", "master-lost": self = .nodeLost(try Self.text("name", json))
        case "apiserver-lost": self = .apiServerLost(try Self.text("name", json))
        case "etcd-member-lost": self = .etcdMemberLost(try Self.text("name", json))
        case "etcd-member-hangs": self = .etcdMemberHangs(try Self.text("name", json))
        case "etcd-quorum-lost": self = .etcdQuorumLost
        case "etcd-members-silent": self = .etcdMembersSilent
        case "apiservers-lost": self = .apiServersLost
        case "etcd-alarm":
            self = .etcdAlarm(member: try Self.text("name", json), alarm: json["alarm"]?.text ?? "NOSPACE")
        case "cordoned": self = .cordoned(try Self.text("name", json))
        case "hang": self = .hang
        case "too-many-requests":
            self = .tooManyRequests(resource, retryAfter: Int(json["retryAfterSeconds"]?.integer ?? 1))
        case "internal-error": self = .internalError(resource)
        case "garbage": self = .garbage(resource)
        case "forbidden":
            guard let resource else { throw .badRequest("member \"resource\" is missing: which one is forbidden?") }
            self = .forbidden(resource)
        case "token-expired": self = .tokenExpired(json["token"]?.text)
        case "watches-silent": self = .watchesSilent(resource)
        case "writes-frozen": self = .writesFrozen
        case "watches-cut": self = .watchesCut(resource)
        case "watches-expired": self = .watchesExpired(resource)
        case "compaction": self = .compaction
        case "etcd-restored":
            guard let revision = json["revision"]?.integer, revision >= 0 else {
                throw .badRequest("member \"revision\" is missing: a number of 0 or more")
            }
            self = .etcdRestored(revision: revision)
        default:
            throw .badRequest("unknown fault \"\(kind)\": use one of \(Self.kinds.joined(separator: ", "))")
        }
    }

    private static let kinds = [
        "zone-lost", "node-lost", "master-lost", "apiserver-lost", "etcd-member-lost", "etcd-member-hangs",
        "etcd-alarm", "cordoned", "hang", "too-many-requests", "internal-error", "garbage", "forbidden",
        "token-expired", "watches-silent", "writes-frozen", "watches-cut", "watches-expired", "compaction",
        "etcd-restored", "etcd-quorum-lost", "etcd-members-silent", "apiservers-lost",
    ]

    private static func text(_ name: String, _ json: JSONValue) throws(SimulatedFaultError) -> String {
        guard let text = json[name]?.text else { throw .badRequest("member \"\(name)\" is missing") }
        return text
    }

    private static func resource(_ json: JSONValue) throws(SimulatedFaultError) -> SimulatedResource? {
        guard let name = json["resource"]?.text else { return nil }
        guard let resource = SimulatedResource(name: name) else {
            throw .badRequest("unknown resource \"\(name)\": use a plural name such as pods or deployments.apps")
        }
        return resource
    }

    /// The fault as the control route gives it back.
    package var json: JSONValue {
        func named(_ kind: String, _ name: String) -> JSONValue {
            .members(["fault": .string(kind), "name": .string(name)])
        }
        func scoped(_ kind: String, _ resource: SimulatedResource?) -> JSONValue {
            var json = JSONValue.members(["fault": .string(kind)])
            json["resource"] = resource.map { .string($0.plural) }
            return json
        }
        switch self {
        case .zoneLost(let name): return named("zone-lost", name)
        case .nodeLost(let name): return named("node-lost", name)
        case .apiServerLost(let name): return named("apiserver-lost", name)
        case .etcdMemberLost(let name): return named("etcd-member-lost", name)
        case .etcdMemberHangs(let name): return named("etcd-member-hangs", name)
        case .etcdQuorumLost: return scoped("etcd-quorum-lost", nil)
        case .etcdMembersSilent: return scoped("etcd-members-silent", nil)
        case .apiServersLost: return scoped("apiservers-lost", nil)
        case .etcdAlarm(let member, let alarm):
            var json = named("etcd-alarm", member)
            json["alarm"] = .string(alarm)
            return json
        case .cordoned(let name): return named("cordoned", name)
        case .hang: return scoped("hang", nil)
        case .tooManyRequests(let resource, let retryAfter):
            var json = scoped("too-many-requests", resource)
            json["retryAfterSeconds"] = .integer(retryAfter)
            return json
        case .internalError(let resource): return scoped("internal-error", resource)
        case .garbage(let resource): return scoped("garbage", resource)
        case .forbidden(let resource): return scoped("forbidden", resource)
        case .tokenExpired(let token):
            var json = scoped("token-expired", nil)
            json["token"] = token.map { .string($0) }
            return json
        case .watchesSilent(let resource): return scoped("watches-silent", resource)
        case .writesFrozen: return scoped("writes-frozen", nil)
        case .watchesCut(let resource): return scoped("watches-cut", resource)
        case .watchesExpired(let resource): return scoped("watches-expired", resource)
        case .compaction: return scoped("compaction", nil)
        case .etcdRestored(let revision):
            var json = scoped("etcd-restored", nil)
            json["revision"] = .integer(revision)
            return json
        }
    }
}
