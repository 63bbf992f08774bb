extension KeptFields {
    /// that there are ports, selector, clusterIP, type, externalIPs, publishNotReadyAddresses; loadBalancer.
    static let service = object(
        spec: [1: .presence, 2: .message(wantedLabel), 3: .value, 4: .value, 5: .value, 13: .value],
        status: loadBalancerStatus
    )

    /// endpoints (addresses, conditions, uid of targetRef, nodeName, zone), ports, addressType.
    static let endpointSlice: KeptFields = [
        1: .message(metadata),
        2: .message([
            1: .value, 2: .message([1: .value, 2: .value, 3: .value]), 4: .message([4: .value]), 6: .value, 7: .value,
        ]),
        3: .message([3: .value]), 4: .value,
    ]

    /// The name of the Service behind, and that of its port.
    static let ingressBackend: KeptFields = [4: .message([1: .value, 2: .message([1: .value])])]

    /// defaultBackend, tls (hosts), rules (host, backends), ingressClassName; loadBalancer. Neither paths nor the names
    /// of certificates' Secrets.
    static let ingress = object(
        spec: [
            1: .message(ingressBackend), 2: .message([1: .value]),
            3: .message([1: .value, 2: .message([1: .message([1: .message([2: .message(ingressBackend)])])])]),
            4: .value,
        ],
        status: loadBalancerStatus
    )

    /// controller.
    static let ingressClass = object(spec: [1: .value])

    /// podSelector, that there are egress rules, policyTypes.
    static let networkPolicy = object(spec: [1: .message(labelSelector), 3: .presence, 4: .value])
}
