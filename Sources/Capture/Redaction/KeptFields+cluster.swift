extension KeptFields {
    /// unschedulable, taints; allocatable, conditions, addresses, kubeletVersion.
    static let node = object(
        spec: [4: .value, 5: .message(taint)],
        status: [
            2: .message(quantity), 4: .message(condition), 5: .message([2: .value]), 7: .message([7: .value]),
        ]
    )

    /// Its metadata.
    static let namespace: KeptFields = [1: .message(metadata)]

    /// holderIdentity, leaseDurationSeconds, renewTime, leaseTransitions.
    static let lease = object(spec: [1: .value, 2: .value, 4: .message(time), 5: .value])

    /// claimRef (uid), storageClassName, nodeAffinity; phase. Not the source: its attributes are the driver's affair.
    static let persistentVolume = object(
        spec: [4: .message([4: .value]), 6: .value, 9: .message([1: .message(nodeSelector)])],
        status: [1: .value]
    )

    /// accessModes, volumeName, storageClassName; phase.
    static let persistentVolumeClaim = object(spec: [1: .value, 3: .value, 5: .value], status: [1: .value])

    /// provisioner, reclaimPolicy, allowVolumeExpansion, volumeBindingMode, that there are allowedTopologies. Not the
    /// parameters.
    static let storageClass: KeptFields = [
        1: .message(metadata), 2: .value, 4: .value, 6: .value, 7: .value, 8: .presence,
    ]

    /// source (persistentVolumeName), nodeName; attached, that there are errors.
    static let volumeAttachment = object(
        spec: [2: .message([1: .value]), 3: .value],
        status: [1: .value, 3: .presence, 4: .presence]
    )

    /// rules: verbs, apiGroups, resources, that they name resources.
    static let role: KeptFields = [
        1: .message(metadata), 2: .message([1: .value, 2: .value, 3: .value, 4: .presence]),
    ]

    /// subjects (kind, name, namespace), roleRef (kind, name).
    static let roleBinding: KeptFields = [
        1: .message(metadata), 2: .message([1: .value, 3: .value, 4: .value]), 3: .message([2: .value, 3: .value]),
    ]

    /// service (namespace, name), group; conditions.
    static let apiService = object(
        spec: [1: .message([1: .value, 2: .value]), 2: .value],
        status: [1: .message(controllerCondition)]
    )

    /// webhooks: name, clientConfig (service, certificates of caBundle; not the URL, which may hold a password), rules,
    /// failurePolicy, namespaceSelector, timeoutSeconds, objectSelector, that there are matchConditions.
    ///
    /// - Parameter objectSelector: The number of that: 10 of validating webhooks, 11 of mutating ones; matchConditions
    ///   comes after it.
    /// - Returns: The fields.
    static func webhookConfiguration(objectSelector: UInt32) -> KeptFields {
        [
            1: .message(metadata),
            2: .message([
                1: .value, 2: .message([1: .message([1: .value, 2: .value]), 2: .certificates]),
                3: .message([1: .value, 2: .message([1: .value, 2: .value, 3: .value, 4: .value])]), 4: .value,
                5: .message(labelSelector), 7: .value, objectSelector: .message(labelSelector),
                objectSelector + 1: .presence,
            ]),
        ]
    }
}
