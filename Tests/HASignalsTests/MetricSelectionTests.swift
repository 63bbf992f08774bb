import ClusterState
import Exposition
import HASignals
import Testing

struct MetricSelectionTests {
    static func cluster() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        cluster.node("worker-1")
        cluster.deployment("shop", "well", replicas: 2)
        cluster.deployment("shop", "short", replicas: 2) {
            $0.readyReplicas = 1
            $0.availableReplicas = 1
        }
        cluster.deployment("shop", "single", replicas: 1)
        cluster.settings.optOuts.disabledRules = ["workload-without-budget"]
        return cluster
    }

    static func workloads(
        _ snapshot: SignalSnapshot,
        _ family: String = "kube_ha_workload_replicas_desired"
    ) -> [String] {
        snapshot.table.samples(of: family).compactMap { $0["workload"] }.sorted()
    }

    @Test func allowlistKeepsWhatMatchesTheWholeName() throws {
        let selection = try MetricSelection(allowlist: ["kube_ha_nodes", "kube_ha_zone.*"])
        #expect(selection.takes("kube_ha_nodes"))
        #expect(selection.takes("kube_ha_zone_nodes"))
        #expect(!selection.takes("kube_ha_nodes_ready"))
    }

    @Test func denylistTakesAwayWhatIsAllowed() throws {
        let selection = try MetricSelection(allowlist: ["kube_ha_nodes.*"], denylist: ["kube_ha_nodes_(ready|usable)"])
        #expect(selection.takes("kube_ha_nodes"))
        #expect(!selection.takes("kube_ha_nodes_ready"))
        #expect(!selection.takes("kube_ha_zones"))
    }

    /// A slip in a pattern would filter nothing, or everything, and be noticed when an alert is missing.
    @Test func slipsAreErrors() {
        #expect(throws: MetricPatternError(flag: "--metric-denylist", pattern: "kube_ha_(", problem: .notRegular)) {
            try MetricSelection(denylist: ["kube_ha_("])
        }
        let error = MetricPatternError(flag: "--metric-allowlist", pattern: "kube_ha_nod", problem: .matchesNothing)
        #expect(throws: error) { try MetricSelection(allowlist: ["kube_ha_nod"]) }
        #expect(error.description.contains("--metric-allowlist: 'kube_ha_nod'"))
    }

    /// Findings are judged all the same: a family that is not exposed silences no alert.
    @Test func deselectedFamiliesAreNotCollectedButJudged() throws {
        var cluster = Self.cluster()
        cluster.settings.metrics = try MetricSelection(denylist: ["kube_ha_workload_.*"])
        let snapshot = cluster.collect()
        #expect(Self.workloads(snapshot) == [])
        #expect(
            snapshot.objects("workload-deficit") + snapshot.objects("workload-never-up") == ["Deployment shop/short"]
        )
        #expect(snapshot.value("kube_ha_workloads", ["workload_type": "deployment"]) == 3)
    }

    @Test func workloadMetricsCanBeSwitchedOff() {
        var cluster = Self.cluster()
        #expect(Self.workloads(cluster.collect()) == ["short", "single", "well"])
        cluster.settings.workloadMetrics = .none
        let snapshot = cluster.collect()
        #expect(snapshot.table.families.filter { "\($0.name)".hasPrefix("kube_ha_workload_") }.count > 5)
        #expect(snapshot.table.samples(of: "kube_ha_workload_replicas_desired").isEmpty)
        #expect(snapshot.table.samples(of: "kube_ha_workload_pdb_covered").isEmpty)
        // Sums over workloads stay.
        #expect(snapshot.value("kube_ha_workloads_deficient", ["workload_type": "deployment"]) == 1)
    }

    /// What is at risk: a finding of any severity, or a deficit.
    @Test func atRiskKeepsWorkloadsWithAFindingOrADeficit() {
        var cluster = Self.cluster()
        cluster.settings.workloadMetrics = .atRisk
        let snapshot = cluster.collect()
        #expect(Self.workloads(snapshot) == ["short", "single"])
        #expect(Self.workloads(snapshot, "kube_ha_workload_pdb_covered") == ["short", "single"])
        #expect(snapshot.table.seriesCount == cluster.collect().table.seriesCount)
        // A deficit keeps its workload even where its finding is switched off.
        cluster.settings.optOuts.disabledRules = Set(allAreas.flatMap { $0.rules }.map { "\($0.name)" })
        #expect(Self.workloads(cluster.collect()) == ["short"])
    }

    @Test func seriesCountIsThatOfWhatIsLeft() {
        var cluster = Self.cluster()
        cluster.settings.workloadMetrics = .atRisk
        let table = cluster.collect().table
        var samples = 0
        table.forEachSample { _ in samples += 1 }
        #expect(table.seriesCount == samples)
    }
}
