import KubernetesWire

/// The JSON gateway and the health paths of an etcd 3.6 member, in the recorded forms.
extension SimulatorState {
    private static let clusterID = "13804233570155918642"
    private static let raftTerm = "2"

    /// The ids of the first three members are the recorded ones: they need all 64 bits.
    private func memberID(_ member: Int) -> UInt64 {
        let recorded: [UInt64] = [758_659_209_188_475_983, 16_558_758_182_256_318_546, 13_148_557_906_461_751_675]
        if member < recorded.count { return recorded[member] }
        var ids = SplitMix64(seed: cluster.plan.seed &+ UInt64(member))
        return ids.next()
    }

    /// The first member that works leads, while a quorum runs.
    private var leader: Int? {
        cluster.hasQuorum ? (0..<cluster.plan.masters).first { cluster.isMemberWorking($0) } : nil
    }

    private var alarms: [(member: Int, alarm: String)] {
        faults.compactMap { fault in
            guard case .etcdAlarm(let name, let alarm) = fault, let member = cluster.node(named: name) else {
                return nil
            }
            return (member, alarm)
        }
    }

    private static func plain(_ status: Int, _ type: String, _ body: [UInt8]) -> Answer {
        let headers: [(name: String, value: String)] = [
            ("content-type", type), ("content-length", String(body.count)),
        ]
        return .response(
            SimulatedResponse(head: SimulatedHead(status: status, headers: headers), body: .bytes(body))
        )
    }

    private static func json(_ status: Int, _ value: JSONValue, end: [UInt8] = []) -> Answer {
        plain(status, "application/json", value.encoded + end)
    }

    /// Answers a request to one member that runs.
    func etcdAnswer(_ request: SimulatedRequest, member: Int) -> Answer {
        switch (request.method, request.path) {
        case ("GET", "/health"): return health(request)
        case ("GET", "/version"):
            return Self.json(
                200,
                .members([
                    "etcdserver": .string("3.6.13"), "etcdcluster": .string("3.6.0"), "storage": .string("3.6.0"),
                ])
            )
        case ("GET", "/metrics"):
            let text = Self.etcdMetrics(hasLeader: leader != nil, isLeader: leader == member, bytes: databaseBytes)
            return Self.plain(200, Self.metricsType, Array(text.utf8))
        case ("GET", "/livez"): return Self.plain(200, "text/plain; charset=utf-8", Array("ok\n".utf8))
        case ("GET", "/readyz"):
            // Without a leader its linearizable read never comes back.
            guard leader != nil else { return .hang }
            let checks = ["data_corruption", "serializable_read", "linearizable_read", "non_learner"]
            let isVerbose = request.query.contains { $0.name == "verbose" }
            let lines = isVerbose ? checks.map { "[+]\($0) ok\n" }.joined() : ""
            return Self.plain(200, "text/plain; charset=utf-8", Array("\(lines)ok\n".utf8))
        case ("POST", "/v3/cluster/member/list"): return memberList(member)
        case ("POST", "/v3/maintenance/status"): return status(member)
        case ("POST", "/v3/maintenance/alarm"):
            guard leader != nil else { return .hang }
            return alarm(member)
        default: return Self.plain(404, "text/plain; charset=utf-8", Array("404 page not found\n".utf8))
        }
    }

    private func health(_ request: SimulatedRequest) -> Answer {
        let excluded = Set(request.query.filter { $0.name == "exclude" }.map(\.value))
        var reason = ""
        if let raised = alarms.first(where: { !excluded.contains($0.alarm) }) {
            reason = "ALARM \(raised.alarm)"
        } else if leader == nil, !request.isTrue("serializable") {
            reason = "RAFT NO LEADER"
        }
        let isHealthy = reason.isEmpty
        return Self.json(
            isHealthy ? 200 : 503,
            .members(["health": .string(isHealthy ? "true" : "false"), "reason": .string(reason)]),
            end: isHealthy ? [] : [0x0A]
        )
    }

    private func header(_ member: Int, withRevision: Bool) -> JSONValue {
        var header = JSONValue.members([
            "cluster_id": .string(Self.clusterID), "member_id": .string(String(memberID(member))),
        ])
        if withRevision { header["revision"] = .string(String(cluster.store.revision)) }
        header["raft_term"] = .string(Self.raftTerm)
        return header
    }

    private func memberList(_ member: Int) -> Answer {
        let scheme = cluster.plan.etcdScheme
        // In the order of the ids, as recorded.
        let members = (0..<cluster.plan.masters).sorted { memberID($0) < memberID($1) }
            .map { index in
                JSONValue.members([
                    "ID": .string(String(memberID(index))),
                    "name": .string(cluster.nodes[index].name),
                    "peerURLs": .array([.string("\(scheme)://\(cluster.plan.masterAddress(index)):2380")]),
                    "clientURLs": .array([.string("\(scheme)://\(cluster.plan.etcdAuthority(index))")]),
                ])
            }
        return Self.json(
            200,
            .members(["header": header(member, withRevision: false), "members": .array(members)])
        )
    }

    private var databaseBytes: UInt64 { 4_194_304 + UInt64(cluster.store.revision) * 16 }

    private func status(_ member: Int) -> Answer {
        let index = JSONValue.string(String(cluster.store.revision + 157))
        let size = JSONValue.string(String(databaseBytes))
        var json = JSONValue.members([
            "header": header(member, withRevision: true), "version": .string("3.6.13"), "dbSize": size,
        ])
        if let leader { json["leader"] = .string(String(memberID(leader))) }
        json["raftIndex"] = index
        json["raftTerm"] = .string(Self.raftTerm)
        json["raftAppliedIndex"] = index
        var errors: [JSONValue] = alarms.map { .string("memberID:\(memberID($0.member)) alarm:\($0.alarm) ") }
        if leader == nil { errors.insert(.string("etcdserver: no leader"), at: 0) }
        if !errors.isEmpty { json["errors"] = .array(errors) }
        json["dbSizeInUse"] = size
        json["storageVersion"] = .string("3.6.0")
        json["dbSizeQuota"] = .string("8589934592")
        json["downgradeInfo"] = .object([])
        return Self.json(200, json)
    }

    private func alarm(_ member: Int) -> Answer {
        var json = JSONValue.members(["header": header(member, withRevision: true)])
        if !alarms.isEmpty {
            json["alarms"] = .array(
                alarms.map { alarm in
                    .members([
                        "memberID": .string(String(memberID(alarm.member))), "alarm": .string(alarm.alarm),
                    ])
                }
            )
        }
        return Self.json(200, json)
    }
}
