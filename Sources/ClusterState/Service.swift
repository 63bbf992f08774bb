/// A Service.
package struct Service: NamedRow, Hashable {
    /// `spec.type`.
    package enum ServiceType: UInt8, Hashable, Sendable {
        case clusterIP, nodePort, loadBalancer, externalName
    }

    package var meta: ObjectMeta
    package var type: ServiceType = .clusterIP
    /// `spec.selector`, each key with the one value it must have; empty where there is none.
    package var selector = LabelSelector()
    package var publishesNotReady = false
    /// `clusterIP: None`.
    package var isHeadless = false
    /// Whether `spec.ports` declares any; only a headless Service may do without.
    package var hasPorts = false
    /// `spec.externalIPs` names addresses at which nodes take its traffic.
    package var hasExternalIPs = false
    /// `status.loadBalancer` has an address.
    package var hasLoadBalancerAddress = false

    /// Creates a Service.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        selector.mark(&marker)
    }
}
