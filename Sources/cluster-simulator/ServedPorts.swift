import ClusterSimulator

/// The addresses of all that is served, with ports that are free and kept free.
final class ServedPorts: Sendable {
    let front: SimulatorAddress
    let apiServers: [SimulatorAddress]
    let etcdMembers: [SimulatorAddress]
    private let reservations: [PortReservation]

    /// Reserves the ports.
    init(
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

    var listeners: [SimulatorServer.Listener] {
        [SimulatorServer.Listener(.loadBalancer, at: front)]
            + apiServers.enumerated().map { SimulatorServer.Listener(.apiServer($0.offset), at: $0.element) }
            + etcdMembers.enumerated().map { SimulatorServer.Listener(.etcd($0.offset), at: $0.element) }
    }
}
