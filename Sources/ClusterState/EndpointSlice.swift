/// An EndpointSlice with its endpoints.
package struct EndpointSlice: NamedRow, Hashable {
    /// `addressType`.
    package enum AddressType: UInt8, Hashable, Sendable {
        case ipv4, ipv6, fqdn
    }

    package var meta: ObjectMeta
    package var addressType: AddressType = .ipv4
    /// Label `kubernetes.io/service-name`; empty where it has none.
    package var service: StringID = .empty
    package var endpoints: [Endpoint] = []
    /// The ports' numbers in order; what `default/kubernetes` publishes tells where the API servers listen.
    package var ports: [Int32] = []
    /// Whether any port is declared, one without a number included. The controller leaves out a port whose targetPort
    /// names none that the pods' containers have (`getEndpointPorts` in k8s.io/endpointslice/utils.go).
    package var hasPorts = false

    /// Creates a slice.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(service)
        for endpoint in endpoints {
            marker.mark(endpoint.node)
            marker.mark(endpoint.zone)
            marker.mark(endpoint.address)
        }
    }
}

/// One endpoint: one target, or where no target is named one address.
package struct Endpoint: Hashable, Sendable, BitwiseCopyable {
    /// The UID of `targetRef`; none where there is none.
    package var target: UID
    /// `nodeName`.
    package var node: StringID
    /// `zone`.
    package var zone: StringID
    /// The address; kept only where there is no target.
    package var address: StringID
    /// `ready` is not false and `terminating` is not true, as published.
    package var isReady: Bool
    /// `serving` is not false and `terminating` is not true: whether the target is Ready, also under
    /// publishNotReadyAddresses, which sets `ready` whatever the pod says.
    package var isServing: Bool

    /// Creates an endpoint.
    package init(
        target: UID = .none,
        node: StringID = .empty,
        zone: StringID = .empty,
        address: StringID = .empty,
        isReady: Bool = true,
        isServing: Bool? = nil
    ) {
        self.target = target
        self.node = node
        self.zone = zone
        self.address = address
        self.isReady = isReady
        self.isServing = isServing ?? isReady
    }
}
