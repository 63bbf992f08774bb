/// The addresses of all that is served, with ports that are free and kept free.
package final class ServedPorts: Sendable {
    /// In front of all API servers.
    package let front: SimulatorAddress
    /// The API servers, one a control-plane node.
    package let apiServers: [SimulatorAddress]
    /// The etcd members, one a control-plane node.
    package let etcdMembers: [SimulatorAddress]
    private let reservations: [PortReservation]

    /// Reserves the ports; where one is 0, a free one.
    ///
    /// - Parameters:
    ///   - front: In front of all API servers.
    ///   - apiServers: One a control-plane node, all on the same port.
    ///   - etcdMembers: One a control-plane node, all on the same port.
    /// - Throws: ``SimulatorServerError`` where a port cannot be had.
    package init(
        front: SimulatorAddress,
        apiServers: [SimulatorAddress],
        etcdMembers: [SimulatorAddress]
    ) throws(SimulatorServerError) {
        var reservations: [PortReservation] = []
        for addresses in [[front], apiServers, etcdMembers] {
            reservations.append(try PortReservation(addresses))
        }
        self.front = reservations[0].addresses[0]
        self.apiServers = reservations[1].addresses
        self.etcdMembers = reservations[2].addresses
        self.reservations = reservations
    }

    /// Who answers where.
    package var listeners: [SimulatorServer.Listener] {
        [SimulatorServer.Listener(.loadBalancer, at: front)]
            + apiServers.enumerated().map { SimulatorServer.Listener(.apiServer($0.offset), at: $0.element) }
            + etcdMembers.enumerated().map { SimulatorServer.Listener(.etcd($0.offset), at: $0.element) }
    }
}
