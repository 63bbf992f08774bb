import ClusterState

extension Gateway: JSONRow {
    struct Object: Decodable {
        struct Spec: Decodable {
            var gatewayClassName: String?
        }
        struct Address: Decodable {
            var value: String?
        }
        struct Status: Decodable {
            var addresses: [Address]?
            var conditions: [JSONCondition]?
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
            programmedGeneration = condition.observedGeneration ?? 0
            programmedReason = interner.intern(condition.reason ?? "")
        }
    }
}
