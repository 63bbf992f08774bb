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
        var findings = findings
        Finding.sort(&findings)
        return SignalSnapshot(
            table: SampleTable(),
            findings: findings,
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

    /// Node w-1 is lost, and with it a workload and its Service; another workload lacks replicas for no reason known.
    static let lostNode: SignalSnapshot = {
        let node = FindingObject(kind: "Node", name: "w-1")
        let cause = Cause(object: node, rule: "node-not-ready")
        var down = finding(
            "workload-down",
            .critical,
            .replicas,
            FindingObject(kind: "Deployment", namespace: "shop", name: "web")
        )
        down.explanation = Explanation(cause)
        var service = finding(
            "service-without-endpoints",
            .warning,
            .services,
            FindingObject(kind: "Service", namespace: "shop", name: "web")
        )
        service.explanation = Explanation(Cause(object: down.object, rule: down.rule), because: down.explanation)
        return snapshot(
            [area(.nodes, .warning)],
            [
                finding("node-not-ready", .warning, .nodes, node), down, service,
                finding(
                    "workload-deficit",
                    .warning,
                    .replicas,
                    FindingObject(kind: "Deployment", namespace: "shop", name: "other")
                ),
            ]
        )
    }()

    /// Three nodes without zones. w-1 has all there is of a host's Service, and of a workload that wants one replica; a
    /// pod there has no controller. The API server is of 1.36.
    static let survivalSnapshot: SignalSnapshot = {
        var table = SurvivalTable()
        table.nodes.names = ["w-1", "w-2", "w-3"]
        table.nodes.losses = Array(repeating: PlaceLosses(), count: 3)
        table.nodes.drains = Array(repeating: DrainCounts(), count: 3)
        table.nodes.drains[0].pods = 3
        table.nodes.drains[0].isSafe = false
        table.nodes.drains[0][.singleReplica] = 2
        table.nodes.drains[0][.barePod] = 1
        table.applications = [FindingObject(kind: "Application", namespace: "ess", name: "matrix-stack")]
        table.hosts = [FindingObject(kind: "Host", namespace: "ess", name: "chat.example.com")]
        let here = SurvivalTable.Location(node: 0, zone: -1)
        table.rows = [
            SurvivalTable.Row(
                object: FindingObject(kind: "StatefulSet", namespace: "ess", name: "main"),
                application: 0,
                location: here
            ),
            SurvivalTable.Row(
                object: FindingObject(kind: "Service", namespace: "ess", name: "main"),
                location: here,
                flags: [.service, .hostsMeantByNode]
            ),
        ]
        table.hostLinks = [SurvivalTable.HostLink(row: 1, host: 0)]
        table.obstacles = [
            SurvivalTable.ObstacleRow(
                node: 0,
                detail: DrainDetail(
                    obstacle: .barePod,
                    object: FindingObject(kind: "Pod", namespace: "ess", name: "naked")
                )
            )
        ]
        func worstIsFirst(_ event: SurvivalEvent) -> EventVerdict {
            var verdict = EventVerdict(event: event)
            verdict.answer = .no
            verdict.cases = 3
            verdict.breaking = 1
            verdict.harmless = 2
            verdict.worst = "w-1"
            return verdict
        }
        var zone = EventVerdict(event: .zoneLoss)
        zone.reason = "there are fewer than two zones"
        var result = snapshot([area(.nodes, .ok)])
        result.survival = SurvivalVerdict(
            events: [
                worstIsFirst(.nodeLoss), zone, EventVerdict(event: .controlPlaneNodeLoss), worstIsFirst(.nodeDrain),
            ],
            maintenance: MaintenanceVerdict(answer: .yes),
            table: table
        )
        result.upgrade.apiServerMinors = 36...36
        return result
    }()
}
