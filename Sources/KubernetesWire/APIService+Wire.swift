package import ClusterState

extension APIService: WireRow {
    package static var kind: StaticString { "APIService" }

    /// service (namespace, name), group; conditions.
    package static let kept = KeptFields.object(
        spec: [1: .message([1: .value, 2: .value]), 2: .value],
        status: [1: .message(.controllerCondition)]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 1:
                hasService = true
                var service = try object.spec.message("spec.service")
                while try service.next() {
                    switch service.field {
                    case 1: serviceNamespace = try service.string(&interner)
                    case 2: serviceName = try service.string(&interner)
                    default: try service.skip()
                    }
                }
            case 2: group = try object.spec.string(&interner)
            default: try object.spec.skip()
            }
        }
        while try object.status.next() {
            guard object.status.field == 1 else {
                try object.status.skip()
                continue
            }
            let condition = try WireCondition(&object.status, "status.conditions", .controller)
            if condition.isNamed("Available") {
                available = condition.status
                reason = interner.intern(utf8: condition.reason)
            }
        }
    }
}
