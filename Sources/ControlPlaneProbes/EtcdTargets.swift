package import ClusterState

/// Where the members of etcd clusters are asked.
package struct EtcdTargets: Sendable, Hashable {
    /// Endpoints by the name of their cluster, as `--etcd.endpoints` has them.
    package var configured: [String: [ProbeEndpoint]] = [:]
    /// Where members serve their metrics, by the name of their cluster, as `--etcd.metrics-endpoints` has them: it takes
    /// no certificate, which would be a key to all that etcd holds. Of such a cluster nothing else is asked.
    package var metrics: [String: [ProbeEndpoint]] = [:]
    /// `none`: no member is asked, found ones neither.
    package var isExcluded = false

    /// Creates targets that name none.
    package init() {}

    /// Reads `--etcd.endpoints`: URLs, or NAME=URL for clusters beside `main`; or `none` alone.
    ///
    /// - Parameters:
    ///   - items: Those of `--etcd.endpoints`.
    ///   - metrics: Those of `--etcd.metrics-endpoints`: likewise, but for `none`.
    /// - Throws: ``EtcdTargetError`` naming the item that is none of them.
    package init(_ items: [String], metrics: [String] = []) throws(EtcdTargetError) {
        isExcluded = items == ["none"]
        self.metrics = try Self.clusters(metrics)
        if !isExcluded { configured = try Self.clusters(items) }
        if let both = configured.keys.filter({ self.metrics[$0] != nil }).min() ?? (isExcluded ? metrics.first : nil) {
            throw EtcdTargetError(item: both, isTwice: true)
        }
    }

    private static func clusters(_ items: [String]) throws(EtcdTargetError) -> [String: [ProbeEndpoint]] {
        var clusters: [String: [ProbeEndpoint]] = [:]
        for item in items {
            let split = item.firstIndex(of: "=")
                .flatMap { index in
                    item[..<index].contains("://")
                        ? nil : (String(item[..<index]), String(item[item.index(after: index)...]))
                }
            let (name, url) = split ?? (ProbeAnswer.mainCluster, item)
            guard !name.isEmpty, let endpoint = ProbeEndpoint(url) else { throw EtcdTargetError(item: item) }
            if clusters[name]?.contains(endpoint) != true { clusters[name, default: []].append(endpoint) }
        }
        return clusters
    }

    /// Whether any member is named.
    package var isNamed: Bool { !configured.isEmpty || !metrics.isEmpty }

    /// Where etcd's client port is, going by the etcd pods that kubeadm runs: port 2379 of their nodes.
    package static func found(in state: ClusterState) -> [ProbeEndpoint] {
        let interner = state.interner
        var nodes: Set<StringID> = []
        state.pods.forEach { _, pod in
            guard !pod.node.isEmpty, pod.flags.contains(.mirror),
                interner.string(pod.namespace(interner)) == "kube-system",
                let component = interner.label(.component, in: pod.labels), interner.string(component) == "etcd"
            else { return }
            nodes.insert(pod.node)
        }
        var found: [ProbeEndpoint] = []
        state.nodes.forEach { _, node in
            guard nodes.contains(node.meta.name) else { return }
            let addresses = node.addresses.map { interner.string($0) }
            guard let address = addresses.first(where: { isAddress($0) }) else { return }
            let host = address.contains(":") ? "[\(address)]" : address
            if let endpoint = ProbeEndpoint("https://\(host):2379") { found.append(endpoint) }
        }
        return found.sorted { $0.name < $1.name }
    }

    /// Where a member is asked by what it advertises: not at an address that means another host here.
    static func reachable(_ clientURLs: [String]) -> ProbeEndpoint? {
        clientURLs.compactMap { ProbeEndpoint($0) }
            .first { endpoint in
                !(endpoint.host == "localhost" || endpoint.host.hasPrefix("127.") || endpoint.host == "[::1]"
                    || endpoint.host == "0.0.0.0" || endpoint.host == "[::]")
            }
    }

    /// Whether it is an IP address rather than a host name.
    private static func isAddress(_ text: String) -> Bool {
        text.contains(":") || (text.contains(".") && text.allSatisfy { $0.isNumber || $0 == "." })
    }
}

/// An item of `--etcd.endpoints` or `--etcd.metrics-endpoints` that cannot be read.
package struct EtcdTargetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The item.
    package var item: String
    /// It is the name of a cluster that both flags name, or `none` stands beside what it excludes.
    var isTwice = false

    package var description: String {
        if isTwice {
            return "'\(item)' is named by --etcd.metrics-endpoints beside --etcd.endpoints; "
                + "give one of the two for a cluster"
        }
        return "etcd endpoint '\(item)' is neither a URL nor NAME=URL; write https://host:2379, "
            + "main=https://host:2379, or none alone"
    }
}
