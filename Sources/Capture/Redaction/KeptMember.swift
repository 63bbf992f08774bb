import ClusterState

/// What is kept of a value in JSON. Of an array the same is kept of each element.
indirect enum KeptMember: Sendable {
    /// A text, number or word. Objects go.
    case value
    /// An object, of which these members are kept.
    case object([String: KeptMember])
    /// An object of labels: those are kept whose key something reads.
    case labels
    /// An object of annotations: those are kept that the exporter reads.
    case annotations

    private static let metadata = KeptMember.object([
        "name": .value, "namespace": .value, "uid": .value, "generation": .value, "creationTimestamp": .value,
        "deletionTimestamp": .value, "labels": .labels, "annotations": .annotations,
        "ownerReferences": .object(["kind": .value, "name": .value, "uid": .value, "controller": .value]),
    ])

    private static let conditions = KeptMember.object([
        "type": .value, "status": .value, "reason": .value, "observedGeneration": .value,
    ])

    private static let reference = KeptMember.object([
        "group": .value, "kind": .value, "namespace": .value, "name": .value, "sectionName": .value, "port": .value,
        "weight": .value,
    ])

    /// What is kept of the answer to /version.
    static let version = KeptMember.object(["major": .value, "minor": .value, "gitVersion": .value])

    /// What is kept of the objects of a source; nil for those that are not read as JSON.
    static func of(_ source: Source) -> KeptMember? {
        switch source {
        case .gateways:
            .object([
                "apiVersion": .value, "kind": .value, "metadata": metadata,
                "spec": .object([
                    "gatewayClassName": .value,
                    "listeners": .object(["name": .value, "hostname": .value, "port": .value]),
                ]),
                "status": .object([
                    "addresses": .object(["value": .value]), "conditions": conditions,
                    "listeners": .object(["name": .value, "conditions": conditions]),
                ]),
            ])
        case .httproutes:
            .object([
                "apiVersion": .value, "kind": .value, "metadata": metadata,
                "spec": .object([
                    "hostnames": .value, "parentRefs": reference, "rules": .object(["backendRefs": reference]),
                ]),
                "status": .object(["parents": .object(["parentRef": reference, "conditions": conditions])]),
            ])
        default: nil
        }
    }
}
