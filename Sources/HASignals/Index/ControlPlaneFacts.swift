import ClusterState

/// Where the parts of the control plane are: which node each API server and each etcd member lives on.
struct ControlPlaneFacts {
    /// Positions of the control-plane nodes.
    let nodes: [Int]
    /// Serving API servers by position of their zone; nil unless the zone of each is known.
    private(set) var servingByZone: [Int: Int]?
    private let cluster: Cluster
    private var addresses: [String: Int] = [:]
    private var leaseHosts: [String: String] = [:]
    private var podNodes: [String: Int] = [:]
    /// Position of the node of an etcd pod, by the pod's name.
    private var etcdPodNodes: [String: Int] = [:]

    init(_ cluster: Cluster) {
        self.cluster = cluster
        nodes = cluster.index.nodes.indices.filter { cluster.index.nodes[$0].role == .controlPlane }
        for (position, node) in cluster.index.nodes.enumerated() {
            for address in node.addresses { addresses[cluster.text(address)] = position }
        }
        readLeases()
        readPods()
        servingByZone = countServing()
    }

    private mutating func readLeases() {
        guard cluster.isOK(.leases) else { return }
        cluster.state.leases.forEach { _, lease in
            guard cluster.state.isIdentity(lease), !lease.advertisedAddress.isEmpty,
                let host = cluster.state.interner.label("kubernetes.io/hostname", in: lease.meta.labels)
            else { return }
            leaseHosts[cluster.text(lease.advertisedAddress)] = cluster.text(host)
        }
    }

    private mutating func readPods() {
        guard cluster.isOK(.pods) else { return }
        for number in cluster.kubeSystemPods(ofComponent: "kube-apiserver") {
            guard let pod = cluster.pod(number), pod.flags.contains(.advertisesAddress) else { continue }
            let node = Int(cluster.index.pods[number].node)
            if node >= 0 { podNodes[cluster.text(pod.annotation(cluster.state.interner))] = node }
        }
        for number in cluster.kubeSystemPods(ofComponent: "etcd") {
            guard let pod = cluster.pod(number) else { continue }
            let node = Int(cluster.index.pods[number].node)
            if node >= 0 { etcdPodNodes[pod.name(cluster.state.interner)] = node }
        }
    }

    /// The position of the node that an API server lives on: the node with its address, else the one that its lease
    /// names, else its pod's.
    func node(ofAPIServer name: String) -> Int? {
        if let position = addresses[Self.host(name)] { return position }
        if let host = leaseHosts[name], let id = cluster.state.interner.find(host) {
            return cluster.index.nodePositions[id]
        }
        return podNodes[name]
    }

    /// The position of the node that a member lives on: the node with its name, its address, or its pod.
    func node(of member: EtcdMemberProbe) -> Int? {
        if !member.name.isEmpty, let id = cluster.state.interner.find(member.name),
            let position = cluster.index.nodePositions[id]
        {
            return position
        }
        for url in member.clientURLs {
            if let position = addresses[Self.host(Self.authority(url))] { return position }
        }
        return etcdPodNodes[member.name] ?? etcdPodNodes["etcd-" + member.name]
    }

    private func countServing() -> [Int: Int]? {
        var counts: [Int: Int] = [:]
        for server in cluster.probes.distinctAPIServers where server.isServing {
            guard let node = node(ofAPIServer: server.name), cluster.index.zoneOfNode[node] >= 0 else { return nil }
            counts[cluster.index.zoneOfNode[node], default: 0] += 1
        }
        return counts
    }

    /// How many control-plane nodes may be lost, whichever they are, with a serving API server and quorum left; −1 if
    /// not even now. nil where it cannot be told: no such nodes, an API server whose node is not known, or etcd on
    /// these nodes with its members not known.
    func failureTolerance() -> Int? {
        guard !nodes.isEmpty else { return nil }
        let here = Set(nodes)
        var serving: Set<Int> = []
        var servingElsewhere = false
        for server in cluster.probes.distinctAPIServers where server.isServing {
            guard let node = node(ofAPIServer: server.name) else { return nil }
            if here.contains(node) { serving.insert(node) } else { servingElsewhere = true }
        }
        // Whichever nodes go: as long as fewer go than have a serving instance, one is left.
        let apiTolerance = servingElsewhere ? nodes.count : serving.count - 1
        var tolerance = min(apiTolerance, nodes.count)
        let etcd = cluster.probes.etcdClusters.filter(\.hasMemberList)
        if etcd.isEmpty && etcdPodNodes.values.contains(where: here.contains) { return nil }
        for cluster in etcd {
            tolerance = min(tolerance, etcdTolerance(cluster, here) ?? tolerance)
        }
        return max(-1, tolerance)
    }

    /// The same for one etcd cluster alone; nil where none of its voters lives on these nodes.
    private func etcdTolerance(_ etcd: EtcdClusterProbe, _ here: Set<Int>) -> Int? {
        var healthyOnNode: [Int: Int] = [:]
        var isHosted = false
        for member in etcd.voters {
            guard let node = node(of: member), here.contains(node) else { continue }
            isHosted = true
            if member.isHealthy { healthyOnNode[node, default: 0] += 1 }
        }
        guard isHosted else { return nil }
        // The worst choice takes the nodes with the most healthy voters first.
        var left = etcd.healthyVoters
        guard left >= etcd.quorumSize else { return -1 }
        var lost = 0
        for count in healthyOnNode.values.sorted(by: >) {
            left -= count
            if left < etcd.quorumSize { return lost }
            lost += 1
        }
        return here.count
    }

    /// `host` of `host:port`, without the brackets of an IPv6 address.
    static func host(_ name: String) -> String {
        guard let colon = name.lastIndex(of: ":") else { return name }
        let host = name[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { return String(host.dropFirst().dropLast()) }
        return String(host)
    }

    /// `host:port` of a URL.
    static func authority(_ url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.prefix { $0 != "/" })
    }
}

extension Cluster {
    /// Row numbers of the pods in kube-system whose label `component` or `k8s-app` is the name.
    func kubeSystemPods(ofComponent name: String) -> [Int] {
        let interner = state.interner
        guard let value = interner.find(name), let namespace = interner.find("kube-system") else { return [] }
        let keys = ["component", "k8s-app"].compactMap(interner.find)
        var found: [Int] = []
        for group in index.labelGroups.sets.range(of: namespace) {
            let labels = index.labelGroups.sets.labels[group]
            guard keys.contains(where: { interner.label($0, in: labels) == value }) else { continue }
            index.labelGroups.forEachPod(in: group) { found.append($0) }
        }
        return found
    }
}
