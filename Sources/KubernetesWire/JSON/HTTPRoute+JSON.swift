import ClusterState

extension HTTPRoute: JSONRow {
    /// A parentRef or a backendRef: group and kind have defaults that differ.
    struct Reference: Decodable {
        var group: String?
        var kind: String?
        var namespace: String?
        var name: String?
        var sectionName: String?
        var port: Int32?
        var weight: Int32?
    }

    struct Object: Decodable {
        struct Rule: Decodable {
            var backendRefs: [Reference]?
        }
        struct Spec: Decodable {
            var hostnames: [String]?
            var parentRefs: [Reference]?
            var rules: [Rule]?
        }
        struct ParentStatus: Decodable {
            var parentRef: Reference?
            var conditions: [JSONCondition]?
        }
        struct Status: Decodable {
            var parents: [ParentStatus]?
        }

        var metadata: JSONMeta
        var spec: Spec?
        var status: Status?
    }

    static var kind: String { "HTTPRoute" }

    init(_ object: Object, _ interner: inout Interner) {
        let meta = object.metadata.row(&interner)
        self.init(meta: meta)
        for name in object.spec?.hostnames ?? [] where !name.isEmpty { hostnames.append(interner.intern(name)) }
        parents = (object.spec?.parentRefs ?? []).map { $0.parent(meta.namespace, &interner) }
        for rule in object.spec?.rules ?? [] {
            for reference in rule.backendRefs ?? [] {
                guard let backend = reference.backend(meta.namespace, &interner), !backends.contains(backend) else {
                    continue
                }
                backends.append(backend)
            }
        }
        for status in object.status?.parents ?? [] {
            guard let reference = status.parentRef else { continue }
            var entry = ParentStatus(parent: reference.parent(meta.namespace, &interner))
            for condition in status.conditions ?? [] {
                if condition.type == "Accepted" {
                    entry.accepted = condition.conditionStatus
                    entry.acceptedGeneration = condition.generation(orCurrent: meta.generation)
                } else if condition.type == "ResolvedRefs" {
                    entry.resolvedRefs = condition.conditionStatus
                    entry.resolvedRefsGeneration = condition.generation(orCurrent: meta.generation)
                }
            }
            statuses.append(entry)
        }
    }
}

extension HTTPRoute.Reference {
    fileprivate func parent(_ namespace: StringID, _ interner: inout Interner) -> HTTPRoute.Parent {
        HTTPRoute.Parent(
            isGateway: (group ?? "gateway.networking.k8s.io") == "gateway.networking.k8s.io"
                && (kind ?? "Gateway") == "Gateway",
            namespace: self.namespace.map { interner.intern($0) } ?? namespace,
            name: interner.intern(name ?? ""),
            section: interner.intern(sectionName ?? ""),
            port: port ?? 0
        )
    }

    /// The Service; nil for a backend of another kind, and for one that gets no requests.
    fileprivate func backend(_ namespace: StringID, _ interner: inout Interner) -> HTTPRoute.Backend? {
        guard (group ?? "").isEmpty, (kind ?? "Service") == "Service", (weight ?? 1) > 0, let name, !name.isEmpty
        else { return nil }
        return HTTPRoute.Backend(
            namespace: self.namespace.map { interner.intern($0) } ?? namespace,
            name: interner.intern(name)
        )
    }
}
