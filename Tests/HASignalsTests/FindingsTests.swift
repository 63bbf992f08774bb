import ClusterState
import HASignals
import Testing

/// Findings as series: their order, their limit, and what operators may silence.
struct FindingsTests {
    /// One finding of each severity and of several areas, in more than one namespace.
    private func cluster() -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        for (namespace, name) in [("shop", "web"), ("data", "db"), ("data", "api")] {
            cluster.deployment(namespace, name, replicas: 2) { $0.availableReplicas = 0 }
            cluster.service(namespace, name, selector: ["app": name])
        }
        cluster.budget("shop", "typo", selecting: ["app": "wbe"], maxUnavailable: .number(1))
        cluster.node("w-c", zone: "c") { $0.ready = .isFalse }
        return cluster
    }

    private func lines(_ signals: Signals) -> [String] {
        signals.snapshot.findings.map {
            "\($0.severity.rawValue) \($0.rule) \($0.object.namespace)/\($0.object.name)"
        }
    }

    /// Severity, area in the order of the guidance, rule, namespace, name.
    @Test func order() {
        #expect(
            lines(cluster().signals()).filter { !$0.hasPrefix("info") } == [
                "critical workload-down data/api", "critical workload-down data/db", "critical workload-down shop/web",
                "warning workload-deficit data/api", "warning workload-deficit data/db",
                "warning workload-deficit shop/web", "warning node-not-ready /w-c",
                "warning pdb-matches-nothing shop/typo",
            ]
        )
    }

    @Test func orderOfSeverities() {
        #expect([Severity.info, .critical, .warning].sorted() == [.critical, .warning, .info])
    }

    /// Critical and warning findings have series, info ones on request; each carries what it is about.
    @Test func series() {
        var cluster = cluster()
        let quiet = cluster.signals()
        #expect(quiet.count("finding") == 8)
        #expect(
            quiet[
                "finding",
                [
                    "area": "replicas", "rule": "workload-down", "severity": "critical", "kind": "Deployment",
                    "namespace": "data", "name": "db",
                ]
            ] == 1
        )
        #expect(quiet["finding", ["rule": "node-not-ready", "kind": "Node", "namespace": "", "name": "w-c"]] == 1)
        #expect(quiet.count("finding", ["severity": "info"]) == 0)
        #expect(quiet["findings", ["rule": "workload-without-budget", "severity": "info"]] == 3)
        #expect(quiet["findings", ["rule": "workload-down"]] == 3)
        // Evaluated and nothing found is 0, not absent.
        #expect(quiet["findings", ["rule": "zone-lost", "area": "zones"]] == 0)
        #expect(quiet["findings_not_listed"] == 0)
        cluster.settings.listsInfoFindings = true
        #expect(cluster.signals().count("finding", ["rule": "workload-without-budget"]) == 3)
    }

    /// The worst come first; the rest are counted, and the counts by rule stay whole.
    @Test func limit() {
        var cluster = cluster()
        cluster.settings.findingSeriesLimit = 4
        let signals = cluster.signals()
        #expect(signals.count("finding") == 4)
        #expect(signals.count("finding", ["severity": "critical"]) == 3)
        #expect(signals["finding", ["rule": "workload-deficit", "namespace": "data", "name": "api"]] == 1)
        #expect(signals["findings_not_listed"] == 4)
        #expect(signals["findings", ["rule": "workload-deficit"]] == 3)
        cluster.settings.findingSeriesLimit = 0
        #expect(cluster.signals().count("finding") == 0)
        #expect(cluster.signals()["findings_not_listed"] == 8)
        // The status is of what was found, not of what was listed.
        #expect(cluster.signals().status(.replicas) == .critical)
    }

    // MARK: Opt-outs

    @Test(arguments: [
        ("workload-down", ["workload-down"]), ("*", ["workload-down", "workload-deficit", "workload-without-budget"]),
        ("workload-deficit, workload-down", ["workload-down", "workload-deficit"]), ("workload", []), ("", []),
    ])
    func annotation(_ text: String, _ silenced: [String]) {
        var cluster = cluster()
        cluster.deployment("shop", "web", replicas: 2, shape: PodShape(), available: 0, ignore: text)
        let signals = cluster.signals()
        for rule in ["workload-down", "workload-deficit", "workload-without-budget"] {
            #expect(signals.raised(rule).contains("Deployment shop/web") != silenced.contains(rule), "\(rule)")
            #expect(signals.raised(rule).contains("Deployment data/db"), "\(rule)")
        }
    }

    /// The annotation works on whatever object a finding is about.
    @Test func annotationOnOtherObjects() {
        var cluster = cluster()
        cluster.node("w-c", zone: "c", ready: .isFalse, ignore: "node-not-ready")
        cluster.budget("shop", "typo", selecting: ["app": "wbe"], maxUnavailable: .number(1), ignore: "*")
        let signals = cluster.signals()
        #expect(signals.raised("node-not-ready").isEmpty)
        #expect(signals.raised("pdb-matches-nothing").isEmpty)
        #expect(signals["node_ready", ["node": "w-c"]] == 0)
        #expect(signals.status(.nodes) == .ok)
    }

    @Test func disabledRulesAreNotEvaluated() {
        var cluster = cluster()
        cluster.settings.optOuts.disabledRules = ["workload-down", "workload-deficit"]
        let signals = cluster.signals()
        #expect(!signals.isEvaluated("workload-down"))
        #expect(signals.raised("workload-down").isEmpty)
        #expect(signals.status(.replicas) == .ok)
    }

    /// A changed severity is the rule's severity everywhere: series, order, status of the area.
    @Test func changedSeverities() {
        var cluster = cluster()
        cluster.settings.optOuts.severities = ["workload-down": .warning, "node-not-ready": .critical]
        let signals = cluster.signals()
        #expect(signals["findings", ["rule": "workload-down", "severity": "warning"]] == 3)
        #expect(signals.count("findings", ["rule": "workload-down", "severity": "critical"]) == 0)
        #expect(signals["finding", ["rule": "node-not-ready", "severity": "critical", "name": "w-c"]] == 1)
        #expect(lines(signals).first == "critical node-not-ready /w-c")
        #expect(signals.status(.replicas) == .warning)
        #expect(signals.status(.nodes) == .critical)
    }

    // MARK: Exempt namespaces

    @Test(arguments: [
        ("shop", true), ("sho", false), ("shop*", true), ("s*p", true), ("*", true), ("*op", true), ("*shop*", true),
        ("sh*ho*op", false), ("shop-*", false), ("S*", false), ("", false),
    ])
    func exemptNamespacePatterns(_ pattern: String, _ matches: Bool) {
        var cluster = cluster()
        cluster.settings.optOuts.exemptNamespaces = ["other", pattern]
        let signals = cluster.signals()
        #expect(signals.raised("workload-deficit").contains("Deployment shop/web") != matches)
        #expect(signals.raised("workload-without-budget").contains("Deployment shop/web") != matches)
        #expect(signals.raised("pdb-matches-nothing").isEmpty == matches)
        // Nothing critical is silenced by where it is.
        #expect(signals.raised("workload-down").contains("Deployment shop/web"))
    }

    /// Nodes, zones and the control plane are the cluster's: what they say of a namespace is said of them.
    @Test func exemptionsNeverSilenceTheClusterItself() {
        var cluster = cluster()
        cluster.settings.optOuts.exemptNamespaces = ["*"]
        cluster.lease("kube-scheduler", renewedAgo: 60)
        let deletion = cluster.ago(500)
        let web = cluster.deployment("shop", "stacked", replicas: 3)
        cluster.pods(of: web, on: ["w-a", "w-a"])
        cluster.pods(of: web, on: ["w-a"], from: 2) { $0.deletion = deletion }
        cluster.pods(of: web, on: [""], from: 3) { $0.flags = [.pending, .unschedulable] }
        let signals = cluster.signals(isRecording: true)
        #expect(signals.raised("leader-lease-expired") == ["Lease kube-system/kube-scheduler"])
        #expect(signals.raised("node-not-ready") == ["Node w-c"])
        #expect(signals.raised("pod-stuck-terminating") == ["Pod shop/stacked-2"])
        #expect(signals.raised("pods-unschedulable") == ["Namespace shop/shop"])
        #expect(signals.raised("workload-single-zone") == ["Deployment shop/stacked"])
        #expect(signals.raised("workload-single-node") == ["Deployment shop/stacked"])
        #expect(signals.raised("workload-deficit").isEmpty)
        #expect(signals.raised("workload-without-budget").isEmpty)
    }

    // MARK: Status

    /// Critical outranks unknown, unknown outranks warning.
    @Test func statusOfAnArea() {
        var cluster = cluster()
        cluster.state.sources[.services]?.state = .failing
        #expect(cluster.signals().status(.replicas) == .critical)
        cluster.state.sources[.services]?.state = .ok
        cluster.state.sources[.statefulsets]?.state = .forbidden
        #expect(cluster.signals().status(.disruptionBudgets) == .unknown)
        cluster.settings.optOuts.disabledRules = ["workload-down"]
        // SIGNALS: a rule that runs over all workloads needs every kind.
        let signals = cluster.signals()
        #expect(signals.status(.replicas) == .unknown)
        #expect(!signals.isEvaluated("workload-deficit"))
        let report = signals.snapshot.areas.first { $0.name == .replicas }
        #expect(report?.unknownSources.map(\.source) == [.statefulsets])
        #expect(report?.unknownSources.map(\.state) == [.forbidden])
        // Excluded by the operator is not unknown.
        cluster.state.sources[.statefulsets]?.state = .disabled
        #expect(cluster.signals().status(.replicas) == .warning)
    }

    /// Each area has exactly one status.
    @Test func oneStatusAnArea() {
        let signals = cluster().signals()
        for area in Signals.areas {
            #expect(signals.count("area_status", ["area": area.name.rawValue]) == 5)
            let held = AreaStatus.allCases.filter {
                signals["area_status", ["area": area.name.rawValue, "status": $0.rawValue]] == 1
            }
            #expect(held == [signals.status(area.name)])
        }
    }
}
