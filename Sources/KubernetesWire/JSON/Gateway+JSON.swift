import ClusterState

extension Gateway: JSONRow {
    struct Object: Decodable {
        struct Listener: Decodable {
            var name: String?
            var hostname: String?
            var port: Int32?
            /// Those of `status.listeners`.
            var conditions: [JSONCondition]?
        }
        struct Spec: Decodable {
            var gatewayClassName: String?
            var listeners: [Listener]?
        }
        struct Address: Decodable {
            var value: String?
        }
        struct Status: Decodable {
            var addresses: [Address]?
            var conditions: [JSONCondition]?
            var listeners: [Listener]?
        }

        var metadata: JSONMeta
        var spec: Spec?
        var status: Status?
    }

    static var kind: String { "Gateway" }

    init(_ object: Object, _ interner: inout Interner) {
        self.init(meta: object.metadata.row(&interner))
        gatewayClass = interner.intern(object.spec?.gatewayClassName ?? "")
        addresses = Int32(clamping: object.status?.addresses?.count { !($0.value ?? "").isEmpty } ?? 0)
        for condition in object.status?.conditions ?? [] where condition.type == "Programmed" {
            programmed = condition.conditionStatus
            programmedGeneration = condition.generation(orCurrent: meta.generation)
            programmedReason = interner.intern(condition.reason ?? "")
        }
        for listener in object.spec?.listeners ?? [] {
            listeners.append(
                Listener(
                    name: interner.intern(listener.name ?? ""),
                    hostname: interner.intern(listener.hostname ?? ""),
                    port: listener.port ?? 0
                )
            )
        }
        // The status of a listener that the spec no longer has is left over.
        let names = Set(object.spec?.listeners?.compactMap(\.name) ?? [])
        for listener in object.status?.listeners ?? [] {
            guard let name = listener.name, names.contains(name),
                listener.conditions?.contains(where: { $0.type == "Programmed" && $0.status == "False" }) == true
            else { continue }
            failedListeners.append(interner.intern(name))
        }
    }
}
