import ClusterSimulator
import Collection
import Testing

/// The process is stopped for two minutes and goes on: its clocks jump, and what it heard before tells nothing of now.
struct GapTests {
    @Test func whatWasHeardBeforeAGapIsConfirmedFirst() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        // While it is stopped, a member is lost and a node is cordoned.
        try bench.cluster.inject(.etcdMemberLost("cp-2"))
        try bench.cluster.inject(.cordoned("worker-00001"))
        bench.stop(120)
        // The request path does not wait for a collection: SIGNALS, «After a gap».
        #expect(!(try await bench.scrape().has("kube_ha_area_status")))
        bench.recoverFromGap()
        let first = try await bench.metrics()
        #expect(first.value("kube_ha_etcd_members_healthy") == 2)
        #expect(first.status("etcd") == "critical")
        #expect(first.value("kube_ha_nodes_usable", ["role": "worker"]) == 5)
        bench.pass(5)
        let second = try await bench.metrics()
        #expect(second.unknownSources == [:])
        try await bench.expectRecovery(to: healthy)
    }

    /// What does not answer after a gap is failing, at once.
    @Test func whatIsNotConfirmedIsFailing() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.watchesSilent(.nodes))
        try bench.cluster.inject(.internalError(.nodes))
        bench.stop(120)
        bench.recoverFromGap()
        let said = try await bench.metrics()
        #expect(said.state("nodes") == "failing")
        #expect(said.status("nodes") == "unknown")
        #expect(said.state("pods") == "ok")
        try await bench.expectRecovery(to: healthy)
    }
}
