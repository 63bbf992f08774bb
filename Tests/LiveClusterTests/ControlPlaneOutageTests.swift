import ClusterSimulator
import HASignals
import Testing

/// The control plane goes: what is said in every collection from the fault until after recovery, with etcd's members
/// seen and not seen, and by an exporter that starts in the middle. Issue 9 and SIGNALS, areas 1 and 2 and «Unknown is
/// neither zero nor healthy».
struct ControlPlaneOutageTests {
    /// What goes.
    enum Outage: CaseIterable, Sendable {
        /// Both processes and connections of every API server.
        case noAPIServer
        /// Two of three members suspended.
        case quorumLost
        /// Two of three members killed.
        case membersKilled
        /// All members suspended.
        case membersSilent

        var faults: [SimulatedFault] {
            switch self {
            case .noAPIServer: [.apiServersLost]
            case .quorumLost: [.etcdQuorumLost]
            case .membersKilled: [.etcdMemberLost("cp-2"), .etcdMemberLost("cp-3")]
            case .membersSilent: [.etcdMembersSilent]
            }
        }

        /// The areas that cannot be known to be ok while it lasts: those that a control plane which does not write
        /// freezes, and those of what is gone.
        func areas(isEtcdSeen: Bool) -> [AreaName] {
            let frozen: [AreaName] = [
                .controlPlane, .replicas, .rollouts, .daemonsets, .services, .ingress, .nodes, .disruptionBudgets,
                .storage, .zones,
            ]
            return self == .noAPIServer && isEtcdSeen ? frozen : frozen + [.etcd]
        }

        /// Critical areas while it lasts.
        func critical(isEtcdSeen: Bool) -> [AreaName] {
            self == .noAPIServer || !isEtcdSeen ? [.controlPlane] : [.controlPlane, .etcd]
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var outage: Outage
        var isEtcdSeen: Bool
        var testDescription: String { "\(outage), etcd \(isEtcdSeen ? "seen" : "not seen")" }
    }

    static let cases = Outage.allCases.flatMap { outage in
        [true, false].map { Case(outage: outage, isEtcdSeen: $0) }
    }

    /// Within so long after a fault nothing may be called ok any more that needs what is gone.
    private static let noticedWithin = Duration.seconds(15)
    /// Two rounds, each an interval after the other.
    private static let twoRounds = Duration.seconds(30)

    /// An exporter that has seen the cluster well for a minute.
    private func start(_ outage: Case) async throws -> (bench: OutageBench, healthy: [AreaName: AreaStatus]) {
        let bench = try OutageBench(isEtcdSeen: outage.isEtcdSeen)
        await bench.pass(5, step: .milliseconds(100))
        await bench.pass(70)
        let collections = bench.collections
        for collection in collections { #expect(collection.critical == [], "\(collection.at)") }
        let healthy = try #require(collections.last).statuses
        #expect(healthy[.controlPlane] == .ok)
        #expect(healthy[.etcd] == (outage.isEtcdSeen ? .ok : .unknown))
        for area in [AreaName.replicas, .daemonsets, .nodes, .zones] { #expect(healthy[area] == .ok, "\(area)") }
        return (bench, healthy)
    }

    private func expectNothingIsOK(_ bench: OutageBench, _ outage: Case, after: Duration) {
        let collections = bench.collections(after: after)
        #expect(!collections.isEmpty)
        for collection in collections {
            for area in outage.outage.areas(isEtcdSeen: outage.isEtcdSeen) {
                #expect(collection.statuses[area] != .ok, "\(area) at \(collection.at), \(after) or later")
            }
        }
    }

    private func expectCritical(_ bench: OutageBench, _ outage: Case, after: Duration) {
        for collection in bench.collections(after: after) {
            for area in outage.outage.critical(isEtcdSeen: outage.isEtcdSeen) {
                #expect(collection.statuses[area] == .critical, "\(area) at \(collection.at)")
            }
        }
    }

    /// Nothing critical 30 s after, and all said as before after two minutes.
    private func expectRecovery(_ bench: OutageBench, to healthy: [AreaName: AreaStatus]) async throws {
        bench.cluster.clearAllFaults()
        let end = bench.now
        await bench.pass(180)
        for collection in bench.collections(after: end + .seconds(30)) {
            #expect(collection.critical == [], "\(collection.at - end) after the end")
        }
        #expect(try #require(bench.collections.last).statuses == healthy)
    }

    @Test(arguments: cases)
    func nothingIsCalledOKThatNeedsWhatIsGone(_ outage: Case) async throws {
        let (bench, healthy) = try await start(outage)
        for fault in outage.outage.faults { try bench.cluster.inject(fault) }
        let fault = bench.now
        // Longer than --stale-after.
        await bench.pass(330)
        expectNothingIsOK(bench, outage, after: fault + Self.noticedWithin)
        expectCritical(bench, outage, after: fault + Self.twoRounds)
        try await expectRecovery(bench, to: healthy)
    }

    @Test(arguments: cases)
    func anExporterThatStartsInTheMiddleSaysSo(_ outage: Case) async throws {
        let (bench, healthy) = try await start(outage)
        for fault in outage.outage.faults { try bench.cluster.inject(fault) }
        await bench.pass(60)
        bench.restartExporter()
        let start = bench.now
        await bench.pass(150)
        // From its first collection on.
        expectNothingIsOK(bench, outage, after: start - .seconds(1))
        if outage.outage == .noAPIServer {
            let first = bench.collections(after: start).first
            #expect(first?.statuses[.controlPlane] == .critical, "in the first collection after all was asked")
        }
        try await expectRecovery(bench, to: healthy)
    }

    /// SIGSTOP for two minutes; meanwhile an etcd member is killed and a node cordoned.
    @Test func aPausedProcessServesNothingOfBefore() async throws {
        let (bench, _) = try await start(Case(outage: .quorumLost, isEtcdSeen: true))
        #expect(try await bench.scrape().value("kube_ha_nodes_cordoned") == 0)
        try bench.cluster.inject(.etcdMemberLost("cp-3"))
        try bench.cluster.inject(.cordoned("worker-00002"))
        try await bench.pause(120) {
            // The first scrape comes before anything was asked again.
            let first = try await bench.scrape()
            #expect(!first.has("kube_ha_area_status"))
            #expect(!first.has("kube_ha_nodes_cordoned"))
        }
        let resumed = bench.now
        await bench.pass(60)
        let collections = bench.collections(after: resumed - .seconds(1))
        #expect(!collections.isEmpty)
        for collection in collections {
            #expect(collection.statuses[.etcd] != .ok, "\(collection.at - resumed) after")
        }
        #expect(collections.last?.statuses[.etcd] == .critical)
        #expect(collections.last?.critical == ["etcd-no-tolerance"])
        #expect(try await bench.scrape().value("kube_ha_nodes_cordoned") == 1)
    }

    /// A pause in which nothing happens leaves nothing behind.
    @Test func aPauseOfAHealthyClusterIsOverSoon() async throws {
        let outage = Case(outage: .noAPIServer, isEtcdSeen: true)
        let (bench, healthy) = try await start(outage)
        try await bench.pause(120)
        let resumed = bench.now
        await bench.pass(120)
        for collection in bench.collections(after: resumed - .seconds(1)) { #expect(collection.critical == []) }
        #expect(try #require(bench.collections.last).statuses == healthy)
    }
}
