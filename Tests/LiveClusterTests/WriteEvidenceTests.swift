import ClusterSimulator
import Testing

/// Leases that nobody renews look the same whether the cluster writes nothing or the exporter hears nothing. Only the
/// first is a finding.
struct WriteEvidenceTests {
    private static let frozenAreas = [
        "replicas", "rollouts", "daemonsets", "services", "nodes", "disruption_budgets", "zones",
    ]

    /// Watches stay up, bookmarks come, lists are answered: the leases are as old as they look.
    @Test func frozenWritesAreFound() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        #expect((healthy.value("kube_ha_cluster_write_age_seconds") ?? 99) <= 2)
        try bench.cluster.inject(.writesFrozen)
        var ages: [Double] = []
        for _ in 0..<4 {
            bench.pass(15)
            ages.append(try await bench.metrics().value("kube_ha_cluster_write_age_seconds") ?? -1)
        }
        #expect(ages == ages.sorted() && Set(ages).count == 4, "\(ages)")
        // It is never said to be older than it is.
        #expect(zip(ages, [15.0, 30, 45, 60]).allSatisfy { $0 <= $1 + 2 }, "\(ages)")
        #expect(try await bench.metrics().raised("cluster-writes-stalled") == [])
        bench.pass(30)
        let said = try await bench.metrics()
        #expect(said.unknownSources == [:])
        #expect(said.raised("cluster-writes-stalled") == ["Cluster"])
        #expect(
            said.raised("leader-lease-expired") == [
                "Lease kube-system/kube-controller-manager", "Lease kube-system/kube-scheduler",
            ]
        )
        #expect(said.value("kube_ha_leader_lease_expired", ["component": "kube-scheduler"]) == 1)
        #expect(said.value("kube_ha_apiserver_identities") == 0)
        #expect(said.status("control_plane") == "critical")
        // What they read does not move any more.
        for area in Self.frozenAreas { #expect(said.status(area) == "unknown", "\(area)") }
        #expect(said.status("storage") == "unknown")
        #expect(said.status("network_policies") == "ok")
        bench.cluster.clearAllFaults()
        bench.pass(30)
        let after = try await bench.metrics()
        #expect((after.value("kube_ha_cluster_write_age_seconds") ?? 99) <= 15)
        #expect(after.critical == [])
        try await bench.expectRecovery(to: healthy)
    }

    /// Without a quorum no consistent list is answered, and open watches bring neither events nor bookmarks: of leases
    /// nothing is known soon.
    @Test func withoutQuorumNothingIsHeardOfLeases() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.etcdMemberLost("cp-2"))
        try bench.cluster.inject(.etcdMemberLost("cp-3"))
        bench.pass(130)
        let said = try await bench.metrics()
        #expect(said.state("leases") != "ok")
        #expect(said.critical.contains("etcd-quorum-lost"))
        for area in Self.frozenAreas { #expect(said.status(area) == "unknown", "\(area)") }
        try await bench.expectRecovery(to: healthy)
    }

    /// The watch of leases alone brings nothing any more while the cluster lives.
    @Test func aDeadWatchOfLeasesIsNoFinding() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        let before = healthy.value("kube_ha_exporter_source_relists_total", ["source": "leases"])
        try bench.cluster.inject(.watchesSilent(.leases))
        for _ in 0..<60 {
            bench.pass(2)
            let said = try await bench.metrics()
            #expect(said.findings == [])
            #expect(said.unknownSources == [:])
            #expect(said.value("kube_ha_leader_lease_expired", ["component": "kube-controller-manager"]) == 0)
            #expect((said.value("kube_ha_cluster_write_age_seconds") ?? 99) <= 15)
        }
        // It was found out and replaced, not waited for.
        let said = try await bench.metrics()
        #expect(said.value("kube_ha_exporter_source_relists_total", ["source": "leases"]) == before.map { $0 + 1 })
        #expect(said.value("kube_ha_exporter_source_errors_total", ["source": "leases", "stage": "watch"]) == 1)
        try await bench.expectRecovery(to: healthy)
    }

    /// Neither watch nor lists of leases tell anything: that is unknown, not stalled.
    @Test func leasesThatCannotBeHeardOfAreUnknown() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.watchesSilent(.leases))
        try bench.cluster.inject(.internalError(.leases))
        for second in stride(from: 5, through: 180, by: 5) {
            bench.pass(5)
            let said = try await bench.metrics()
            #expect(said.findings == [], "after \(second) s")
            #expect(said.state("leases") == (second < 90 ? "ok" : "stale"), "after \(second) s")
        }
        let said = try await bench.metrics()
        #expect(!said.has("kube_ha_cluster_write_age_seconds"))
        #expect(!said.has("kube_ha_leader_lease_age_seconds"))
        #expect(!said.has("kube_ha_apiserver_identities"))
        #expect(!said.isEvaluated("cluster-writes-stalled"))
        #expect(!said.isEvaluated("leader-lease-expired"))
        #expect(said.status("control_plane") == "unknown")
        #expect(said.state("pods") == "ok")
        try await bench.expectRecovery(to: healthy)
    }

    /// A watch that died before the cluster froze: the fresh list shows both, first the one, then the other.
    @Test func aFreezeIsFoundThoughTheWatchIsDead() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.watchesSilent(.leases))
        bench.pass(5)
        try bench.cluster.inject(.writesFrozen)
        bench.pass(110)
        let said = try await bench.metrics()
        #expect(said.raised("cluster-writes-stalled") == ["Cluster"])
        #expect((60...112).contains(said.value("kube_ha_cluster_write_age_seconds") ?? 0))
        try await bench.expectRecovery(to: healthy)
    }

    /// Ages are counted on the exporter's own clock: a clock that is off by an hour, either way, changes nothing.
    @Test(arguments: [-3_600.0, 3_600.0])
    func wrongClocksChangeNoAge(_ error: Double) async throws {
        let right = try FaultBench()
        let wrong = try FaultBench(clockError: error)
        let healthy = try await wrong.start()
        _ = try await right.start()
        func ages(_ bench: FaultBench) async throws -> [Set<Scrape.Series>] {
            let said = try await bench.metrics()
            #expect(said.critical == [])
            return ["kube_ha_cluster_write_age_seconds", "kube_ha_apiserver_identities"].map { said.series($0) }
                + [said.series("kube_ha_leader_lease_age_seconds"), said.series("kube_ha_node_lease_age_seconds")]
        }
        for bench in [right, wrong] { bench.pass(150) }
        let expected = try await ages(right)
        #expect(try await ages(wrong) == expected)
        #expect(expected[3].count == 9)
        for bench in [right, wrong] {
            try bench.cluster.inject(.writesFrozen)
            bench.pass(90)
        }
        let frozen = try await right.metrics().value("kube_ha_cluster_write_age_seconds")
        let said = try await wrong.metrics()
        #expect(said.value("kube_ha_cluster_write_age_seconds") == frozen)
        #expect(said.raised("cluster-writes-stalled") == ["Cluster"])
        try await wrong.expectRecovery(to: healthy)
    }
}
