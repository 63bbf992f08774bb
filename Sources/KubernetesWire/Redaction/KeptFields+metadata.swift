// The messages that many kinds have, with the numbers of Kubernetes' generated.proto. What is kept is what
// this target reads, and nothing else.

extension KeptFields {
    /// seconds, nanos.
    static let time: KeptFields = [1: .value, 2: .value]

    /// name, namespace, uid, generation, creationTimestamp, deletionTimestamp, labels, annotations, ownerReferences (kind,
    /// name, uid, controller).
    static let metadata: KeptFields = [
        1: .value, 3: .value, 5: .value, 7: .value, 8: .message(time), 9: .message(time), 11: .labels, 12: .annotations,
        13: .message([1: .value, 3: .value, 4: .value, 6: .value]),
    ]

    /// An entry of a map of labels that are asked for.
    static let wantedLabel: KeptFields = [1: .labelKey, 2: .value]

    /// A requirement of a selector: key, operator, values.
    static let requirement: KeptFields = [1: .labelKey, 2: .value, 3: .value]

    /// matchLabels, matchExpressions.
    static let labelSelector: KeptFields = [1: .message(wantedLabel), 2: .message(requirement)]

    /// nodeSelectorTerms with matchExpressions and matchFields.
    static let nodeSelector: KeptFields = [1: .message([1: .message(requirement), 2: .message(requirement)])]

    /// An entry of a map of quantities.
    static let quantity: KeptFields = [1: .value, 2: .message([1: .value])]

    /// type, intVal, strVal.
    static let intOrString: KeptFields = [1: .value, 2: .value, 3: .value]

    /// type, status, transition time, reason; not the message, which tells whatever a controller came upon.
    ///
    /// - Parameters:
    ///   - transition: The number of lastTransitionTime.
    ///   - reason: The number of reason.
    /// - Returns: The fields.
    static func condition(transition: UInt32, reason: UInt32) -> KeptFields {
        [1: .value, 2: .value, transition: .message(time), reason: .value]
    }

    /// Conditions of Pod, Node and meta/v1.
    static let condition = condition(transition: 4, reason: 5)
    /// Conditions of ReplicaSet, ReplicationController, HorizontalPodAutoscaler, APIService.
    static let controllerCondition = condition(transition: 3, reason: 4)
    /// Conditions of Deployment.
    static let deploymentCondition = condition(transition: 7, reason: 4)

    /// loadBalancer.ingress with ip and hostname.
    static let loadBalancerStatus: KeptFields = [1: .message([1: .message([1: .value, 2: .value])])]

    /// An object of these three.
    static func object(spec: KeptFields, status: KeptFields = [:]) -> KeptFields {
        [1: .message(metadata), 2: .message(spec), 3: .message(status)]
    }
}
