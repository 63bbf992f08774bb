import ClusterSimulator
import Testing

/// Watches that break, end or fall silent: nothing is lost, nothing is said to be wrong that is not.
struct WatchFaultTests {
    /// What is said of the pods is what the cluster holds.
    private func expectUpToDate(_ bench: FaultBench, _ said: Scrape) {
        let objects = said.value("kube_ha_exporter_source_objects", ["source": "pods"])
        #expect(objects == Double(bench.cluster.objects(.pods).count))
    }

    private func relists(_ said: Scrape, _ source: String) -> Double? {
        said.value("kube_ha_exporter_source_relists_total", ["source": source])
    }

    @Test func watchesCutInsideAFrame() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        bench.cluster.churn(5)
        try bench.cluster.inject(.watchesCut(.pods))
        bench.pass(1)
        let said = try await bench.metrics()
        #expect(said.unknownSources == [:])
        #expect(relists(said, "pods") == 2)
        #expect(relists(said, "nodes") == 1)
        #expect(said.value("kube_ha_exporter_source_errors_total", ["source": "pods", "stage": "decode"]) == 1)
        #expect(said.all("kube_ha_exporter_source_errors_total").count == 1)
        expectUpToDate(bench, said)
        try await bench.expectRecovery(to: healthy)
    }

    @Test func watchesThatExpire() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        bench.cluster.churn(5)
        try bench.cluster.inject(.watchesExpired(nil))
        bench.pass(1)
        let said = try await bench.metrics()
        #expect(said.unknownSources == [:])
        for source in ["pods", "nodes", "leases", "deployments", "endpointslices"] {
            #expect(relists(said, source) == 2, "\(source)")
            let error = said.value("kube_ha_exporter_source_errors_total", ["source": source, "stage": "watch"])
            #expect(error == 1, "\(source)")
        }
        #expect(relists(said, "nodeleases") == 1)
        expectUpToDate(bench, said)
        try await bench.expectRecovery(to: healthy)
    }

    /// Open, but without events and bookmarks. What it is silent about is not known after `--stale-after`; after 90 s the
    /// watch is opened anew and brings all that was missed.
    @Test func aSilentWatchIsStaleAndOpenedAnew() async throws {
        let bench = try FaultBench(staleAfter: .seconds(75))
        let healthy = try await bench.start()
        bench.cluster.churn(1)
        bench.pass(1)
        let before = try #require(relists(try await bench.metrics(), "pods"))
        try bench.cluster.inject(.watchesSilent(.pods))
        bench.cluster.churn(20)
        bench.pass(60)
        #expect(try await bench.metrics().unknownSources == [:])
        bench.pass(20)
        let said = try await bench.metrics()
        #expect(said.unknownSources == ["pods": "stale"])
        #expect(said.value("kube_ha_exporter_source_up", ["source": "pods"]) == 0)
        #expect(!said.has("kube_ha_workload_zones"))
        #expect(!said.has("kube_ha_pods_unschedulable"))
        #expect(said.has("kube_ha_nodes_ready"))
        #expect(said.status("replicas") == "unknown")
        #expect(said.status("rbac") == "ok")
        bench.requests.clear()
        bench.pass(12)
        let again = try await bench.metrics()
        #expect(again.unknownSources == [:])
        #expect(bench.requests.containing("/api/v1/pods?watch").count == 1)
        #expect(relists(again, "pods") == before)
        expectUpToDate(bench, again)
        try await bench.expectRecovery(to: healthy)
    }

    /// Nothing changes, bookmarks come: that is news enough.
    @Test func aQuietWatchIsNotStale() async throws {
        let bench = try FaultBench(staleAfter: .seconds(75))
        _ = try await bench.start()
        for _ in 0..<20 {
            bench.pass(15)
            let said = try await bench.metrics()
            #expect(said.unknownSources == [:])
            #expect(said.value("kube_ha_exporter_source_events_total", ["source": "namespaces"]) == 0)
            #expect(relists(said, "namespaces") == 1)
        }
    }

    /// Versions that went back: everything is listed anew within a minute or so, and none of it is a finding.
    @Test func aRestoredEtcd() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        bench.pass(60)
        let before = try await bench.metrics()
        try bench.cluster.inject(.etcdRestored(revision: 10))
        bench.cluster.churn(5)
        for _ in 0..<5 {
            bench.pass(15)
            #expect(try await bench.metrics().critical == [])
        }
        let said = try await bench.metrics()
        for source in ["pods", "nodes", "leases", "deployments", "persistentvolumes", "clusterroles"] {
            #expect((relists(said, source) ?? 0) > (relists(before, source) ?? 0), "\(source)")
        }
        expectUpToDate(bench, said)
        try await bench.expectRecovery(to: healthy)
    }

    /// Hourly lists heal what no watch told, and are spread over minutes, not made all at once.
    @Test func listsOfTheHourAreSpread() async throws {
        let bench = try FaultBench(nodes: 4, pods: 30)
        _ = try await bench.start()
        bench.pass(3_100, step: .seconds(5))
        bench.requests.clear()
        var minutes: [Int] = []
        var last = 0
        for _ in 0..<9 {
            bench.pass(60, step: .seconds(5))
            // What is watched; node leases and Gateway API objects are listed each minute.
            let lists = bench.requests.containing("?limit=")
                .filter { !$0.contains("kube-node-lease") && !$0.contains("gateway.networking") }
            minutes.append(lists.count - last)
            last = lists.count
        }
        let said = try await bench.metrics()
        let watched = said.all("kube_ha_exporter_source_relists_total").filter { $0.value == 2 }
        #expect(watched.count == last)
        #expect(last >= 25)
        #expect(minutes.allSatisfy { $0 <= last / 2 }, "\(minutes)")
        #expect(said.unknownSources == [:])
        expectUpToDate(bench, said)
    }
}
