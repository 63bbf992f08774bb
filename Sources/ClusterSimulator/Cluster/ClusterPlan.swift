/// What the scripted cluster consists of. Equal plans with equal templates give equal clusters, byte for byte.
package struct ClusterPlan: Sendable, Equatable {
    /// All nodes, control-plane nodes included.
    package var nodes: Int
    /// All pods. A cluster has at least its static pods, a DaemonSet pod on each node, its DNS and ingress pods.
    package var pods: Int
    /// Zones, named `zone-a`, `zone-b` and so on; nodes are spread evenly. At most 26.
    package var zones: Int
    /// Control-plane nodes, each with an API server and an etcd member.
    package var masters: Int
    /// Where every name, uid and choice comes from.
    package var seed: UInt64
    /// The size to which each pod is filled up with an annotation, in bytes; 0 leaves pods as they are.
    package var podBytes: Int
    /// The wall time at the start, in seconds since 1970.
    package var startTime: Int64
    /// The addresses of the control-plane nodes; masters beyond them get one from 192.0.2.0/24.
    package var masterAddresses: [String]
    /// The port of every API server.
    package var apiServerPort: Int
    /// The client port of every etcd member.
    package var etcdPort: Int
    /// `https`, or `http` where the members are served without TLS.
    package var etcdScheme: String
    /// How long after its last heartbeat a node counts as unreachable.
    package var nodeGracePeriod: Duration
    /// How long history and list tokens last.
    package var historyRetention: Duration
    /// Whether there are two applications by name, a shop and a chat suite, beside those that are numbered.
    package var hasSuites: Bool

    /// Creates a plan; out-of-range numbers are moved to the nearest that makes a cluster.
    package init(
        nodes: Int,
        pods: Int,
        zones: Int,
        masters: Int = 3,
        seed: UInt64 = 1,
        podBytes: Int = 4800,
        startTime: Int64 = 1_795_337_546,
        masterAddresses: [String] = [],
        apiServerPort: Int = 6443,
        etcdPort: Int = 2379,
        etcdScheme: String = "https",
        nodeGracePeriod: Duration = .seconds(40),
        historyRetention: Duration = .seconds(300),
        hasSuites: Bool = false
    ) {
        self.masters = max(1, masters)
        self.nodes = max(self.masters + 1, nodes)
        self.pods = max(0, pods)
        self.zones = min(max(1, zones), 26)
        self.seed = seed
        self.podBytes = podBytes
        self.startTime = startTime
        self.masterAddresses = masterAddresses
        self.apiServerPort = apiServerPort
        self.etcdPort = etcdPort
        self.etcdScheme = etcdScheme
        self.nodeGracePeriod = nodeGracePeriod
        self.historyRetention = historyRetention
        self.hasSuites = hasSuites
    }

    /// The address of a control-plane node, counted from 0.
    package func masterAddress(_ index: Int) -> String {
        index < masterAddresses.count ? masterAddresses[index] : "192.0.2.\(11 + index)"
    }

    /// `host:port` of an API server, counted from 0.
    package func apiServerAuthority(_ index: Int) -> String {
        "\(masterAddress(index)):\(apiServerPort)"
    }

    /// `host:port` of an etcd member, counted from 0.
    package func etcdAuthority(_ index: Int) -> String {
        "\(masterAddress(index)):\(etcdPort)"
    }

    /// The name of a zone, counted from 0.
    package func zoneName(_ index: Int) -> String {
        "zone-\(String(decoding: [UInt8(97 + index % 26)], as: UTF8.self))"
    }
}
