import ClusterSimulator
import ClusterState
import KubernetesClient
import KubernetesWire
import Testing

/// Thousands of faults in an order that a seed decides, amid churn: once they end, the client holds what the cluster
/// holds, and says so.
struct SeededFaultsTests {
    private static let resources: [SimulatedResource?] = [
        nil, .pods, .nodes, .deployments, .replicaSets, .endpointSlices, .leases, .persistentVolumes, .services,
    ]

    private func fault(_ random: inout SeededRandom, revision: Int64) -> SimulatedFault {
        let resource = Self.resources[Int.random(in: 0..<Self.resources.count, using: &random)]
        let master = "cp-\(Int.random(in: 1...3, using: &random))"
        switch Int.random(in: 0..<18, using: &random) {
        case 0: return .hang
        case 1: return .tooManyRequests(resource, retryAfter: Int.random(in: 1...40, using: &random))
        case 2: return .internalError(resource)
        case 3: return .garbage(resource)
        case 4: return .forbidden(resource ?? .pods)
        case 5: return .tokenExpired(nil)
        case 6: return .watchesSilent(resource)
        case 7: return .writesFrozen
        case 8, 9: return .watchesCut(resource)
        case 10, 11: return .watchesExpired(resource)
        case 12: return .compaction
        case 13: return .apiServerLost(master)
        case 14: return .nodeLost("worker-0000\(Int.random(in: 1...4, using: &random))")
        case 15: return .etcdMemberLost(master)
        case 16: return .zoneLost("zone-\(["a", "b", "c"][Int.random(in: 0..<3, using: &random)])")
        // A restored etcd is told by versions that have gone back, as far as a minute's writes at least: node leases are
        // listed that often.
        default: return revision > 3_000 ? .etcdRestored(revision: 1) : .compaction
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func endsWithWhatTheClusterHolds(_ seed: UInt64) throws {
        let bench = try ClientBench(nodes: 7, pods: 60, seed: seed)
        var random = SeededRandom(seed: seed)
        bench.sync()
        bench.cluster.setChurn(perSecond: 0.2)
        var unknown: Set<SourceState> = []
        for _ in 0..<600 {
            try bench.cluster.inject(fault(&random, revision: bench.cluster.resourceVersion))
            bench.cluster.churn(Int.random(in: 0..<2, using: &random))
            bench.pass(.milliseconds(Int.random(in: 0...2_500, using: &random)), step: .seconds(1))
            // Most faults last a while, some for minutes.
            for fault in bench.cluster.activeFaults where Int.random(in: 0..<4, using: &random) == 0 {
                bench.cluster.clear(fault)
            }
            for source in [Source.pods, .nodes, .nodeleases] { unknown.insert(bench.state(source)) }
        }
        #expect(unknown.isSuperset(of: [.ok, .unauthorized]), "\(unknown)")
        bench.cluster.clearAllFaults()
        bench.cluster.setChurn(perSecond: 0)
        // Long enough for what was forbidden last, and for a watch that was left silent.
        bench.pass(.seconds(430), step: .seconds(2))
        try bench.cluster.inject(.writesFrozen)
        bench.pass(.seconds(125), step: .seconds(2))
        let differences = try bench.differences()
        #expect(differences == [])
        for source in Source.allCases where APIResource.of(source) != nil || source == .version {
            #expect(bench.state(source) == .ok, "\(source)")
        }
    }

    @Test func equalSeedsAskForTheSame() throws {
        func targets() throws -> [String] {
            let bench = try ClientBench(seed: 9)
            bench.sync()
            bench.cluster.setChurn(perSecond: 1)
            try bench.cluster.inject(.watchesCut(nil))
            bench.pass(.seconds(30))
            return bench.requests.targets("")
        }
        let first = try targets()
        #expect(first.count > 40)
        let second = try targets()
        #expect(second == first)
    }
}
