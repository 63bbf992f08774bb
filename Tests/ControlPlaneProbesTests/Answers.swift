import ClusterState
import ControlPlaneProbes
import TestFixtures
import Testing

/// An answer of an API server at 192.0.2.`host`.
func apiServer(
    _ host: Int,
    _ path: String,
    _ status: Int,
    _ body: String = "",
    seconds: Double? = nil,
    expiry: Double? = nil
) throws -> ProbeAnswer {
    ProbeAnswer(
        source: .apiserver,
        endpoint: try #require(ProbeEndpoint("https://192.0.2.\(host):6443")),
        path: path,
        status: status,
        body: Array(body.utf8),
        seconds: seconds,
        certificateExpiry: expiry.map { Timestamp(seconds: $0) }
    )
}

/// An answer of the etcd endpoint 192.0.2.`host`:2379.
func etcd(
    _ host: Int,
    _ path: String,
    _ status: Int,
    _ body: String = "",
    cluster: String = "main",
    seconds: Double? = nil,
    expiry: Double? = nil
) throws -> ProbeAnswer {
    ProbeAnswer(
        source: .etcd,
        etcdCluster: cluster,
        endpoint: try #require(ProbeEndpoint("https://192.0.2.\(host):2379")),
        method: path.hasPrefix("/v3") ? "POST" : "GET",
        path: path,
        status: status,
        body: Array(body.utf8),
        seconds: seconds,
        certificateExpiry: expiry.map { Timestamp(seconds: $0) }
    )
}

/// The path that is asked for members.
let memberList = "/v3/cluster/member/list"
let statusPath = "/v3/maintenance/status"
let alarmPath = "/v3/maintenance/alarm"
let healthPath = "/health?exclude=NOSPACE&exclude=CORRUPT"

/// A list of members 1...count, each at 192.0.2.id, named m1, m2, ….
func members(_ count: Int, header: Int = 1) -> String {
    let list = (1...count)
        .map {
            #"{"ID":"\#($0)", "name":"m\#($0)", "clientURLs":["https://192.0.2.\#($0):2379"]}"#
        }
    return #"{"header":{"cluster_id":"9", "member_id":"\#(header)"}, "members":[\#(list.joined(separator: ","))]}"#
}

/// The answers of a recording's `probes.jsonl`.
func answers(_ fixture: Fixture) throws -> [ProbeAnswer] {
    try fixture.probeLines()
        .map {
            ProbeAnswer(
                source: try #require(Source(rawValue: $0.source)),
                endpoint: try #require(ProbeEndpoint($0.endpoint)),
                method: $0.method,
                path: $0.path,
                status: $0.status,
                body: Array($0.body.utf8)
            )
        }
}

extension ProbeReading {
    /// The only cluster.
    func cluster() throws -> EtcdClusterProbe {
        try #require(results.etcdClusters.count == 1)
        return results.etcdClusters[0]
    }

    /// The member of a label in the only cluster.
    func member(_ label: String) throws -> EtcdMemberProbe {
        let cluster = try cluster()
        let index = try #require(cluster.memberLabels.firstIndex(of: label))
        return cluster.members[index]
    }
}
