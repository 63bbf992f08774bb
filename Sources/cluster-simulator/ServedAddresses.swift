import ClusterSimulator

/// The URLs of all that is served.
struct ServedAddresses: Sendable {
    let server: String
    private let apiServers: [String]
    private let etcdMembers: [String]

    init(_ ports: ServedPorts, scheme: String) {
        var front = ports.front
        // Every interface is no address to connect to.
        if front.host == "0.0.0.0" { front.host = "127.0.0.1" }
        if front.host == "::" { front.host = "::1" }
        server = "\(scheme)://\(front)"
        apiServers = ports.apiServers.map { "\(scheme)://\($0)" }
        etcdMembers = ports.etcdMembers.map { "\(scheme)://\($0)" }
    }

    /// What is printed when all is ready: one line of JSON.
    func line(_ cluster: SimulatedCluster) -> String {
        let json = JSONValue.members([
            "server": .string(server),
            "apiServers": .array(apiServers.map { .string($0) }),
            "etcd": .array(etcdMembers.map { .string($0) }),
            "nodes": .integer(cluster.objects(.nodes).count),
            "pods": .integer(cluster.objects(.pods).count),
            "seed": .integer(cluster.plan.seed),
        ])
        return String(decoding: json.encoded, as: UTF8.self) + "\n"
    }
}
