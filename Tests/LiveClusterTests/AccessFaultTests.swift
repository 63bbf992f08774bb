import ClusterSimulator
import HTTPTransport
import KubernetesClient
import Synchronization
import Testing

/// What may not be read is unknown, not absent and not zero, and takes nothing else along.
struct AccessFaultTests {
    @Test func oneForbiddenResource() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.forbidden(.podDisruptionBudgets))
        // A watch that is open goes on; the next request is refused.
        bench.pass(20)
        #expect(try await bench.metrics().unknownSources == [:])
        try bench.cluster.inject(.watchesCut(.podDisruptionBudgets))
        bench.pass(5)
        let said = try await bench.metrics()
        #expect(said.unknownSources == ["poddisruptionbudgets": "forbidden"])
        #expect(said.value("kube_ha_exporter_source_up", ["source": "poddisruptionbudgets"]) == 0)
        #expect(said.status("disruption_budgets") == "unknown")
        for family in [
            "kube_ha_pdb_disruptions_allowed", "kube_ha_workload_pdb_covered", "kube_ha_nodes_drain_blocked",
            "kube_ha_zone_loss_pdbs_violated",
        ] {
            #expect(healthy.has(family), "\(family)")
            #expect(!said.has(family), "\(family)")
        }
        #expect(!said.isEvaluated("pdb-blocks-drain"))
        #expect(said.findings == [])
        // Nobody else is worse off: upgrades and survival need the budgets to tell which nodes can be drained.
        let drains = ["upgrades", "survival"]
        for (area, status) in healthy.statuses where area != "disruption_budgets" && !drains.contains(area) {
            #expect(said.status(area) == status, "\(area)")
        }
        for area in drains { #expect(said.status(area) == "unknown", "\(area)") }
        // It is asked for again at the long interval, and then all is as before.
        bench.requests.clear()
        bench.pass(280)
        #expect(bench.requests.containing("poddisruptionbudgets").isEmpty)
        try await bench.expectRecovery(to: healthy, within: 20)
    }

    /// The metrics of API servers are read once an hour; where a token had expired then, again as soon as after a failure.
    @Test func anExpiredTokenHidesNoDeprecatedAPIs() async throws {
        let bench = try FaultBench()
        try bench.cluster.inject(.tokenExpired(nil))
        bench.pass(60)
        #expect(try await !bench.metrics().has("kube_ha_deprecated_api_info"))
        bench.cluster.clearAllFaults()
        bench.pass(45)
        #expect(try await bench.metrics().has("kube_ha_deprecated_api_info"))
    }

    /// Nodes name zones for half of the areas.
    @Test func forbiddenNodes() async throws {
        let bench = try FaultBench()
        try bench.cluster.inject(.forbidden(.nodes))
        bench.pass(45)
        let said = try await bench.metrics()
        #expect(said.unknownSources == ["nodes": "forbidden"])
        for area in ["nodes", "zones", "deployment", "control_plane"] {
            #expect(said.status(area) == "unknown", "\(area)")
        }
        #expect(!said.has("kube_ha_zones"))
        #expect(said.has("kube_ha_pdb_expected_pods"))
        #expect(said.status("disruption_budgets") == "ok")
        bench.cluster.clearAllFaults()
        bench.pass(310)
        let after = try await bench.metrics()
        #expect(after.unknownSources == [:])
        #expect(after.value("kube_ha_zones") == 3)
        #expect(after.status("nodes") == "ok")
    }

    @Test func anExpiredTokenThatStays() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.tokenExpired(nil))
        try bench.cluster.inject(.watchesCut(nil))
        bench.pass(65)
        let said = try await bench.metrics()
        for source in ["pods", "nodes", "leases", "nodeleases", "deployments"] {
            #expect(said.state(source) == "unauthorized", "\(source)")
        }
        for area in ["replicas", "nodes", "zones", "services", "rbac"] {
            #expect(said.status(area) == "unknown", "\(area)")
        }
        #expect(!said.has("kube_ha_nodes"))
        #expect(said.findings == [])
        // etcd knows nothing of tokens.
        #expect(said.value("kube_ha_etcd_members_healthy") == 3)
        try await bench.expectRecovery(to: healthy)
    }

    @Test func anExpiredTokenThatIsReplaced() async throws {
        let credentials = ReplacedToken()
        let bench = try FaultBench(credentials: credentials)
        let healthy = try await bench.start()
        try bench.cluster.inject(.tokenExpired("token-1"))
        try bench.cluster.inject(.watchesCut(nil))
        bench.pass(3)
        let said = try await bench.metrics()
        #expect(credentials.number > 1)
        #expect(said.unknownSources == [:])
        #expect(said.findings == [])
        try await bench.expectRecovery(to: healthy)
    }
}

/// A new token once the last one is refused.
private final class ReplacedToken: CredentialSource {
    private let stored = Mutex(1)
    var number: Int { stored.withLock { $0 } }
    func authorization() async throws(CredentialError) -> Authorization {
        Authorization(bearerToken: "token-\(number)")
    }
    func invalidate() async { stored.withLock { $0 += 1 } }
}
