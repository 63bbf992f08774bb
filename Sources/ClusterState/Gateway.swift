/// A Gateway (gateway.networking.k8s.io/v1).
package struct Gateway: NamedRow, Hashable {
    /// A listener of the spec.
    package struct Listener: Hashable, Sendable {
        package var name: StringID
        /// Empty where it listens to every host.
        package var hostname: StringID
        /// 0 where unset.
        package var port: Int32

        /// Creates a listener.
        package init(name: StringID, hostname: StringID = .empty, port: Int32 = 0) {
            self.name = name
            self.hostname = hostname
            self.port = port
        }
    }

    package var meta: ObjectMeta
    /// `spec.gatewayClassName`.
    package var gatewayClass: StringID = .empty
    /// Condition Programmed.
    package var programmed: ConditionStatus = .absent
    /// The generation that the condition is about; the current one where it does not say.
    package var programmedGeneration: Int64 = 0
    /// The condition's reason as written.
    package var programmedReason: StringID = .empty
    /// `spec.listeners`.
    package var listeners: [Listener] = []
    /// Names of the listeners of the spec whose condition Programmed is False.
    package var failedListeners: [StringID] = []
    /// Addresses in status.
    package var addresses: Int32 = 0

    /// Creates a Gateway.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    /// Programmed is True for the current generation, and of no listener False.
    package var isProgrammed: Bool {
        programmed == .isTrue && programmedGeneration >= meta.generation && failedListeners.isEmpty
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(gatewayClass)
        marker.mark(programmedReason)
        marker.mark(failedListeners)
        for listener in listeners {
            marker.mark(listener.name)
            marker.mark(listener.hostname)
        }
    }
}
