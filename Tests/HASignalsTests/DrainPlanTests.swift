import ClusterState
import TestFixtures
import Testing

@testable import HASignals

/// What draining each node would meet, compared with a reference that tries every pod on every node, and by hand.
struct DrainPlanTests {
    private static func obstacles(_ context: CollectionContext) -> [Set<DrainObstacle>] {
        DrainPlan(context, WorkloadPlaces(context.index)).counts
            .map { counts in Set(DrainObstacle.allCases.filter { counts[$0] > 0 }) }
    }

    private static func compare(_ context: CollectionContext, _ comment: Comment) -> Set<DrainObstacle> {
        let reference = DrainReference(context: context)
        var seen: Set<DrainObstacle> = []
        for (node, found) in obstacles(context).enumerated() {
            let name = context.text(context.index.nodes[node].meta.name)
            #expect(found == reference.obstacles(node), "\(name), \(comment)")
            seen.formUnion(found)
        }
        return seen
    }

    @Test(arguments: [Fixture.healthy, .degraded])
    func recordingsAgreeWithTheReference(_ fixture: Fixture) throws {
        let seen = Self.compare(try RecordedSignalsTests.cluster(fixture), "\(fixture.rawValue)")
        #expect(seen.contains(.singleReplica))
    }

    @Test func randomClustersAgreeWithTheReference() {
        var seen: Set<DrainObstacle> = []
        for seed in 1...60 {
            seen.formUnion(Self.compare(RandomCluster(seed: UInt64(seed)).cluster.view(), "seed \(seed)"))
        }
        // Chance brought every obstacle about.
        #expect(seen == Set(DrainObstacle.allCases))
    }

    // MARK: By hand

    /// Three workers of 2 cores in three zones.
    private static func workers() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for name in ["a", "b", "c"] {
            cluster.node(name, zone: name) { $0.allocatable = Resources(milliCPU: 2_000, memoryBytes: 8 << 30) }
        }
        return cluster
    }

    private static func drain(_ cluster: ClusterBuilder, _ node: String) throws -> DrainImpact {
        try #require(SignalRunner.collect(cluster.view()).survival.drain(ofNode: node))
    }

    @Test func aNodeWithoutObstaclesIsSafe() throws {
        var cluster = Self.workers()
        let web = cluster.deployment("shop", "web", replicas: 2)
        cluster.pods(of: web, on: ["a", "b"], milliCPU: 500)
        let drain = try Self.drain(cluster, "a")
        #expect(drain.isSafe && drain.obstacles.isEmpty && drain.pods == 1)
    }

    @Test func singleReplicasLeaveItSafeAndOutagesDoNot() throws {
        var cluster = Self.workers()
        let one = cluster.deployment("shop", "one", replicas: 1)
        cluster.pods(of: one, on: ["a"])
        let two = cluster.deployment("shop", "two", replicas: 2)
        cluster.pods(of: two, on: ["b", "b"])
        let safe = try Self.drain(cluster, "a")
        #expect(safe.isSafe && safe.obstacles == [.singleReplica: 1])
        #expect(safe.details.map(\.object) == [FindingObject(kind: "Deployment", namespace: "shop", name: "one")])
        let unsafe = try Self.drain(cluster, "b")
        #expect(!unsafe.isSafe && unsafe.obstacles == [.outage: 1] && unsafe.pods == 2)
    }

    /// Each fits by itself on b and on c, together they need 3 cores and 2 are left.
    @Test func podsThatFitOneByOneButNotTogether() throws {
        var cluster = Self.workers()
        let full = cluster.deployment("shop", "full", replicas: 4)
        cluster.pods(of: full, on: ["b", "c"], milliCPU: 1_000)
        cluster.pods(of: full, on: ["a", "a"], from: 2, milliCPU: 900)
        #expect(try Self.drain(cluster, "a").isSafe)
        cluster.pods(of: full, on: ["a"], from: 4, milliCPU: 900)
        let drain = try Self.drain(cluster, "a")
        #expect(drain.obstacles == [.noRoom: 1] && !drain.isSafe)
        #expect(drain.details.map(\.object) == [FindingObject(kind: "Node", name: "a")])
        cluster.settings.isAutoscaled = true
        #expect(try Self.drain(cluster, "a").isSafe)
    }

    /// Pods of negative priority make room, and none is looked for them.
    @Test func placeholdersAreRoom() throws {
        var cluster = Self.workers()
        let web = cluster.deployment("shop", "web", replicas: 2)
        cluster.pods(of: web, on: ["a", "b"], milliCPU: 1_500)
        let spare = cluster.deployment("shop", "spare", replicas: 2)
        cluster.pods(of: spare, on: ["c"], milliCPU: 2_000) { $0.flags.insert(.placeholder) }
        #expect(try Self.drain(cluster, "a").isSafe)
        // One that is not pushed out fills the node.
        cluster.pods(of: spare, on: ["c"], milliCPU: 2_000)
        #expect(try Self.drain(cluster, "a").obstacles == [.noRoom: 1])
    }

    /// A local volume, a host name, and the only node of a zone that a volume is in.
    @Test func podsThatNoOtherNodeTakesArePinned() throws {
        var cluster = Self.workers()
        cluster.node("c2", zone: "c")
        cluster.volume("local", affinity: [["kubernetes.io/hostname": ["a"]]])
        cluster.claim("data", "local", volume: "local")
        cluster.volume("zonal", affinity: [["topology.kubernetes.io/zone": ["b"]]])
        cluster.claim("data", "zonal", volume: "zonal")
        cluster.volume("wide", affinity: [["topology.kubernetes.io/zone": ["c"]]])
        cluster.claim("data", "wide", volume: "wide")
        for (name, node) in [("local", "a"), ("zonal", "b"), ("wide", "c")] {
            let workload = cluster.statefulSet("data", name, replicas: 1)
            cluster.pods(of: workload, on: [node], claims: [name])
        }
        #expect(try Self.drain(cluster, "a").obstacles[.pinned] == 1)
        #expect(try Self.drain(cluster, "b").obstacles[.pinned] == 1)
        #expect(try Self.drain(cluster, "c").obstacles == [.singleReplica: 1])
        #expect(try !Self.drain(cluster, "a").isSafe)
    }

    /// The scheduler compares each bound volume's node affinity with the labels of the node itself (VolumeBinding), not with
    /// its zone: c2 is in the zone of c, and cannot attach the volume.
    @Test func aVolumeGoesOnlyWhereItsAffinityMatches() throws {
        var cluster = Self.workers()
        cluster.node("c2", zone: "c")
        cluster.volume("rack", affinity: [["kubernetes.io/hostname": ["a", "c"]]])
        cluster.claim("data", "rack", volume: "rack")
        let store = cluster.statefulSet("data", "store", replicas: 1)
        cluster.pods(of: store, on: ["a"], claims: ["rack"])
        #expect(try Self.drain(cluster, "a").obstacles == [.singleReplica: 1])
        cluster.node("c", zone: "c") { $0.isCordoned = true }
        let drain = try Self.drain(cluster, "a")
        #expect(drain.obstacles == [.singleReplica: 1, .noRoom: 1] && !drain.isSafe)
    }

    /// `db` fits on b alone, `cache` on b and c: together they want 3 cores, and b and c have 2.5 left. That an ordinary pod
    /// may go to d as well, where there is room, does not help them.
    @Test func podsOfFewerNodesTakeTheRoomOfOthers() throws {
        var cluster = Self.workers()
        cluster.node("d", zone: "a") { $0.allocatable = Resources(milliCPU: 8_000, memoryBytes: 32 << 30) }
        let full = cluster.deployment("shop", "full", replicas: 1)
        cluster.pods(of: full, on: ["c"], milliCPU: 1_500)
        func add(_ name: String, _ nodes: [String], milliCPU: Int64) {
            let workload = cluster.statefulSet("shop", name, replicas: 1)
            let shape = PodShape(affinity: [[.init(key: "kubernetes.io/hostname", op: .in, values: nodes)]])
            let placement = cluster.state.interner.intern(cluster.placement(shape))
            let requests = cluster.state.interner.intern(Resources(milliCPU: milliCPU, memoryBytes: 0))
            cluster.pod("shop", "\(name)-0", of: workload, on: "a", placement: placement, requests: requests)
        }
        add("db", ["a", "b"], milliCPU: 1_600)
        add("web", ["a", "b", "c", "d"], milliCPU: 100)
        #expect(try Self.drain(cluster, "a").isSafe)
        add("cache", ["a", "b", "c"], milliCPU: 500)
        #expect(try Self.drain(cluster, "a").isSafe)
        add("cache", ["a", "b", "c"], milliCPU: 1_400)
        let drain = try Self.drain(cluster, "a")
        #expect(drain.obstacles[.noRoom] == 1 && !drain.isSafe)
    }

    /// The budget wants one of them healthy: the second eviction is answered 429 until the first pod runs elsewhere
    /// (pkg/registry/core/pod/storage/eviction.go), so there is no moment with none.
    @Test func aBudgetEvictsReplicasOfOneNodeInTurns() throws {
        var cluster = Self.workers()
        let web = cluster.deployment("shop", "web", replicas: 2)
        cluster.pods(of: web, on: ["a", "a"])
        #expect(try Self.drain(cluster, "a").obstacles == [.outage: 1])
        func budget(desired: Int32, selecting labels: [String: String], generation: Int64 = 1) {
            cluster.budget(
                "shop",
                "web",
                selecting: labels,
                minAvailable: .number(1),
                expected: 2,
                desired: desired,
                allowed: 1
            ) { $0.observedGeneration = generation }
        }
        budget(desired: 1, selecting: web.labels)
        let drain = try Self.drain(cluster, "a")
        #expect(drain.isSafe && drain.obstacles.isEmpty)
        // One that wants none healthy, or was not worked out since it was changed, keeps nothing.
        budget(desired: 0, selecting: web.labels)
        #expect(try Self.drain(cluster, "a").obstacles == [.outage: 1])
        budget(desired: 1, selecting: web.labels, generation: 0)
        #expect(try Self.drain(cluster, "a").obstacles == [.outage: 1, .refused: 2])
        // Nor does one that is content with a pod of another workload.
        budget(desired: 1, selecting: [:])
        let other = cluster.deployment("shop", "other", replicas: 2)
        cluster.pods(of: other, on: ["b", "c"])
        #expect(try Self.drain(cluster, "a").obstacles == [.outage: 1])
    }

    /// DaemonSets' and static pods stay, finished ones are gone, and what is terminating goes by itself.
    @Test func whatIsNotMovedIsNoObstacle() throws {
        var cluster = Self.workers()
        let agent = cluster.daemonSet("kube-system", "agent")
        cluster.pods(of: agent, on: ["a"], milliCPU: 1_900)
        cluster.staticPod("etcd", on: "a")
        cluster.pod("shop", "done", on: "a") { $0.flags = [.succeeded] }
        cluster.pod("shop", "going", on: "a") { $0.deletion = Seconds(value: 1_795_271_000) }
        let drain = try Self.drain(cluster, "a")
        #expect(drain.isSafe && drain.obstacles.isEmpty && drain.pods == 0)
        cluster.pod("shop", "bare", on: "a")
        #expect(try Self.drain(cluster, "a").details.map(\.object.name) == ["bare"])
        #expect(try !Self.drain(cluster, "a").isSafe)
    }

    @Test func refusedEvictionsAreNamed() throws {
        var cluster = Self.workers()
        let web = cluster.deployment("shop", "web", replicas: 2)
        cluster.pods(of: web, on: ["a", "b"])
        cluster.budget("shop", "web", selecting: web.labels, minAvailable: .number(2), expected: 2, desired: 2)
        let drain = try Self.drain(cluster, "a")
        #expect(drain.obstacles == [.refused: 1] && !drain.isSafe)
        #expect(drain.details.map(\.object) == [FindingObject(kind: "Pod", namespace: "shop", name: "web-0")])
        #expect(drain.details.map(\.reason) == ["PodDisruptionBudget shop/web allows no disruption"])
        cluster.budget("shop", "all", selecting: [:], minAvailable: .number(0), expected: 2, allowed: 2)
        #expect(
            try Self.drain(cluster, "a").details.map(\.reason) == [
                "PodDisruptionBudget shop/all and PodDisruptionBudget shop/web select it, and evictions of pods of several "
                    + "budgets fail"
            ]
        )
    }

    /// All are counted, and as many are kept by name as the setting says.
    @Test func namesAreKeptUpToTheLimit() throws {
        var cluster = Self.workers()
        for number in 0..<15 { cluster.pod("shop", "bare-\(number)", on: "a") }
        let drain = try Self.drain(cluster, "a")
        #expect(drain.obstacles == [.barePod: 15] && drain.details.count == 10)
        cluster.settings.drainDetailLimit = .max
        #expect(try Self.drain(cluster, "a").details.count == 15)
    }
}
