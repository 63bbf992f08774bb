import ClusterState
import Exposition

/// Whether the cluster can be upgraded to a minor version of Kubernetes now, and what stands against it.
package struct UpgradePlan: Sendable {
    /// Minor versions of the oldest and the newest API server; nil where none told.
    package var current: ClosedRange<Int>?
    /// The minor version to upgrade to.
    package var target: Int
    /// What has to be done first, in the order of ``Topic``.
    package private(set) var blockers: [Item] = []
    /// What does not stand against it but will be noticed.
    package private(set) var cautions: [Item] = []
    /// What cannot be told, each a sentence for people.
    package private(set) var unknown: [String] = []

    /// What an obstacle is about.
    package enum Topic: String, CaseIterable, Hashable, Sendable {
        /// How far the target is from the API servers.
        case version
        /// Kubelets that the target does not support.
        case skew
        case deprecatedAPI = "deprecated_api"
        case drain, webhook
        /// What is broken now.
        case health
    }

    /// One obstacle.
    package struct Item: Sendable, Hashable {
        package var topic: Topic
        /// What it is about; the cluster where it is about no single object.
        package var object: FindingObject
        package var message: String
    }

    /// Yes without blockers, unless something that could be one is not known.
    package var answer: SurvivalAnswer {
        blockers.isEmpty ? (unknown.isEmpty ? .yes : .unknown) : .no
    }

    /// Works out what stands against an upgrade.
    package init(_ snapshot: SignalSnapshot, to target: Int) {
        self.target = target
        current = snapshot.upgrade.apiServerMinors
        addVersion()
        addKubelets(snapshot.upgrade.kubelets)
        addDeprecatedAPIs(snapshot)
        addDrains(snapshot.survival)
        addWebhooks(snapshot)
        addHealth(snapshot.survival.maintenance)
    }

    private mutating func block(_ topic: Topic, _ message: String, _ object: FindingObject = .cluster) {
        blockers.append(Item(topic: topic, object: object, message: message))
    }

    private mutating func warn(_ topic: Topic, _ message: String, _ object: FindingObject = .cluster) {
        cautions.append(Item(topic: topic, object: object, message: message))
    }

    private mutating func addVersion() {
        guard let current else {
            unknown.append("no API server told its version")
            return
        }
        if target < current.upperBound {
            block(.version, "the API servers are at 1.\(current.upperBound): they cannot go back to 1.\(target)")
        } else if target > current.upperBound + 1 {
            block(
                .version,
                "one minor version at a time: 1.\(current.upperBound + 1) comes before 1.\(target)"
            )
        }
        guard current.lowerBound < current.upperBound else { return }
        let versions = "the API servers are of 1.\(current.lowerBound) to 1.\(current.upperBound)"
        if target == current.upperBound {
            warn(.version, versions + ": this upgrade is under way")
        } else {
            block(.version, versions + ": finish that upgrade first")
        }
    }

    /// https://kubernetes.io/releases/version-skew-policy: from 1.28 on a kubelet may be three minor versions older than
    /// the API server, before that two, and never newer.
    private mutating func addKubelets(_ kubelets: [KubeletGroup]?) {
        guard let kubelets else {
            unknown.append("nodes are not known: the versions of their kubelets cannot be told")
            return
        }
        let oldest = target - (target >= 28 ? 3 : 2)
        for group in kubelets where group.minor < oldest || group.minor > target {
            let more = group.count - group.names.count
            let names = group.names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
            let limit =
                group.minor > target
                ? "is newer than 1.\(target)" : "is older than 1.\(oldest), the oldest that works with it"
            block(.skew, "kubelet 1.\(group.minor) of \(names) \(limit)")
        }
    }

    private mutating func addDeprecatedAPIs(_ snapshot: SignalSnapshot) {
        guard snapshot.upgrade.deprecatedAPIs.givesFamilies else {
            if snapshot.upgrade.deprecatedAPIs != .disabled {
                unknown.append(
                    "which deprecated APIs are requested cannot be told: the API servers' metrics are not read "
                        + "(\(snapshot.upgrade.deprecatedAPIs.rawValue))"
                )
            }
            return
        }
        for sample in snapshot.table.samples(of: "kube_ha_deprecated_api_info") {
            let group = sample["group"] ?? ""
            let version = sample["version"] ?? ""
            let name = "\(sample["resource"] ?? "").\(version)" + (group.isEmpty ? "" : ".\(group)")
            let object = FindingObject(kind: "API", name: name)
            let release = sample["removed_release"] ?? ""
            let minor = release.split(separator: ".").dropFirst().first.flatMap { Int($0) }
            if let minor, minor <= target {
                block(.deprecatedAPI, "is still requested, and 1.\(minor) no longer serves it", object)
            } else {
                let fate = release.isEmpty ? " and deprecated" : ", and \(release) will not serve it"
                warn(.deprecatedAPI, "is still requested" + fate, object)
            }
        }
    }

    private mutating func addDrains(_ survival: SurvivalVerdict) {
        let verdict = survival[.nodeDrain]
        if verdict.answer == .unknown {
            unknown.append("whether nodes can be drained cannot be told: \(verdict.reason)")
            return
        }
        for (name, drain) in zip(survival.table.nodes.names, survival.table.nodes.drains) {
            let object = FindingObject(kind: "Node", name: name)
            let words = DrainObstacle.allCases.filter { drain[$0] > 0 }.map { $0.phrase(Int(drain[$0])) }
            if !drain.isSafe {
                block(.drain, words.joined(separator: ", "), object)
            } else if !words.isEmpty {
                warn(.drain, words.joined(separator: ", "), object)
            }
        }
    }

    private mutating func addWebhooks(_ snapshot: SignalSnapshot) {
        if let area = snapshot.areas.first(where: { $0.name == .extensionPoints }), area.status == .unknown {
            let sources = area.unknownSources.map { "\($0.source.rawValue) (\($0.state.rawValue))" }
            unknown.append("webhooks cannot be judged: \(area.reason ?? sources.joined(separator: ", "))")
        }
        let silent = snapshot.table.samples(of: "kube_ha_admission_webhook_endpoints_ready")
            .filter { $0.value == 0 && $0["failure_policy"] == "Fail" }
        let closed = Set(silent.map { $0["configuration"] ?? "" })
        for finding in snapshot.findings where finding.area == .extensionPoints {
            switch finding.rule {
            case "webhook-blocks-pods", "webhook-blocks-itself", "webhook-blocks-heartbeats":
                block(.webhook, finding.message, finding.object)
            case "webhook-no-endpoints":
                if closed.contains(finding.object.name) {
                    block(.webhook, finding.message, finding.object)
                } else {
                    warn(.webhook, finding.message, finding.object)
                }
            case "webhook-single-endpoint", "apiservice-unavailable":
                warn(.webhook, finding.message, finding.object)
            default: break
            }
        }
    }

    private mutating func addHealth(_ maintenance: MaintenanceVerdict) {
        switch maintenance.answer {
        case .yes: break
        case .no: for reason in maintenance.reasons { block(.health, reason) }
        case .unknown:
            unknown.append(
                "whether a node may be taken out now cannot be told: "
                    + maintenance.reasons.joined(separator: "; ")
            )
        }
    }
}

extension DrainObstacle {
    /// So many of it in words: `2 evictions are refused now`.
    package func phrase(_ count: Int) -> String {
        func some(_ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        return switch self {
        case .refused: some("eviction is refused now", "evictions are refused now")
        case .outage:
            some(
                "workload would be down until its pods run elsewhere",
                "workloads would be down until their pods run elsewhere"
            )
        case .singleReplica: some("single replica would be interrupted", "single replicas would be interrupted")
        case .noRoom: some("pod finds no room elsewhere", "pods find no room elsewhere")
        case .pinned: some("pod can run nowhere else", "pods can run nowhere else")
        case .barePod: some("pod has no controller", "pods have no controller")
        }
    }
}
