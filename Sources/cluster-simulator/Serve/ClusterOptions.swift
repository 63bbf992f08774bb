import ArgumentParser
import ClusterSimulator
import Glibc

/// What the cluster consists of.
struct ClusterOptions: ParsableArguments {
    @Option(help: "Nodes, control-plane nodes included.")
    var nodes = 30

    @Option(help: "Pods. A few more come where the cluster needs them to run.")
    var pods = 600

    @Option(help: "Zones, from 1 to 26.")
    var zones = 3

    @Option(help: "Control-plane nodes, each with an API server and an etcd member, from 1 to 99.")
    var masters = 3

    @Option(help: "Where every name and choice comes from: the same number, the same cluster.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The size to which each pod is filled up, 0 for none.", valueName: "bytes"))
    var podBytes = 4800

    @Option(help: ArgumentHelp("Changes that begin each second, such as a pod replaced.", valueName: "per-second"))
    var churn = 0.0

    /// Refuses numbers that make no cluster.
    func check() throws {
        func need(_ isGood: Bool, _ option: String, _ value: some CustomStringConvertible, _ range: String) throws {
            guard !isGood else { return }
            throw ValidationError("--\(option) \(value): must be \(range)")
        }
        try need((1...99).contains(masters), "masters", masters, "from 1 to 99")
        try need((masters + 1...100_000).contains(nodes), "nodes", nodes, "from \(masters + 1) to 100000")
        try need((0...10_000_000).contains(pods), "pods", pods, "from 0 to 10000000")
        try need((1...26).contains(zones), "zones", zones, "from 1 to 26")
        try need((0...1_000_000).contains(podBytes), "pod-bytes", podBytes, "from 0 to 1000000")
        try need((0...100_000).contains(churn), "churn", churn, "from 0 to 100000")
    }

    /// The plan of a cluster that starts now.
    func plan(_ ports: ServedPorts, etcdScheme: String) -> ClusterPlan {
        ClusterPlan(
            nodes: nodes,
            pods: pods,
            zones: zones,
            masters: masters,
            seed: seed,
            podBytes: podBytes,
            startTime: Int64(time(nil)),
            masterAddresses: ports.apiServers.map(\.host),
            apiServerPort: ports.apiServers[0].port,
            etcdPort: ports.etcdMembers[0].port,
            etcdScheme: etcdScheme
        )
    }
}
