import ClusterSimulator
import ClusterState
import Collection
import ControlPlaneProbes
import HTTPTransport
import KubernetesClient
import Logging
import Synchronization
import TestClocks
import TestFixtures
import Testing

/// A live cluster over the simulator, one clock for both.
private final class LiveBench {
    let cluster: SimulatedCluster
    let clock = ManualClock()
    let executor = StepExecutor()
    let live: LiveCluster
    let asked = Asked()
    private var task: Task<Void, Never>?

    static let templates = Result {
        var files: [String: [UInt8]] = [:]
        for name in RecordedTemplates.fileNames { files[name] = try? Fixture.healthy.bytes(name) }
        return try RecordedTemplates(files: files)
    }

    init(
        etcd: [String] = ["https://192.0.2.11:2379"],
        metrics: [String] = [],
        staleAfter: Duration = .seconds(300),
        _ change: (inout LiveSettings) -> Void = { _ in }
    ) throws {
        let plan = ClusterPlan(nodes: 7, pods: 60, zones: 3, podBytes: 0)
        let cluster = try SimulatedCluster(plan: plan, templates: Self.templates.get())
        self.cluster = cluster
        let clock = clock
        let start = clock.now
        var settings = LiveSettings()
        settings.staleAfter = staleAfter
        settings.probes.etcd = try EtcdTargets(etcd, metrics: metrics)
        change(&settings)
        live = LiveCluster(
            transport: asked.wrap(SimulatorTransport(cluster: cluster, clock: clock)),
            endpoint: ClusterEndpoint(server: "https://simulator.example:6443"),
            credentials: FixedCredentials(Authorization(bearerToken: "secret")),
            settings: settings,
            clock: ClientClock(
                now: { Timestamp(seconds: Double(cluster.wallTime)) },
                uptime: { start.duration(to: clock.now) },
                sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
            ),
            seed: 1,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let live = live
        task = Task(executorPreference: executor) { await live.read() }
    }

    deinit {
        task?.cancel()
        executor.drain()
    }

    /// Lets time pass, with a collection each 15 s.
    func pass(_ seconds: Int) {
        for second in 0..<seconds * 2 {
            cluster.advance(by: .milliseconds(500))
            clock.advance(by: .milliseconds(500))
            executor.drain()
            if second % 30 == 29 { _ = look() }
        }
    }

    struct Look: Sendable {
        var probes: ProbeResults
        var apiServer: SourceState
        var etcd: SourceState
        var pods: SourceState
        var metrics: SourceState
        var deprecatedAPIs: [String]
    }

    func look() -> Look? {
        let live = live
        let now = Timestamp(seconds: Double(cluster.wallTime))
        let uptime = clock.now.offset
        return executor.run {
            await live.collect(now: now, uptime: uptime) { state, probes, _ in
                Look(
                    probes: probes,
                    apiServer: state.status(of: .apiserver).state,
                    etcd: state.status(of: .etcd).state,
                    pods: state.status(of: .pods).state,
                    metrics: state.status(of: .apiservermetrics).state,
                    deprecatedAPIs: state.deprecatedAPIs.all.map(\.name)
                )
            }
        }
    }
}

private final class Asked: Sendable {
    private let stored = Mutex<[TransportRequest]>([])
    private let failing = Mutex<(part: String, error: TransportError, instances: Bool)?>(nil)
    var all: [TransportRequest] { stored.withLock { $0 } }

    /// Has every request fail from now on whose URL has this part, and with it, where wanted, what probes ask of /version:
    /// without a proxy, unlike other requests.
    func fail(_ part: String, _ error: TransportError, andVersionOfInstances: Bool = false) {
        failing.withLock { $0 = (part, error, andVersionOfInstances) }
    }

    func wrap(_ transport: any Transport) -> any Transport { Recorder(log: self, transport: transport) }

    private struct Recorder: Transport {
        let log: Asked
        let transport: any Transport
        func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
            log.stored.withLock { $0.append(request) }
            if let failing = log.failing.withLock({ $0 }) {
                let isProbe = request.url.hasSuffix("/version") && request.proxy == .none
                if request.url.contains(failing.part) || (failing.instances && isProbe) { throw failing.error }
            }
            return try await transport.send(request)
        }
    }
}

struct LiveClusterTests {
    @Test func seesAllInstancesAndMembers() throws {
        let bench = try LiveBench()
        bench.pass(30)
        let look = try #require(bench.look())
        #expect(look.apiServer == .ok)
        #expect(look.etcd == .ok)
        // The configured server, which stands before them all, is always asked, and told apart from them.
        #expect(
            look.probes.distinctAPIServers.map(\.name) == ["192.0.2.11:6443", "192.0.2.12:6443", "192.0.2.13:6443"]
        )
        #expect(look.probes.apiServers.filter(\.isConfiguredOnly).map(\.name) == ["simulator.example:6443"])
        #expect(look.probes.apiServers.allSatisfy { $0.isServing && $0.isEtcdReady == true })
        #expect(look.probes.apiServers.allSatisfy { $0.version == "v1.36.2" && $0.minor == 36 })
        // One endpoint was named; the others are known by the member list.
        let etcd = try #require(look.probes.etcdClusters.first)
        #expect(etcd.name == "main")
        #expect(etcd.members.count == 3)
        #expect(etcd.members.allSatisfy { $0.isHealthy })
    }

    @Test func theTokenGoesToAPIServersAlone() throws {
        let bench = try LiveBench()
        bench.pass(30)
        let toEtcd = bench.asked.all.filter { $0.url.contains(":2379") }
        #expect(!toEtcd.isEmpty)
        #expect(toEtcd.allSatisfy { $0.bearerToken == nil })
        #expect(bench.asked.all.filter { $0.url.contains("/readyz") }.allSatisfy { $0.bearerToken == "secret" })
        // A proxy would answer for an instance that is dead.
        let probes = bench.asked.all.filter { $0.url.contains("192.0.2.") }
        #expect(probes.allSatisfy { $0.proxy == .none })
        // An exposition is long, and nobody waits for it.
        #expect(probes.allSatisfy { $0.limits.total == .seconds($0.url.hasSuffix("/metrics") ? 60 : 5) })
    }

    @Test func aDeadInstanceBecomesZeroAndStays() throws {
        let bench = try LiveBench()
        bench.pass(30)
        try bench.cluster.inject(.apiServerLost("cp-2"))
        bench.pass(120)
        let look = try #require(bench.look())
        #expect(look.apiServer == .ok)
        #expect(look.probes.distinctAPIServers.map(\.isServing) == [true, false, true])
        #expect(look.probes.distinctAPIServers.map(\.isReachable) == [true, false, true])
        bench.cluster.clearAllFaults()
        bench.pass(30)
        #expect(bench.look()?.probes.distinctAPIServers.map(\.isServing) == [true, true, true])
    }

    @Test func aHangingMemberCostsNoOtherItsAnswer() throws {
        let bench = try LiveBench()
        bench.pass(30)
        try bench.cluster.inject(.etcdMemberHangs("cp-3"))
        bench.pass(30)
        let look = try #require(bench.look())
        #expect(look.etcd == .ok)
        let members = try #require(look.probes.etcdClusters.first?.members)
        #expect(members.count { $0.isHealthy } == 2)
        #expect(members.count { $0.isReachable } == 2)
        #expect(members.compactMap(\.seconds).max() ?? 0 <= 5.5)
    }

    @Test func lostQuorumIsSeenForWhatItIs() throws {
        let bench = try LiveBench()
        bench.pass(60)
        try bench.cluster.inject(.etcdMemberLost("cp-2"))
        try bench.cluster.inject(.etcdMemberLost("cp-3"))
        bench.pass(40)
        let look = try #require(bench.look())
        #expect(look.etcd == .ok)
        let etcd = try #require(look.probes.etcdClusters.first)
        #expect(etcd.members.count == 3)
        #expect(etcd.members.allSatisfy { !$0.isHealthy })
        #expect(look.probes.apiServers.allSatisfy { $0.isReady && $0.isEtcdReady == false })
        bench.cluster.clearAllFaults()
        bench.pass(60)
        #expect(bench.look()?.probes.etcdClusters.first?.members.allSatisfy { $0.isHealthy } == true)
    }

    @Test func anAlarmIsNoLostMember() throws {
        let bench = try LiveBench()
        bench.pass(20)
        try bench.cluster.inject(.etcdAlarm(member: "cp-1", alarm: "NOSPACE"))
        bench.pass(30)
        let members = try #require(bench.look()?.probes.etcdClusters.first?.members)
        #expect(members.allSatisfy { $0.isHealthy })
        #expect(members.count { $0.alarms == [.noSpace] } == 1)
    }

    /// Nobody answers, but leases are still written: members that cannot be seen from here.
    @Test func membersThatCannotBeSeenAreNotLost() throws {
        let bench = try LiveBench(etcd: ["https://192.0.2.99:2379"])
        bench.pass(60)
        #expect(bench.look()?.etcd == .unreachable)
    }

    /// A certificate of ours that expires while all writes stand still: nobody answers, and that is no lost quorum.
    @Test(arguments: [true, false])
    func membersThatDoNotTrustUsAreNotLost(isTrustLacking: Bool) throws {
        let bench = try LiveBench()
        bench.pass(60)
        #expect(bench.look()?.etcd == .ok)
        try bench.cluster.inject(.writesFrozen)
        bench.asked.fail(
            ":2379",
            isTrustLacking
                ? .tlsFailed(host: "a:2379", reason: "certificate expired")
                : .connectionFailed(host: "a:2379", reason: "Connection refused")
        )
        bench.pass(90)
        let look = try #require(bench.look())
        #expect(look.etcd == (isTrustLacking ? .unreachable : .ok))
        #expect(look.probes.etcdClusters.first?.members.count == 3)
        #expect(look.probes.etcdClusters.first?.isAnyReachable == false)
    }

    /// With a wrong CA nobody can be read or asked, and nothing is known to be down.
    @Test(arguments: [true, false])
    func instancesThatAreNotTrustedAreNotDown(isTrustLacking: Bool) throws {
        let bench = try LiveBench(staleAfter: .seconds(100))
        bench.pass(30)
        bench.asked.fail(
            ":6443",
            isTrustLacking
                ? .tlsFailed(host: "a:6443", reason: "unable to get local issuer certificate")
                : .connectionFailed(host: "a:6443", reason: "Connection refused")
        )
        try bench.cluster.inject(.watchesCut(nil))
        bench.pass(200)
        let look = try #require(bench.look())
        #expect(look.pods == .unreachable)
        #expect(look.apiServer == (isTrustLacking ? .unreachable : .ok))
    }

    /// Members found by their pods answer without having been named.
    @Test func findsMembersByTheirPods() throws {
        let bench = try LiveBench(etcd: [])
        bench.pass(40)
        #expect(bench.look()?.etcd == .ok)
        #expect(bench.look()?.probes.etcdClusters.first?.members.count == 3)
    }

    /// Instances that take the question and give no answer are not ready, whatever the lists held say; see SIGNALS, area 1.
    @Test func instancesThatDoNotAnswerAreNotReady() throws {
        let bench = try LiveBench(staleAfter: .seconds(100))
        bench.pass(30)
        try bench.cluster.inject(.hang)
        bench.pass(25)
        #expect(bench.look()?.pods == .ok)
        #expect(bench.look()?.apiServer == .ok)
        #expect(bench.look()?.probes.apiServers.allSatisfy { $0.isReachable && !$0.isReady } == true)
        bench.cluster.clearAllFaults()
        bench.pass(60)
        #expect(bench.look()?.probes.apiServers.allSatisfy { $0.isServing } == true)
    }

    /// No instance is reached, and requests that are begun now succeed: they cannot be seen from here. Where those fail
    /// too, they are down, and that is told in the first round.
    @Test(arguments: [true, false])
    func instancesThatAreNotReachedAreJudgedByNewRequests(areRequestsAnswered: Bool) throws {
        let bench = try LiveBench()
        bench.pass(30)
        let refused = TransportError.connectionFailed(host: "a:6443", reason: "Connection refused")
        bench.asked.fail(
            areRequestsAnswered ? "z?verbose" : ":6443",
            refused,
            andVersionOfInstances: areRequestsAnswered
        )
        bench.pass(20)
        #expect(bench.look()?.pods == .ok)
        #expect(bench.look()?.apiServer == (areRequestsAnswered ? .unreachable : .ok))
    }

    /// Each instance is asked, once an hour; the configured address, which stands before them all, is not.
    @Test func deprecatedAPIsAreReadFromEveryInstance() throws {
        let bench = try LiveBench()
        bench.pass(30)
        let look = try #require(bench.look())
        #expect(look.metrics == .ok)
        #expect(look.deprecatedAPIs == ["carts.v1beta1.shop.example.com", "endpoints.v1"])
        func asked() -> [String] { bench.asked.all.map(\.url).filter { $0.hasSuffix(":6443/metrics") } }
        #expect(asked().sorted() == (11...13).map { "https://192.0.2.\($0):6443/metrics" })
        bench.pass(120)
        #expect(asked().count == 3)
        #expect(bench.look()?.metrics == .ok)
    }

    /// Where nobody wants it, nobody is asked, and nothing is unknown for it.
    @Test func deprecatedAPIsAreLeftAlone() throws {
        let bench = try LiveBench { $0.readsAPIServerMetrics = false }
        bench.pass(30)
        #expect(bench.look()?.metrics == .disabled)
        #expect(!bench.asked.all.contains { $0.url.hasSuffix("/metrics") })
    }

    /// Members by their metrics alone: nothing else of them is asked, and none found beside those that are named.
    @Test func etcdIsSeenByItsMetrics() throws {
        let bench = try LiveBench(etcd: [], metrics: (11...13).map { "https://192.0.2.\($0):2379" })
        bench.pass(30)
        let look = try #require(bench.look())
        #expect(look.etcd == .ok)
        let etcd = try #require(look.probes.etcdClusters.first)
        #expect(look.probes.etcdClusters.count == 1)
        #expect(etcd.isFromMetrics)
        #expect(etcd.members.map(\.isHealthy) == [true, true, true])
        #expect(etcd.leader != nil)
        #expect(etcd.members.allSatisfy { $0.databaseQuotaBytes == 8_589_934_592 })
        let paths = Set(
            bench.asked.all.map(\.url).filter { $0.contains(":2379") }.compactMap { $0.split(separator: "2379/").last }
        )
        #expect(paths == ["health?exclude=NOSPACE&exclude=CORRUPT", "health?serializable=true", "metrics"])
    }

    @Test func endpointsOfClustersAreRead() throws {
        let targets = try EtcdTargets(["https://a:2379", "events=https://b:2379", "events=https://c:2379"])
        #expect(targets.configured["main"]?.map(\.name) == ["a:2379"])
        #expect(targets.configured["events"]?.map(\.name) == ["b:2379", "c:2379"])
        #expect(throws: EtcdTargetError.self) { try EtcdTargets(["a:2379"]) }
        #expect(throws: EtcdTargetError.self) { try EtcdTargets(["=https://a:2379"]) }
    }

    @Test func instancesAreRememberedForAnHour() throws {
        var instances = APIServerInstances()
        let one = try #require(ProbeEndpoint("https://192.0.2.1:6443"))
        let two = try #require(ProbeEndpoint("https://192.0.2.2:6443"))
        let named = try #require(ProbeEndpoint("http://192.0.2.9:80"))
        #expect(instances.update(found: [two, one], configured: [], uptime: .zero) == [one, two])
        #expect(instances.update(found: [one], configured: [named], uptime: .seconds(3_599)) == [one, two, named])
        #expect(instances.update(found: [one], configured: [named], uptime: .seconds(3_600)) == [one, named])
    }
}
