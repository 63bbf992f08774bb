package import ClusterState

/// How far what was asked can be trusted, and why, in a line.
package struct ProbedSource: Hashable, Sendable {
    package var state: SourceState
    /// Who answered, or what was wrong with the answers, for people.
    package var reason: String

    /// Creates a verdict.
    package init(_ state: SourceState, _ reason: String) {
        self.state = state
        self.reason = reason
    }

    /// The verdict where nobody answered.
    init(silent whom: String, _ failure: ProbeFailure?) {
        self.init(
            .unreachable,
            "none of the \(whom) that were asked answered" + (failure.map { ": \($0.reason)" } ?? "")
        )
    }
}

/// The answers of one round, read: the instances as values, and the state of the two sources.
///
/// A source is `unreachable` here whenever nobody answered. Whether that means that all are down or that they cannot be
/// seen from here depends on what else is known, which the caller has: for API servers, whether any list or watch is
/// ok; for etcd, how old the last write to the cluster is and whether the member list is known
/// (``EtcdClusterProbe/hasMemberList``); for both, whether it is trust that is lacking. Where they are down, the caller sets the source to `ok`: the instances are here
/// as unreachable and unhealthy.
package struct ProbeReading: Hashable, Sendable {
    package var results = ProbeResults()
    package var apiServer: ProbedSource
    package var etcd: ProbedSource

    /// Reads the answers of a round.
    ///
    /// To know etcd's members, every client URL of the member list is to be asked, not only the endpoints that were
    /// configured: a member that was not asked counts as one that did not answer.
    ///
    /// - Parameters:
    ///   - answers: In the order in which they came; of two to the same question, the later one counts.
    ///   - previous: What the round before gave: its member lists are kept where none comes now.
    package init(_ answers: [ProbeAnswer], previous: ProbeResults = ProbeResults()) {
        // Metrics are asked for on their own, and tell nothing of how an instance serves.
        let probes = answers.filter { $0.source == .apiserver && $0.route != APIServerMetrics.path }
        let apiServers = Self.grouped(probes, by: \.endpoint.name)
            .map { APIServerAnswers(name: $0.key, $0.values) }
        results.apiServers = apiServers.map(\.probe).sorted { $0.name < $1.name }
        apiServer = APIServerAnswers.source(apiServers)
        results.roundsWithoutServing = results.isNoneServing ? previous.roundsWithoutServing + 1 : 0
        results.hasServed = previous.hasServed || results.apiServers.contains { $0.isServing }

        var clusters: [EtcdClusterAnswers] = []
        let asked = Self.grouped(answers.filter { $0.source == .etcd }, by: \.etcdCluster)
        for (name, answers) in asked {
            let endpoints = Self.grouped(answers, by: \.endpoint.name)
                .map { EtcdEndpointAnswers(endpoint: $0.key, $0.values) }
            let known = previous.etcdClusters.first { $0.name == name }?.members ?? []
            clusters.append(EtcdClusterAnswers(name: name, endpoints: endpoints, knownMembers: known))
        }
        results.etcdClusters = clusters.map(\.probe)
        etcd = EtcdClusterAnswers.source(clusters)
    }

    /// The elements by key, the keys in the order in which they first come.
    private static func grouped<Key: Hashable>(
        _ answers: [ProbeAnswer],
        by key: (ProbeAnswer) -> Key
    ) -> [(key: Key, values: [ProbeAnswer])] {
        var positions: [Key: Int] = [:]
        var groups: [(key: Key, values: [ProbeAnswer])] = []
        for answer in answers {
            let key = key(answer)
            if let position = positions[key] {
                groups[position].values.append(answer)
            } else {
                positions[key] = groups.count
                groups.append((key, [answer]))
            }
        }
        return groups
    }
}
