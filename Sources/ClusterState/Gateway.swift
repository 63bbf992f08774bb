/// A Gateway (gateway.networking.k8s.io/v1).
package struct Gateway: NamedRow, Hashable {
    package var meta: ObjectMeta
    /// `spec.gatewayClassName`.
    package var gatewayClass: StringID = .empty
    /// Condition Programmed.
    package var programmed: ConditionStatus = .absent
    /// The generation that the condition is about; the current one where it does not say.
    package var programmedGeneration: Int64 = 0
    /// The condition's reason as written.
    package var programmedReason: StringID = .empty
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
    }
}
