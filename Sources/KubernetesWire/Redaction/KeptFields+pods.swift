extension KeptFields {
    /// key, value, effect.
    static let taint: KeptFields = [1: .value, 2: .value, 3: .value]

    /// key, operator, value, effect.
    static let toleration: KeptFields = [1: .value, 2: .value, 3: .value, 4: .value]

    /// What a pod asks of its node: nodeSelector, required node affinity, tolerations.
    static let placement: KeptFields = [
        7: .message(.wantedLabel), 18: .message([1: .message([1: .message(.nodeSelector)])]),
        22: .message(.toleration),
    ]

    /// requests.
    static let resources: KeptFields = [2: .message(.quantity)]

    /// name, resources, restartPolicy.
    static let container: KeptFields = [1: .value, 8: .message(.resources), 24: .value]

    /// name, allocatedResources, resources.
    static let containerStatus: KeptFields = [1: .value, 10: .message(.quantity), 11: .message(.resources)]

    /// name, and the source where it is a claim (its name) or makes one. Volumes of other sources go as a whole: their
    /// names are those of Secrets and ConfigMaps more often than not.
    static let volume: KeptFields = [1: .value, 2: .message([10: .message([1: .value]), 29: .presence])]

    /// volumes, containers, restartPolicy, nodeName, hostNetwork, initContainers, priority, overhead, resources,
    /// placement.
    static let podSpec =
        ([
            1: .messageWith(2, .volume), 2: .message(.container), 3: .value, 10: .value, 11: .value,
            20: .message(.container), 25: .value,
            32: .message(.quantity), 40: .message(.resources),
        ] as KeptFields)
        .merging(placement)

    /// maxSkew, topologyKey, whenUnsatisfiable, labelSelector.
    static let spreadConstraint: KeptFields = [1: .value, 2: .labelKey, 3: .value, 4: .message(.labelSelector)]

    /// labels; the claims among the volumes, that containers have a readinessProbe, placement, topologySpreadConstraints.
    static let podTemplate: KeptFields = [
        1: .message([11: .labels]),
        2: .message(
            placement.merging([
                1: .messageWith(2, .volume), 2: .message([11: .presence]), 33: .message(.spreadConstraint),
            ])
        ),
    ]
}
