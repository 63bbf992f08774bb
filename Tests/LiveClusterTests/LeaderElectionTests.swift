import ClusterSimulator
import ClusterState
import Collection
import ExporterServer
import HASignals
import HTTPTransport
import Hummingbird
import HummingbirdTesting
import KubernetesClient
import Logging
import TestClocks
import Testing

/// Replicas that elect a leader by a Lease of a simulated cluster, one clock for all.
struct LeaderElectionTests {
    /// One replica: its part in the election, over a snapshot in which every source is ok.
    private final class Replica {
        let election: LeaderElection
        let server: ExporterServer
        private let executor: StepExecutor
        private var task: Task<Void, Never>?

        init(_ name: String, _ bench: Bench) {
            executor = bench.executor
            let client = APIClient(
                transport: SimulatorTransport(cluster: bench.cluster, clock: bench.clock),
                endpoint: ClusterEndpoint(server: "https://simulator.example:6443"),
                credentials: FixedCredentials(Authorization(bearerToken: "secret"))
            )
            election = LeaderElection(
                lease: LeaseClient(client: client, namespace: "monitoring", name: "kube-ha-exporter"),
                identity: name,
                timing: LeaderElectionTiming(),
                clock: bench.clientClock,
                seed: UInt64(name.utf8.first ?? 0),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let cache = SnapshotCache()
            server = ExporterServer(
                ServerSettings(),
                cache: cache,
                election: election,
                clock: bench.clientClock,
                processFacts: { ProcessFacts() }
            )
            var state = ClusterState()
            for source in Source.allCases { state.sources[source] = SourceStatus(state: .ok) }
            let source = RecordedSource(state: state, probes: ProbeResults(), now: Timestamp(seconds: 1e9))
            collector = Collector(
                source: source,
                settings: SignalSettings(),
                cache: cache,
                clock: bench.clientClock
            )
        }

        private let collector: Collector

        func start() {
            let election = election
            task = Task(executorPreference: executor) { try? await election.run() }
        }

        /// Ends the process without a word.
        func kill() {
            task?.cancel()
            task = nil
        }

        func collect() {
            let collector = collector
            _ = executor.run { await collector.collect() }
        }

        func scrape() async throws -> Scrape {
            let answer = try await Application(responder: server.responder)
                .test(.router) { try await $0.execute(uri: "/metrics", method: .get) }
            return Scrape(String(buffer: answer.body))
        }
    }

    private final class Bench {
        let cluster: SimulatedCluster
        let clock = ManualClock()
        let executor = StepExecutor()

        init() throws {
            let plan = ClusterPlan(nodes: 6, pods: 20, zones: 3, podBytes: 0)
            cluster = try SimulatedCluster(plan: plan, templates: FaultBench.templates.get())
        }

        var clientClock: ClientClock {
            let (cluster, clock) = (cluster, clock)
            return ClientClock(
                now: { Timestamp(seconds: Double(cluster.wallTime)) },
                uptime: { clock.now.offset },
                sleep: { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
            )
        }

        func pass(_ seconds: Double, look: () -> Void = {}) {
            executor.drain()
            for _ in 0..<Int(seconds * 4) {
                cluster.advance(by: .milliseconds(250))
                clock.advance(by: .milliseconds(250))
                executor.drain()
                look()
            }
        }

        /// The lease as the API server has it.
        func holder() throws -> String? {
            let lease = try #require(cluster.objects(.leases).first { $0.name == "kube-ha-exporter" })
            return try ProtobufMessage(parsing: lease.bytes).message(2)?.string(1)
        }
    }

    @Test func theOtherTakesOverWithinTheLeaseAndARetry() throws {
        let bench = try Bench()
        let replicas = [Replica("a", bench), Replica("b", bench)]
        replicas[0].start()
        bench.pass(1)
        replicas[1].start()
        bench.pass(60) { #expect(replicas.count { $0.election.role.serves } == 1) }
        #expect(replicas[0].election.role == .leads)
        #expect(replicas[1].election.role == .waits && replicas[1].election.holder == "a")
        replicas[0].kill()
        // Lease 15 s from the renewal seen last, at most 2 s before; retries every 2 to 4.4 s.
        bench.pass(15 + 4.5 + 4.5)
        #expect(replicas[1].election.role == .leads)
        #expect(try bench.holder() == "b")
        replicas[1].kill()
        bench.executor.drain()
    }

    /// The leader goes on, the other waits while it sees the leader's lease, and the leader's is gone once it is killed:
    /// then the other serves, and leads when writes are taken again.
    @Test func nobodyFallsSilentWhileNoWriteIsTaken() throws {
        let bench = try Bench()
        let replicas = [Replica("a", bench), Replica("b", bench)]
        replicas[0].start()
        bench.pass(1)
        replicas[1].start()
        bench.pass(10)
        try bench.cluster.inject(.etcdQuorumLost)
        bench.pass(120) { #expect(replicas[0].election.role.serves) }
        #expect(replicas[0].election.role == .leadsWithoutWrites)
        replicas[0].kill()
        bench.pass(30)
        #expect(replicas[1].election.role == .leadsWithoutWrites)
        bench.cluster.clear(.etcdQuorumLost)
        // The first read, 4.4 s later at most, may show a renewal that the other has not seen: then the whole lease.
        bench.pass(4.5 + 15 + 4.5 + 4.5)
        #expect(replicas[1].election.role == .leads)
        #expect(try bench.holder() == "b")
        replicas[1].kill()
        bench.executor.drain()
    }

    /// Whoever takes over begins at 0, with the first scrape: see SIGNALS, «Outages measured».
    @Test func aReplicaThatTakesOverHasMeasuredNothing() async throws {
        let bench = try FaultBench()
        _ = try await bench.start()
        let observed = "kube_ha_workloads_observed_seconds_total"
        let deployments = ["workload_type": "deployment"]
        #expect(try #require(try await bench.scrape().value(observed, deployments)) > 0)
        bench.pass(10)
        bench.collect(isServing: false)
        #expect(try await bench.scrape().value(observed, deployments) == 0)
        bench.pass(FaultBench.interval.inSeconds)
        #expect(try await bench.scrape().value(observed, deployments) == FaultBench.interval.inSeconds)
    }

    /// Checked when `/metrics` is asked for, by the clock: nothing else has to run.
    @Test func aReplicaThatWaitsServesOnlyItself() async throws {
        let bench = try Bench()
        let replica = Replica("a", bench)
        replica.collect()
        let waiting = try await replica.scrape()
        #expect(waiting.names.allSatisfy { !$0.hasPrefix("kube_ha_") || $0.hasPrefix("kube_ha_exporter_") })
        #expect(waiting.value("kube_ha_exporter_leader") == 0)
        #expect(waiting.value("kube_ha_exporter_source_up", ["source": "pods"]) == 1)
        replica.start()
        bench.pass(1)
        replica.collect()
        let leading = try await replica.scrape()
        #expect(leading.has("kube_ha_area_status"))
        #expect(leading.value("kube_ha_exporter_leader") == 1)
        // SIGSTOP for longer than the lease, SIGCONT: the first scrape comes before anything else runs.
        bench.clock.advance(by: .seconds(16))
        let stopped = try await replica.scrape()
        #expect(!stopped.has("kube_ha_area_status"))
        #expect(stopped.value("kube_ha_exporter_leader") == 0)
        bench.pass(1)
        replica.collect()
        #expect(try await replica.scrape().has("kube_ha_area_status"))
        replica.kill()
        bench.executor.drain()
    }

    /// What others put into the lease's metadata stays.
    @Test func keepsLabelsAndAnnotations() throws {
        let bench = try Bench()
        let replica = Replica("a", bench)
        let lease = #"""
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"kube-ha-exporter",
            "namespace":"monitoring","labels":{"team":"sre"},"annotations":{"note":"by hand"}},
            "spec":{"holderIdentity":""}}
            """#
        let transport = SimulatorTransport(cluster: bench.cluster)
        let client = APIClient(
            transport: transport,
            endpoint: ClusterEndpoint(server: "https://simulator.example:6443"),
            credentials: FixedCredentials()
        )
        let path = "/apis/coordination.k8s.io/v1/namespaces/monitoring/leases"
        let created = bench.executor.run {
            try? await client.write("POST", path, Array(lease.utf8), limits: TimeLimits())
        }
        #expect(created != nil)
        replica.start()
        bench.pass(10)
        #expect(try bench.holder() == "a")
        let object = try #require(bench.cluster.objects(.leases).first { $0.name == "kube-ha-exporter" })
        let metadata = try #require(try ProtobufMessage(parsing: object.bytes).message(1))
        #expect(metadata.entries(11).map(\.value) == ["sre"])
        #expect(metadata.entries(12).map(\.value) == ["by hand"])
        replica.kill()
        bench.executor.drain()
    }
}
