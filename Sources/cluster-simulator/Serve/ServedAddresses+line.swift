import ClusterSimulator
import KubernetesWire

extension ServedAddresses {
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
