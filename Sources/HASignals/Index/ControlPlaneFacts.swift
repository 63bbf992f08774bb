import ClusterState

/// The node that each API server and each etcd member runs on.
struct ControlPlaneFacts {
    /// Positions of the control-plane nodes.
    let nodes: [Int]
    /// Serving API servers by position of their zone; nil unless the zone of each is known.
    private(set) var servingByZone: [Int: Int]?
    let context: CollectionContext
    private var addresses: [String: Int] = [:]
    private var leaseHosts: [String: String] = [:]
    private var podNodes: [String: Int] = [:]
    /// Position of the node of an etcd pod, by the pod's name.
    private var etcdPodNodes: [String: Int] = [:]
    /// Positions of the nodes on which etcd runs in pods, as far as pods are known.
    private(set) var nodesWithEtcdPods: Set<Int> = []

    init(_ context: CollectionContext) {
        self.context = context
        nodes = context.index.nodes.indices.filter { context.index.nodes[$0].role == .controlPlane }
        for (position, node) in context.index.nodes.enumerated() {
            for address in node.addresses { addresses[context.text(address)] = position }
        }
        readLeases()
        readPods()
        servingByZone = countServing()
    }

    private mutating func readLeases() {
        guard context.isOK(.leases) else { return }
        context.state.leases.forEach { _, lease in
            guard context.state.isIdentity(lease), !lease.advertisedAddress.isEmpty,
                let host = context.state.interner.label(.hostname, in: lease.meta.labels)
            else { return }
            leaseHosts[context.text(lease.advertisedAddress)] = context.text(host)
        }
    }

    private mutating func readPods() {
        guard context.isOK(.pods) else { return }
        for number in context.kubeSystemPods(ofComponent: "kube-apiserver") {
            guard let pod = context.pod(number), pod.flags.contains(.advertisesAddress) else { continue }
            let node = Int(context.index.pods[number].node)
            if node >= 0 { podNodes[context.text(pod.annotation(context.state.interner))] = node }
        }
        for number in context.kubeSystemPods(ofComponent: "etcd") {
            guard let pod = context.pod(number) else { continue }
            let node = Int(context.index.pods[number].node)
            if node >= 0 { etcdPodNodes[pod.name(context.state.interner)] = node }
        }
        // kops runs its members in pods of etcd-manager, whose names are not those of the members.
        for component in ["etcd", "etcd-manager-main"] {
            for number in context.kubeSystemPods(ofComponent: component) {
                let node = Int(context.index.pods[number].node)
                if node >= 0 { nodesWithEtcdPods.insert(node) }
            }
        }
    }

    /// The position of the node that an API server runs on: the node with its address, else the one that its lease
    /// names, else its pod's.
    func node(ofAPIServer name: String) -> Int? {
        if let position = addresses[Self.host(name)] { return position }
        if let host = leaseHosts[name], let id = context.state.interner.find(host) {
            return context.index.nodePositions[id]
        }
        return podNodes[name]
    }

    /// The position of the node that a member runs on: the node with its name, its address, or its pod.
    func node(of member: EtcdMemberProbe) -> Int? {
        if !member.name.isEmpty, let id = context.state.interner.find(member.name),
            let position = context.index.nodePositions[id]
        {
            return position
        }
        for url in member.clientURLs {
            if let position = addresses[Self.host(Self.authority(url))] { return position }
        }
        return etcdPodNodes[member.name] ?? etcdPodNodes["etcd-" + member.name]
    }

    /// Whether healthy voters whose node is not known may be on nodes: where etcd runs in pods. Without such pods they are
    /// on machines of their own.
    func mayBeOnNodes(_ etcd: EtcdClusterProbe) -> Bool {
        !nodesWithEtcdPods.isEmpty && etcd.voters.contains { $0.isHealthy && node(of: $0) == nil }
    }

    private func countServing() -> [Int: Int]? {
        var counts: [Int: Int] = [:]
        for server in context.probes.distinctAPIServers where server.isServing {
            guard let node = node(ofAPIServer: server.name), context.index.zoneOfNode[node] >= 0 else { return nil }
            counts[context.index.zoneOfNode[node], default: 0] += 1
        }
        return counts
    }

    /// `host` of `host:port`, without the brackets of an IPv6 address.
    static func host(_ name: String) -> String {
        (try? URLAuthority(name[...])).map { String($0.host) } ?? name
    }

    /// `host:port` of a URL.
    static func authority(_ url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.prefix { $0 != "/" })
    }
}

extension CollectionContext {
    /// Row numbers of the pods in kube-system whose label `component` or `k8s-app` is the name.
    func kubeSystemPods(ofComponent name: String) -> [Int] {
        let interner = state.interner
        guard let value = interner.find(name), let namespace = interner.find("kube-system") else { return [] }
        let keys = [KnownLabel.component, .k8sApp].compactMap(interner.find)
        var found: [Int] = []
        for group in index.labelGroups.sets.range(of: namespace) {
            let labels = index.labelGroups.sets.labels[group]
            guard keys.contains(where: { interner.label($0, in: labels) == value }) else { continue }
            index.labelGroups.forEachPod(in: group) { found.append($0) }
        }
        return found
    }
}
