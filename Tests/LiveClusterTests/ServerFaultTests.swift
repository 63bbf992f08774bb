import ClusterSimulator
import Collection
import Testing

/// API servers that do not answer as they should: what `/metrics` says meanwhile, and that it recovers. What was read
/// is kept for `--stale-after`; then its families are absent, and the areas that need it unknown.
struct ServerFaultTests {
    /// Sources that lists and watches bring; what probes bring is answered by others.
    private func expectAllUnknown(_ said: Scrape, _ state: String) {
        for source in ["pods", "nodes", "deployments", "leases", "nodeleases", "endpointslices", "namespaces"] {
            #expect(said.state(source) == state, "\(source)")
            #expect(said.value("kube_ha_exporter_source_up", ["source": source]) == 0)
        }
        for area in ["replicas", "nodes", "zones", "services", "disruption_budgets", "storage", "rbac"] {
            #expect(said.status(area) == "unknown", "\(area)")
        }
        for family in ["kube_ha_nodes", "kube_ha_workload_zones", "kube_ha_services", "kube_ha_zones"] {
            #expect(!said.has(family), "\(family)")
        }
        #expect(!said.isEvaluated("node-not-ready"))
        #expect(!said.isEvaluated("cluster-writes-stalled"))
    }

    @Test func serversThatStopAnswering() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.hang)
        // SIGNALS, area 1: reached, and no answer in time, is not ready; two rounds in a row are critical.
        bench.pass(40)
        let first = try await bench.metrics()
        #expect(first.critical == ["apiserver-none-serving"])
        #expect(first.status("control_plane") == "critical")
        #expect(first.state("apiserver") == "ok")
        // What was read is still given, and not called well.
        #expect(first.value("kube_ha_nodes_ready", ["role": "worker"]) == 6)
        #expect(first.status("nodes") == "unknown")
        // Of leases nothing is known sooner: they would tell of this moment.
        bench.pass(80)
        let second = try await bench.metrics()
        #expect(second.state("leases") == "unreachable")
        #expect(second.critical.contains("apiserver-none-serving"))
        #expect(!second.has("kube_ha_cluster_write_age_seconds"))
        bench.pass(200)
        let said = try await bench.metrics()
        expectAllUnknown(said, "unreachable")
        #expect(said.state("apiserver") == "ok")
        #expect(said.critical == ["apiserver-none-serving", "apiserver-requests-failing"])
        #expect(said.status("control_plane") == "critical")
        #expect(said.value("kube_ha_apiserver_ready", ["apiserver": "192.0.2.12:6443"]) == 0)
        // etcd answers for itself.
        #expect(said.state("etcd") == "ok")
        #expect(said.value("kube_ha_etcd_members_healthy") == 3)
        try await bench.expectRecovery(to: healthy)
    }

    @Test func serversThatRefuseConnections() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        for master in 1...3 { try bench.cluster.inject(.apiServerLost("cp-\(master)")) }
        // Refused at once, and nothing begun since succeeds: two rounds, 10 s apart.
        bench.pass(25)
        let first = try await bench.metrics()
        #expect(first.critical == ["apiserver-none-serving"])
        #expect(first.value("kube_ha_apiserver_ready", ["apiserver": "192.0.2.12:6443"]) == 0)
        bench.pass(295)
        let said = try await bench.metrics()
        expectAllUnknown(said, "unreachable")
        #expect(said.critical == ["apiserver-none-serving"])
        try await bench.expectRecovery(to: healthy)
    }

    @Test func internalErrors() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.internalError(nil))
        try bench.cluster.inject(.watchesCut(nil))
        bench.pass(80)
        // SIGNALS, source states: failing once 30 s have passed without success.
        let first = try await bench.metrics()
        #expect(first.state("pods") == "failing")
        #expect(first.value("kube_ha_exporter_source_up", ["source": "pods"]) == 0)
        #expect(first.status("replicas") == "unknown")
        #expect(first.has("kube_ha_workload_zones"))
        bench.pass(230)
        let said = try await bench.metrics()
        // They answer, so they are not unreachable; what they answer is no news.
        expectAllUnknown(said, "stale")
        #expect(said.state("apiserver") == "ok")
        #expect(said.findings == ["apiserver-requests-failing Cluster"])
        #expect((said.value("kube_ha_exporter_source_errors_total", ["source": "pods", "stage": "list"]) ?? 0) > 5)
        try await bench.expectRecovery(to: healthy)
    }

    @Test func tooManyRequests() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.tooManyRequests(.pods, retryAfter: 40))
        try bench.cluster.inject(.watchesCut(.pods))
        bench.requests.clear()
        bench.pass(230)
        #expect(try await bench.metrics().unknownSources == ["pods": "failing"])
        bench.pass(80)
        let said = try await bench.metrics()
        #expect(said.unknownSources == ["pods": "stale"])
        #expect(!said.has("kube_ha_workload_zones"))
        #expect(said.has("kube_ha_nodes_ready"))
        #expect(said.status("replicas") == "unknown")
        #expect(said.status("rbac") == "ok")
        #expect(said.findings == [])
        // Never sooner than the server asked for.
        let gaps = bench.requests.gaps("/api/v1/pods?")
        #expect(gaps.count >= 4)
        #expect(gaps.allSatisfy { $0 >= .seconds(40) })
        try await bench.expectRecovery(to: healthy)
    }

    @Test func garbage() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.garbage(.nodes))
        bench.pass(230)
        #expect(try await bench.metrics().unknownSources == ["nodes": "failing"])
        bench.pass(80)
        let said = try await bench.metrics()
        #expect(said.unknownSources == ["nodes": "malformed"])
        #expect(said.status("nodes") == "unknown")
        #expect(said.status("zones") == "unknown")
        #expect(said.status("network_policies") == "ok")
        #expect(!said.has("kube_ha_nodes"))
        #expect(!said.has("kube_ha_zone_nodes"))
        #expect(said.has("kube_ha_services"))
        #expect(!said.isEvaluated("zone-lost"))
        #expect((said.value("kube_ha_exporter_source_errors_total", ["source": "nodes", "stage": "decode"]) ?? 0) > 5)
        try await bench.expectRecovery(to: healthy)
    }
}
