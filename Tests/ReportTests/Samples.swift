import ClusterState
import Exposition

@testable import HASignals

/// Snapshots built by hand.
enum Samples {
    static func finding(
        _ rule: String,
        _ severity: Severity,
        _ area: AreaName,
        _ object: FindingObject,
        _ message: String = "it is so"
    ) -> Finding {
        Finding(
            area: area,
            rule: rule,
            severity: severity,
            object: object,
            message: message,
            remedy: "Change \(rule)."
        )
    }

    static func area(
        _ name: AreaName,
        _ status: AreaStatus,
        unknown: [(Source, SourceState)] = [],
        findings: [String: Int] = [:]
    ) -> AreaReport {
        AreaReport(
            name: name,
            status: status,
            unknownSources: unknown.map { (source: $0.0, state: $0.1) },
            findings: findings,
            ruleCount: findings.count
        )
    }

    static func snapshot(_ areas: [AreaReport], _ findings: [Finding] = []) -> SignalSnapshot {
        SignalSnapshot(
            table: SampleTable(),
            findings: Finding.inOrder(findings),
            areas: areas,
            isFrozen: false,
            now: Timestamp(seconds: 1_700_000_000)
        )
    }

    /// One area of each status, and findings of each severity.
    static let mixed = snapshot(
        [
            area(.controlPlane, .ok), area(.etcd, .critical, findings: ["etcd-quorum-lost": 1]),
            area(.replicas, .warning, findings: ["workload-deficit": 2, "bare-pod": 0]),
            area(.services, .unknown, unknown: [(.endpointslices, .forbidden), (.pods, .stale)]),
            area(.zones, .notApplicable, unknown: [(.nodes, .stale)]),
        ],
        [
            finding("etcd-quorum-lost", .critical, .etcd, FindingObject(kind: "EtcdCluster", name: "main")),
            finding(
                "workload-deficit",
                .warning,
                .replicas,
                FindingObject(kind: "Deployment", namespace: "shop", name: "web"),
                "1 of 2"
            ),
            finding(
                "workload-deficit",
                .warning,
                .replicas,
                FindingObject(kind: "Deployment", namespace: "shop", name: "api"),
                "0 of \u{1B}[2J\n3"
            ),
            finding("single-node-cluster", .info, .controlPlane, .cluster),
        ]
    )
}
