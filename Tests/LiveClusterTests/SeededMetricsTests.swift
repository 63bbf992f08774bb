import ClusterSimulator
import ClusterState
import KubernetesClient
import Testing

/// Faults and churn in an order that a seed decides. At every collection `/metrics` says what is unknown; once the faults
/// end it says what the cluster holds.
struct SeededMetricsTests {
    private static let steps = 1_200
    private static let resources: [SimulatedResource] = [
        .pods, .nodes, .deployments, .replicaSets, .endpointSlices, .leases, .persistentVolumes, .services,
        .podDisruptionBudgets, .networkPolicies,
    ]

    private func fault(_ random: inout SeededRandom, _ cluster: SimulatedCluster) -> SimulatedFault {
        let resource = Self.resources[Int.random(in: 0..<Self.resources.count, using: &random)]
        let scope = Int.random(in: 0..<4, using: &random) == 0 ? nil : resource
        let master = "cp-\(Int.random(in: 1...3, using: &random))"
        let worker = "worker-0000\(Int.random(in: 1...4, using: &random))"
        switch Int.random(in: 0..<22, using: &random) {
        case 0: return .hang
        case 1: return .tooManyRequests(scope, retryAfter: Int.random(in: 1...40, using: &random))
        case 2, 3: return .internalError(scope)
        case 4, 5: return .garbage(resource)
        case 6, 7: return .forbidden(resource)
        case 8: return .tokenExpired(nil)
        case 9: return .watchesSilent(scope)
        case 10: return .writesFrozen
        case 11, 12: return .watchesCut(scope)
        case 13: return .watchesExpired(scope)
        case 14: return .compaction
        case 15: return .apiServerLost(master)
        case 16: return .nodeLost(worker)
        case 17: return .nodeLost(master)
        case 18: return .etcdMemberLost(master)
        case 19: return .cordoned(worker)
        case 20: return .zoneLost("zone-\(["a", "b", "c"][Int.random(in: 0..<3, using: &random)])")
        // Told by versions that have gone back, as far as a minute's writes at least.
        default: return cluster.resourceVersion > 4_000 ? .etcdRestored(revision: 1) : .compaction
        }
    }

    /// What may not be said of what is unknown.
    private func expectHonest(_ said: Scrape, _ contract: SignalContract, _ place: String) {
        var broken: [String] = []
        var states: [String: String] = [:]
        for series in said.all("kube_ha_exporter_source_state") where series.value == 1 {
            states[series.labels["source"] ?? ""] = series.labels["state"]
        }
        let names = said.names
        for (family, sources) in contract.sources where names.contains(family) {
            // SIGNALS, source states: what is failing is still given, until it is stale.
            for source in sources where states[source] != "ok" && states[source] != "failing" {
                broken.append("\(family) though \(source) is \(states[source] ?? "not told")")
            }
        }
        let unknown = Set(states.filter { !["ok", "absent", "disabled"].contains($0.value) }.keys)
        for (area, status) in said.statuses where !contract.required(by: area).isDisjoint(with: unknown) {
            let isAllowed =
                ["unknown", "critical"].contains(status)
                || (status == "not_applicable" && ["etcd", "control_plane"].contains(area))
            if !isAllowed { broken.append("\(area) is \(status) though \(unknown.sorted()) are not ok") }
        }
        for source in unknown {
            let isUp = said.value("kube_ha_exporter_source_up", ["source": source])
            if isUp != 0 { broken.append("\(source) is up") }
        }
        #expect(broken == [], "\(place)")
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func saysWhatIsUnknown(_ seed: UInt64) async throws {
        let contract = try SignalContract()
        #expect(contract.sources.count > 150 && contract.required(by: "nodes") == ["nodes", "pods"])
        let bench = try FaultBench(nodes: 7, pods: 50, seed: seed)
        _ = try await bench.start()
        var random = SeededRandom(seed: seed)
        bench.cluster.setChurn(perSecond: 0.2)
        var seen: Set<String> = []
        var collections = 0
        for step in 0..<Self.steps {
            try bench.cluster.inject(fault(&random, bench.cluster))
            bench.pass(Double.random(in: 0...2.5, using: &random), step: .seconds(1))
            for fault in bench.cluster.activeFaults where Int.random(in: 0..<8, using: &random) == 0 {
                bench.cluster.clear(fault)
            }
            // At any moment, not only each 15 s.
            guard Int.random(in: 0..<12, using: &random) == 0 else { continue }
            let said = try await bench.metrics()
            collections += 1
            seen.formUnion(said.unknownSources.values)
            expectHonest(said, contract, "seed \(seed), step \(step)")
        }
        #expect(collections > Self.steps / 20)
        #expect(seen.isSuperset(of: ["forbidden", "unauthorized"]), "\(seen)")
        try await expectTruth(bench)
    }

    /// Once nothing is wrong any more.
    private func expectTruth(_ bench: FaultBench) async throws {
        bench.cluster.clearAllFaults()
        bench.cluster.setChurn(perSecond: 0)
        bench.pass(430, step: .seconds(2))
        let said = try await bench.metrics()
        #expect(said.unknownSources == [:])
        #expect(said.critical == [])
        #expect(!said.statuses.values.contains("unknown"))
        for series in said.all("kube_ha_exporter_source_objects") {
            let source = series.labels["source"] ?? ""
            guard let resource = SimulatedResource(name: source), resource != .leases else { continue }
            #expect(series.value == Double(bench.cluster.objects(resource).count), "\(source)")
        }
        let nodes = ["control-plane", "worker"].map { said.value("kube_ha_nodes_usable", ["role": $0]) }
        #expect(nodes == [3, 4])
        #expect(said.value("kube_ha_etcd_members_healthy") == 3)
    }
}
