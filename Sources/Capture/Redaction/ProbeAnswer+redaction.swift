import ControlPlaneProbes

extension ProbeAnswer {
    /// What is kept of an answer in JSON, by the path asked.
    private static let kept: [String: KeptMember] = {
        let error: [String: KeptMember] = ["error": .value, "message": .value, "code": .value]
        let header = KeptMember.object(["member_id": .value])
        func answer(_ members: [String: KeptMember]) -> KeptMember {
            .object(error.merging(members) { first, _ in first })
        }
        return [
            "/version": .object(["gitVersion": .value, "etcdserver": .value]),
            "/health": .object(["health": .value, "reason": .value]),
            "/v3/cluster/member/list": answer([
                "header": header,
                "members": .object(["ID": .value, "name": .value, "clientURLs": .value, "isLearner": .value]),
            ]),
            "/v3/maintenance/status": answer([
                "header": header, "version": .value, "leader": .value, "raftIndex": .value, "raftAppliedIndex": .value,
                "dbSize": .value, "dbSizeInUse": .value, "dbSizeQuota": .value,
            ]),
            "/v3/maintenance/alarm": answer([
                "header": header, "alarms": .object(["memberID": .value, "alarm": .value]),
            ]),
        ]
    }()

    /// The answer without what nobody reads: whatever answers on the port of an API server or an etcd member may be
    /// something else, and say anything.
    var redacted: ProbeAnswer {
        var answer = self
        let route = String(path.prefix { $0 != "?" })
        if route == "/readyz" || route == "/livez" {
            answer.body = Self.checks(body)
        } else if route == "/metrics" {
            // Samples of the few families that are read; nothing else of it was kept.
        } else if let kept = Self.kept[route] {
            let redaction = JSONRedaction(labels: LabelKeys())
            answer.body = (try? redaction.redacted(body[...], kept)) ?? []
        } else {
            answer.body = []
        }
        return answer
    }

    /// The checks of a verbose answer and how each came out, without a reason.
    private static func checks(_ body: [UInt8]) -> [UInt8] {
        let lines = body.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        let kept = lines.compactMap { line -> String? in
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count >= 2, words[0].hasPrefix("[+]") || words[0].hasPrefix("[-]") else { return nil }
            let outcome = words[1].filter { $0 != ":" }
            guard ["ok", "failed", "excluded"].contains(outcome) else { return nil }
            return outcome == "excluded" ? "\(words[0]) excluded: ok" : "\(words[0]) \(outcome)"
        }
        return Array(kept.map { $0 + "\n" }.joined().utf8)
    }
}
