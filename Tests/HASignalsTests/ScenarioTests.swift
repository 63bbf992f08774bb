import ClusterState
import Exposition
import HASignals
import Testing

/// Whole clusters built in code, with a golden an area.
struct ScenarioTests {
    private func compare(_ cluster: ClusterBuilder, with folder: String) throws {
        for area in Signals.areas {
            let snapshot = SignalRunner.collect(cluster.view(), areas: [area])
            try Golden.expect(Golden.text(snapshot.table), matches: "\(folder)/\(area.name.rawValue).prom")
        }
        let whole = SignalRunner.collect(cluster.view())
        try Golden.expect(Golden.text(whole.table, of: Survival.self), matches: "\(folder)/survival.prom")
    }

    @Test func wellRunMatchesItsGoldens() throws {
        try compare(.wellRun(), with: "well-run")
    }

    @Test func noZonesMatchesItsGoldens() throws {
        try compare(.noZones(), with: "no-zones")
    }

    /// False alarms are defects: a cluster that does everything right gets none, and nothing in it is unknown.
    @Test func wellRunClusterHasNoFindings() {
        let cluster = ClusterBuilder.wellRun()
        let all = SignalRunner.collect(cluster.view())
        let loud = all.findings.filter { $0.severity != .info }
        #expect(loud.map { "\($0.rule) \($0.object.namespace)/\($0.object.name): \($0.message)" } == [])
        let signals = cluster.signals()
        for area in Signals.areas { #expect(signals.status(area.name) == .ok, "\(area.name.rawValue)") }
        #expect(all.table.refusedDuplicates == 0)
        // Every rule of these areas was looked at.
        for area in Signals.areas {
            for rule in area.rules { #expect(signals.isEvaluated("\(rule.name)"), "\(rule.name)") }
        }
    }

    /// It bears what it was built to bear, by the numbers.
    @Test func wellRunClusterBearsTheLossOfAZone() {
        let signals = ClusterBuilder.wellRun().signals()
        #expect(signals["control_plane_failure_tolerance"] == 1)
        for zone in ["a", "b", "c"] {
            #expect(signals["zone_loss_workloads_unavailable", ["topology_zone": zone]] == 0)
            #expect(signals["zone_loss_workloads_degraded", ["topology_zone": zone]] == 3)
            #expect(signals["zone_loss_services_without_endpoints", ["topology_zone": zone]] == 0)
            #expect(signals["zone_loss_pdbs_violated", ["topology_zone": zone]] == 0)
            #expect(signals["zone_loss_pods_pinned", ["topology_zone": zone]] == 1)
            #expect(signals["etcd_zone_loss_has_quorum", ["topology_zone": zone]] == 1)
        }
        // 9 pods with 3 × 0.5 twice and 3 × 1 core, over the 4 workers left with 16 cores less 0.1 each.
        #expect(signals["zone_loss_capacity_ratio", ["topology_zone": "a", "resource": "cpu"]] == 6_000.0 / 63_600)
    }

    /// What is wrong with the small one, and nothing about zones that it does not have.
    @Test func smallClusterIsToldWhatItLacks() {
        let signals = ClusterBuilder.noZones().signals()
        #expect(
            signals.rules(.warning)
                .isSuperset(of: [
                    "apiserver-not-ready", "master-not-ready", "node-not-ready", "workload-deficit",
                    "workload-single-node",
                ])
        )
        #expect(signals.rules(.critical).isEmpty)
        #expect(
            signals.rules(.info)
                .isSuperset(of: [
                    "cluster-without-zones", "pdb-single-replica", "bare-pod", "workload-single-replica",
                    "workload-without-budget",
                ])
        )
        for rule in ["workload-single-zone", "workload-zone-pinned", "workload-zone-skew", "zone-lost", "zone-missing"]
        {
            #expect(signals.raised(rule).isEmpty, "\(rule)")
        }
        #expect(signals.status(.etcd) == .unknown)
    }
}
