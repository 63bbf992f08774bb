/// What was asked of the control plane's instances in one round, as values: who was asked, and what they said.
package struct ProbeResults: Hashable, Sendable {
    /// The API server instances that were asked, in order of their names.
    package var apiServers: [APIServerProbe] = []
    /// The etcd clusters that were asked; `main` unless more are named.
    package var etcdClusters: [EtcdClusterProbe] = []
    /// Rounds in a row, this one included, in which API servers were asked and none served.
    package var roundsWithoutServing = 0
    /// Whether an API server instance served in any round before or in this one.
    package var hasServed = false

    /// Creates the results of a round in which nobody was asked.
    package init() {}

    /// Whether any API server instance was reached: see ``APIServerProbe/isReachable``.
    package var isAnyAPIServerReachable: Bool { apiServers.contains { $0.isReachable } }

    /// Whether an API server instance may well be there whom we do not trust, or who does not trust us: that nobody answers
    /// is no sign then that all are down.
    package var isAPIServerTrustLacking: Bool { apiServers.contains { $0.isTrustLacking } }

    /// The API server instances that can be told from one another: without the address that the configuration names
    /// where others are known, since that may be a load balancer in front of them.
    package var distinctAPIServers: [APIServerProbe] {
        let found = apiServers.filter { !$0.isConfiguredOnly }
        return found.isEmpty ? apiServers : found
    }

    /// Whether the address that the configuration names serves, and none of the instances found in the cluster was reached,
    /// one of which it must have asked.
    package var isServedByUnreachedInstances: Bool {
        let found = apiServers.filter { !$0.isConfiguredOnly }
        return !found.isEmpty && !found.contains { $0.isReachable }
            && apiServers.contains { $0.isConfiguredOnly && $0.isServing }
    }

    /// Which API servers serve and which members of etcd are healthy, by names that tell them apart.
    package var health: Set<String> {
        var names = Set(apiServers.lazy.filter { $0.isServing }.map { "apiserver \($0.name)" })
        for cluster in etcdClusters {
            for member in cluster.members where member.isHealthy { names.insert("\(cluster.name) \(member.id)") }
        }
        return names
    }

    /// Whether API servers were asked and none of them serves.
    package var isNoneServing: Bool { !apiServers.isEmpty && !apiServers.contains { $0.isServing } }

    /// Whether that is more than one round that failed: it was so in two rounds in a row, or since the start.
    package var isNoneServingConfirmed: Bool { isNoneServing && (roundsWithoutServing >= 2 || !hasServed) }
}

/// What one API server instance answered.
package struct APIServerProbe: Hashable, Sendable {
    /// host:port, as the label `apiserver` has it.
    package var name: String
    /// Whether it was reached: TCP and TLS were established, whether or not an HTTP answer came.
    package var isReachable: Bool
    /// Whether it is known only as the address of the API server in the configuration, which may be a load balancer.
    package var isConfiguredOnly = false
    /// Whether it is certificates that kept it from answering: ours, its own, or the CAs that we were given.
    package var isTrustLacking = false
    /// `/readyz` answered 200.
    package var isReady: Bool
    /// The etcd line of `/readyz?verbose`, else of `/livez?verbose`; false where the instance was reached and did not
    /// answer the latter in time; nil where neither lists it.
    package var isEtcdReady: Bool?
    /// How long the probe took, in seconds; nil where that was not recorded.
    package var seconds: Double?
    /// Earliest notAfter of the chain that it presents.
    package var certificateExpiry: Timestamp?
    /// `gitVersion` of its /version; nil where it was not asked or did not report it.
    package var version: String?
    /// Leading digits of `minor` of its /version; nil where it was not asked or did not report it.
    package var minor: Int?

    /// Creates the probe of an instance that did not answer.
    package init(name: String) {
        self.name = name
        isReachable = false
        isReady = false
    }

    /// Ready, and its etcd not known to be gone.
    package var isServing: Bool { isReady && isEtcdReady != false }
}

/// What the members of one etcd cluster answered.
package struct EtcdClusterProbe: Hashable, Sendable {
    /// The label `etcd_cluster`.
    package var name: String
    /// The members of the member list last received; empty where none ever was.
    package var members: [EtcdMemberProbe] = []
    /// Whether the members are the endpoints that `--etcd.metrics-endpoints` names, of which health and metrics are asked.
    package var isFromMetrics = false
    /// How many members vote at least, where no member list tells: `--expected.etcd-members`.
    package var leastVoters = 0
    /// Whether it is certificates that kept any endpoint from answering: ours, its own, or the CAs that we were given.
    package var isTrustLacking = false

    /// Creates a cluster of which no member list is known.
    package init(name: String) {
        self.name = name
    }

    /// Whether a member list is known: without one nothing can be said of quorum.
    package var hasMemberList: Bool { !members.isEmpty }

    /// Whether any member answered anything in this round.
    package var isAnyReachable: Bool { members.contains { $0.isReachable } }

    /// Whether any member answered which alarms are raised.
    package var isAlarmKnown: Bool { members.contains { $0.toldAlarms } }

    /// The label `member` of each member, in their order: the name, or the id in lower-case hex where the name is empty
    /// or not unique.
    package var memberLabels: [String] {
        var counts: [String: Int] = [:]
        for member in members { counts[member.name, default: 0] += 1 }
        return members.map { member in
            member.name.isEmpty || counts[member.name] != 1 ? String(member.id, radix: 16) : member.name
        }
    }
}

/// An alarm that etcd raises.
package enum EtcdAlarm: String, Hashable, Sendable, CaseIterable {
    case noSpace = "NOSPACE"
    case corrupt = "CORRUPT"
}

/// One etcd member: what the member list says of it, and what it answered itself.
package struct EtcdMemberProbe: Hashable, Sendable {
    /// The member's id, a number of 64 bits.
    package var id: UInt64
    /// Its name; empty where it has not started yet.
    package var name: String
    package var isLearner: Bool
    /// Where clients reach it; empty where it has not started yet.
    package var clientURLs: [String]
    /// Whether it answered anything.
    package var isReachable = false
    /// Whether the member itself answers, quorum or not: its serializable health check or `/version`.
    package var isAlive = false
    /// Whether a linearizable health check answers true: see SIGNALS, area 2.
    package var isHealthy = false
    /// The leader its status names; nil where it names none (0) or did not report it.
    package var leader: UInt64?
    /// `etcdserver` version; nil where it did not report it.
    package var version: String?
    package var raftIndex: UInt64?
    package var raftAppliedIndex: UInt64?
    package var databaseBytes: Double?
    package var databaseInUseBytes: Double?
    package var databaseQuotaBytes: Double?
    /// The alarms that any member reports raised for this one.
    package var alarms: Set<EtcdAlarm> = []
    /// Whether this member answered the question for alarms.
    package var toldAlarms = false
    /// How long its probe took, in seconds; nil where that was not recorded.
    package var seconds: Double?
    /// Earliest notAfter of the chain that it presents.
    package var certificateExpiry: Timestamp?

    /// Creates a member of the list that has not answered.
    package init(id: UInt64, name: String, isLearner: Bool, clientURLs: [String]) {
        self.id = id
        self.name = name
        self.isLearner = isLearner
        self.clientURLs = clientURLs
    }
}

extension EtcdClusterProbe {
    /// The members that vote.
    package var voters: [EtcdMemberProbe] { members.filter { !$0.isLearner } }

    /// How many members vote: those of the list, or more where no list tells and more are expected.
    package var voterCount: Int { isFromMetrics ? max(voters.count, leastVoters) : voters.count }

    /// Votes needed: ⌊voters/2⌋ + 1.
    package var quorumSize: Int { voterCount / 2 + 1 }

    /// Voters that are healthy.
    package var healthyVoters: Int { voters.count { $0.isHealthy } }

    /// The id that a quorum of healthy voters names as leader.
    package var leaderID: UInt64? {
        var votes: [UInt64: Int] = [:]
        for member in voters where member.isHealthy {
            if let named = member.leader { votes[named, default: 0] += 1 }
        }
        return votes.first { $0.value >= quorumSize }?.key
    }

    /// The member that a quorum of healthy voters names as leader.
    package var leader: EtcdMemberProbe? {
        leaderID.flatMap { id in members.first { $0.id == id } }
    }
}
