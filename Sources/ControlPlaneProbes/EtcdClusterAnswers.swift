import ClusterState

/// What came from the endpoints of one etcd cluster in a round, put together by member.
struct EtcdClusterAnswers {
    let probe: EtcdClusterProbe
    private let endpoints: [EtcdEndpointAnswers]

    /// Puts the answers together.
    ///
    /// - Parameters:
    ///   - name: The label `etcd_cluster`.
    ///   - endpoints: In the order in which they were asked.
    ///   - knownMembers: The members of the list last received, taken where none comes now.
    init(name: String, endpoints: [EtcdEndpointAnswers], knownMembers: [EtcdMemberProbe]) {
        self.endpoints = endpoints
        if endpoints.contains(where: \.isAskedForMetrics) {
            probe = EtcdClusterProbe(name: name, metrics: endpoints, wasSeen: !knownMembers.isEmpty)
            return
        }
        var members = Self.listedMembers(endpoints) ?? knownMembers.map(\.unanswered)
        for endpoint in endpoints {
            guard let index = Self.member(of: endpoint, members) else { continue }
            members[index].add(endpoint)
        }
        Self.raiseAlarms(endpoints, &members)
        var probe = EtcdClusterProbe(name: name)
        probe.isTrustLacking = endpoints.contains { $0.failure?.isTrustLacking ?? false }
        probe.members = members.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        self.probe = probe
    }

    /// The members of the newest list: of a healthy member where there is one, since a member that is cut off keeps the
    /// list that it last had.
    private static func listedMembers(_ endpoints: [EtcdEndpointAnswers]) -> [EtcdMemberProbe]? {
        let list =
            endpoints.last { $0.memberList != nil && $0.isHealthy }?.memberList
            ?? endpoints.last { $0.memberList != nil }?.memberList
        return list?.members
            .map {
                EtcdMemberProbe(
                    id: $0.id.value,
                    name: $0.name ?? "",
                    isLearner: $0.isLearner ?? false,
                    clientURLs: $0.clientURLs ?? []
                )
            }
    }

    /// Whose answers an endpoint's are: of the member that says so, else of the only one with that client URL. Members
    /// may be asked by another address than they advertise, and may all advertise http://localhost:2379.
    private static func member(of endpoint: EtcdEndpointAnswers, _ members: [EtcdMemberProbe]) -> Int? {
        if let id = endpoint.answeringMember, let index = members.firstIndex(where: { $0.id == id }) { return index }
        let named = members.indices.filter {
            members[$0].clientURLs.contains { ProbeEndpoint($0)?.name == endpoint.endpoint }
        }
        return named.count == 1 ? named[0] : nil
    }

    /// Sets the alarms that any endpoint reports. One of no member in the list (of the whole cluster, or of a member
    /// that was removed meanwhile) stops writes all the same: it is raised for all.
    private static func raiseAlarms(_ endpoints: [EtcdEndpointAnswers], _ members: inout [EtcdMemberProbe]) {
        for raised in endpoints.flatMap({ $0.alarm?.alarms ?? [] }) {
            guard let alarm = raised.alarm.flatMap(EtcdAlarm.init(rawValue:)) else { continue }
            let id = raised.memberID?.value ?? 0
            let isMember = members.contains { $0.id == id }
            for index in members.indices where !isMember || members[index].id == id {
                members[index].alarms.insert(alarm)
            }
        }
    }

    /// The state of the source `etcd`: ok where every cluster is.
    static func source(_ clusters: [EtcdClusterAnswers]) -> ProbedSource {
        guard !clusters.isEmpty else { return ProbedSource(.disabled, "no etcd member was asked") }
        let sources = clusters.map { cluster in
            var source = cluster.source
            if clusters.count > 1 { source.reason = "\(cluster.probe.name): \(source.reason)" }
            return source
        }
        return sources.first { $0.state != .ok }
            ?? ProbedSource(.ok, sources.map(\.reason).joined(separator: "; "))
    }

    private var source: ProbedSource {
        guard endpoints.contains(where: \.isReachable) else {
            return ProbedSource(silent: "\(endpoints.count) etcd endpoints", endpoints.map(\.failure).mostSpecific)
        }
        guard probe.hasMemberList, endpoints.contains(where: \.isUnderstood) else {
            return probe.isFromMetrics
                ? ProbedSource(.malformed, "no etcd endpoint answered with health or metrics of etcd") : missingList
        }
        let answered = probe.members.count { $0.isReachable }
        return ProbedSource(.ok, "\(answered) of \(probe.members.count) etcd members answered")
    }

    /// Why there is no member list, told by the endpoint that came closest to one.
    private var missingList: ProbedSource {
        var verdicts: [ProbedSource] = []
        for endpoint in endpoints where endpoint.isReachable {
            guard let answer = endpoint.memberListAnswer, answer.isAnswered else {
                verdicts.append(
                    ProbedSource(
                        endpoint.isUnderstood ? .unreachable : .malformed,
                        "etcd endpoint \(endpoint.endpoint) did not answer the question for members"
                    )
                )
                continue
            }
            let error = answer.json(EtcdErrorAnswer.self)
            let text = error?.message ?? error?.error ?? ""
            let reason = "etcd endpoint \(endpoint.endpoint) answered \(answer.status) to \(answer.path)"
            // With etcd's own authentication on, a request without a token is a bad one, not an unauthorized one.
            if answer.status == 401 || text.contains("user name is empty") || text.contains("invalid auth token") {
                verdicts.append(ProbedSource(.unauthorized, reason))
            } else if answer.status == 403 {
                verdicts.append(ProbedSource(.forbidden, reason))
            } else if answer.status >= 500, error != nil {
                verdicts.append(ProbedSource(.unreachable, reason))
            } else {
                verdicts.append(ProbedSource(.malformed, "\(reason), and that is not a member list"))
            }
        }
        let order: [SourceState] = [.unauthorized, .forbidden, .unreachable]
        for state in order {
            if let verdict = verdicts.first(where: { $0.state == state }) { return verdict }
        }
        return verdicts.first ?? ProbedSource(.malformed, "no etcd endpoint answered with a member list")
    }
}

extension EtcdClusterProbe {
    /// The leader of a cluster whose members say that there is one and do not say who: no member has this id.
    private static let unnamedLeader = UInt64.max

    /// Creates a cluster of which only health and metrics of its members are asked: each endpoint is a member that votes.
    ///
    /// - Parameters:
    ///   - name: The label `etcd_cluster`.
    ///   - endpoints: What they answered.
    ///   - wasSeen: Whether any of them answered in a round before. Until one has, nothing tells that there are members:
    ///     that nobody answers is then no sign that all are down.
    init(name: String, metrics endpoints: [EtcdEndpointAnswers], wasSeen: Bool) {
        self.init(name: name)
        isFromMetrics = true
        isTrustLacking = endpoints.contains { $0.failure?.isTrustLacking ?? false }
        guard wasSeen || endpoints.contains(where: \.isUnderstood) else { return }
        let leaders = endpoints.indices.filter { endpoints[$0].metrics?.isLeader == true && endpoints[$0].isHealthy }
        let leader = leaders.count == 1 ? UInt64(leaders[0]) + 1 : Self.unnamedLeader
        members = endpoints.enumerated()
            .map { position, endpoint in
                // Ids are not told. Positions are as good: they tell members apart within a round.
                var member = EtcdMemberProbe(
                    id: UInt64(position) + 1,
                    name: endpoint.endpoint,
                    isLearner: false,
                    clientURLs: [endpoint.url]
                )
                member.add(endpoint)
                if endpoint.metrics?.hasLeader == true { member.leader = leader }
                return member
            }
            .sorted { $0.name < $1.name }
    }
}

extension EtcdMemberProbe {
    /// The member as the list has it, without answers.
    var unanswered: EtcdMemberProbe {
        EtcdMemberProbe(id: id, name: name, isLearner: isLearner, clientURLs: clientURLs)
    }

    /// Adds what an endpoint of the member answered. Where it has several, the first that told counts.
    mutating func add(_ endpoint: EtcdEndpointAnswers) {
        isReachable = isReachable || endpoint.isReachable
        isAlive = isAlive || endpoint.isAlive
        isHealthy = isHealthy || endpoint.isHealthy
        version = version ?? endpoint.version
        seconds = seconds ?? endpoint.seconds
        certificateExpiry = [certificateExpiry, endpoint.certificateExpiry].compactMap(\.self).min()
        toldAlarms = toldAlarms || endpoint.alarm != nil
        if let metrics = endpoint.metrics {
            databaseBytes = metrics.databaseBytes
            databaseInUseBytes = metrics.databaseInUseBytes
            databaseQuotaBytes = metrics.databaseQuotaBytes
        }
        guard let status = endpoint.status, raftIndex == nil else { return }
        leader = status.leaderID
        // A status that was told without them: zero.
        raftIndex = status.raftIndex?.value ?? 0
        raftAppliedIndex = status.raftAppliedIndex?.value ?? 0
        // These are never zero in truth: left out means that the version does not tell.
        databaseBytes = status.dbSize.map { Double($0.value) }
        databaseInUseBytes = status.dbSizeInUse.map { Double($0.value) }
        // Below zero: quota switched off.
        databaseQuotaBytes = status.dbSizeQuota.flatMap { $0.value > 0 ? Double($0.value) : nil }
    }
}
