import ClusterState

/// What came from one etcd endpoint in a round.
struct EtcdEndpointAnswers {
    /// host:port.
    let endpoint: String
    /// The URL, up to the port.
    let url: String
    let isReachable: Bool
    /// Whether it answered `/health?serializable=true`, `/version` or `/metrics`, which ask the member alone.
    let isAlive: Bool
    let memberList: EtcdMemberListAnswer?
    let status: EtcdStatusAnswer?
    let alarm: EtcdAlarmAnswer?
    let version: String?
    /// Whether it was asked for its metrics in place of a member list.
    let isAskedForMetrics: Bool
    let metrics: EtcdMetrics?
    let seconds: Double?
    let certificateExpiry: Timestamp?
    /// Why it did not answer.
    let failure: ProbeFailure?
    /// The answer to the question for members, whatever it was: without a list it tells why.
    let memberListAnswer: ProbeAnswer?
    private let health: EtcdHealthAnswer?
    private let healthStatus: Int

    /// Sorts the answers of one endpoint by what was asked, and reads them.
    init(endpoint: String, _ answers: [ProbeAnswer]) {
        self.endpoint = endpoint
        url = answers.first.map { "\($0.endpoint)" } ?? endpoint
        isReachable = answers.contains { $0.isAnswered }
        isAlive = answers.contains {
            $0.isAnswered
                && ($0.route == "/version" || $0.route == EtcdMetrics.path
                    || $0.queryItems.contains("serializable=true"))
        }
        failure = answers.lazy.map(\.failure).mostSpecific
        certificateExpiry = answers.compactMap(\.certificateExpiry).min()
        func last(_ route: String) -> ProbeAnswer? { answers.last { $0.route == route } }
        memberListAnswer = last("/v3/cluster/member/list")
        memberList = memberListAnswer?.success(EtcdMemberListAnswer.self)
            .flatMap { list in
                Set(list.members.map(\.id.value)).count == list.members.count && !list.members.isEmpty ? list : nil
            }
        let statusAnswer = last("/v3/maintenance/status")
        status = statusAnswer?.success(EtcdStatusAnswer.self)
        alarm = last("/v3/maintenance/alarm")?.success(EtcdAlarmAnswer.self)
        isAskedForMetrics = last(EtcdMetrics.path) != nil
        metrics = last(EtcdMetrics.path).flatMap { EtcdMetrics($0) }
        version = status?.version ?? last("/version")?.success(EtcdVersionAnswer.self)?.etcdserver
        // A serializable check asks the member alone and is answered with true by one that has lost its cluster.
        let checks = answers.filter { $0.route == "/health" && !$0.queryItems.contains("serializable=true") }
        let check = checks.last { $0.queryItems.contains { $0.hasPrefix("exclude=") } } ?? checks.last
        health = check?.json(EtcdHealthAnswer.self)
        healthStatus = check?.status ?? 0
        seconds = check?.seconds ?? statusAnswer?.seconds
    }

    /// Whether anything came that etcd says.
    var isUnderstood: Bool {
        // Anybody could answer the question for alarms with `{}`.
        memberList != nil || status != nil || alarm?.header != nil || alarm?.alarms != nil || health != nil
            || metrics != nil
    }

    /// A linearizable health check answers true, or nothing but an alarm makes it false; and the member's status, where
    /// it told, names a leader.
    ///
    /// An alarm is a finding of its own, not a lost member. The query excludes alarms, but older versions do not know it,
    /// and some (3.4.17 is one) exclude only the first of several members' alarms.
    var isHealthy: Bool {
        guard let health else { return false }
        let namesLeader = status.map { $0.leaderID != nil } ?? metrics?.hasLeader
        if healthStatus == 200, health.isHealthy { return namesLeader ?? true }
        return healthStatus == 503 && health.reason.hasPrefix("ALARM") && namesLeader == true
    }

    /// The member that answered, as the answers' headers tell; nil where they tell none, or several (then the endpoint
    /// is a load balancer's).
    var answeringMember: UInt64? {
        let ids = Set([memberList?.header, status?.header, alarm.flatMap(\.header)].compactMap { $0?.memberID?.value })
        return ids.count == 1 ? ids.first : nil
    }
}
