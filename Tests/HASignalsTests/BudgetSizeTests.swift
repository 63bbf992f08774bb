import ClusterState
import HASignals
import Testing

/// Area 9: which pods a budget counts on, and when it never lets one go, as the disruption controller works it out
/// (pkg/controller/disruption/disruption.go).
struct BudgetSizeTests {
    private static let object = ["PodDisruptionBudget shop/b"]

    /// A budget that allows nothing now, over the pods labelled `app: web`.
    private static func budget(
        _ cluster: inout ClusterBuilder,
        selecting pairs: [String: String] = ["app": "web"],
        min: IntOrPercent? = nil,
        max: IntOrPercent? = nil,
        _ change: (inout PodDisruptionBudget) -> Void = { _ in }
    ) {
        cluster.budget("shop", "b", selecting: pairs, minAvailable: min, maxUnavailable: max, expected: 2, change)
    }

    private static func never(_ cluster: ClusterBuilder) -> Double? {
        cluster.signals()["pdb_never_allows_disruption", ["poddisruptionbudget": "b"]]
    }

    // MARK: Finished and terminating pods

    /// An integer minAvailable counts finished pods among those expected, but countHealthyPods never finds them Ready:
    /// 2 of 2 are always needed.
    @Test func finishedPodsAreNeverHealthy() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-a", "w-b"])
        for (name, flag) in [("done", PodFlags.succeeded), ("lost", .failed)] {
            let job = cluster.controller("Job", "shop", name, labels: ["app": "web"])
            cluster.pod("shop", name + "-x", of: job, on: "w-a") { $0.flags = [flag] }
        }
        Self.budget(&cluster, min: .number(2)) { $0.expectedPods = 4 }
        let signals = cluster.signals()
        #expect(signals["pdb_never_allows_disruption"] == 1)
        #expect(signals["pdb_expected_pods"] == 4)
        #expect(signals.messages("pdb-blocks-drain") == ["it can never allow a disruption of its 2 pods"])
    }

    /// A Deployment's pod that is stuck terminating on a dead node is replaced elsewhere: it is not a third healthy one.
    @Test func terminatingPodsAreNeverHealthy() {
        var cluster = ClusterBuilder.threeZones()
        let web = cluster.deployment("shop", "web", replicas: 2)
        cluster.pods(of: web, on: ["w-a", "w-b"])
        let deletion = cluster.ago(1)
        cluster.pods(of: web, on: ["w-c"], from: 2) { $0.deletion = deletion }
        Self.budget(&cluster, min: .number(2))
        #expect(Self.never(cluster) == 1)
        Self.budget(&cluster, min: .number(1))
        #expect(Self.never(cluster) == 0)
    }

    /// All its pods are finished: it has none, and guards nothing.
    @Test func finishedPodsAloneAreNoPods() {
        var cluster = ClusterBuilder.threeZones()
        let job = cluster.controller("Job", "shop", "done", labels: ["app": "web"])
        cluster.pod("shop", "done-x", of: job, on: "w-a") { $0.flags = [.succeeded] }
        for isSyncFailed in [false, true] {
            Self.budget(&cluster, max: .number(0)) { $0.isSyncFailed = isSyncFailed }
            let signals = cluster.signals()
            #expect(signals["pdb_matches_no_pods"] == 1)
            #expect(signals["pdb_blocks_drain"] == 0)
            #expect(signals["pdb_never_allows_disruption"] == 0)
            #expect(signals.raised("pdb-matches-nothing") == Self.object)
            #expect(signals.raised("pdb-blocks-drain").isEmpty)
        }
    }

    // MARK: Pods that the template does not tell of

    /// The label that tells the primary is put on the one pod: the other two of the StatefulSet are no pods of the
    /// budget, and are not missing from it.
    @Test(arguments: [(IntOrPercent.number(1), 1.0), (.percent(30), 1), (.number(0), 0)])
    func podsThatLackTheLabelAreNotMissing(least: IntOrPercent, expected: Double) {
        var cluster = Self.primary()
        Self.budget(&cluster, selecting: ["role": "primary"], min: least)
        let signals = cluster.signals()
        #expect(signals["pdb_never_allows_disruption"] == expected)
        #expect(signals.raised("pdb-single-replica") == (expected == 1 ? Self.object : []))
        #expect(signals.raised("pdb-exhausted") == (expected == 1 ? [] : Self.object))
    }

    /// getExpectedScale takes the scale of the whole StatefulSet: 3 − 1 have to be healthy, and one pod matches.
    @Test func maxUnavailableIsMeasuredOnTheWholeScale() {
        var cluster = Self.primary()
        Self.budget(&cluster, selecting: ["role": "primary"], max: .number(1))
        #expect(Self.never(cluster) == 1)
        Self.budget(&cluster, selecting: ["role": "primary"], max: .number(3))
        #expect(Self.never(cluster) == 0)
    }

    private static func primary() -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        let web = cluster.statefulSet("shop", "web", replicas: 3)
        cluster.pods(of: web, on: ["w-b", "w-c"], from: 1)
        cluster.pod("shop", "web-0", of: web, on: "w-a", labels: ["role": "primary"])
        return cluster
    }

    /// A rollout runs one pod more for a while; what never moves, never moves.
    @Test func surgingPodsChangeNothing() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-a", "w-b", "w-c"])
        Self.budget(&cluster, max: .number(0))
        #expect(Self.never(cluster) == 1)
    }

    // MARK: Pods without a controller

    /// Pods without a controller have no scale: maxUnavailable and percentages expect none and allow nothing, for ever.
    /// An integer minAvailable counts the pods themselves.
    @Test(
        arguments: [
            (nil, IntOrPercent.number(1), 1.0), (nil, .percent(50), 1), (.percent(1), nil, 1), (.number(1), nil, 0),
            (.number(2), nil, 1),
        ] as [(IntOrPercent?, IntOrPercent?, Double)]
    )
    func barePodsHaveNoScale(_ min: IntOrPercent?, _ max: IntOrPercent?, _ expected: Double) {
        var cluster = ClusterBuilder.threeZones()
        for name in ["a", "b"] { cluster.pod("shop", name, on: "w-a", labels: ["app": "web"]) }
        Self.budget(&cluster, min: min, max: max) { $0.expectedPods = 0 }
        let signals = cluster.signals()
        #expect(signals["pdb_blocks_drain"] == 1)
        #expect(signals["pdb_never_allows_disruption"] == expected)
        #expect(signals.raised("pdb-blocks-drain") == (expected == 1 ? Self.object : []))
        #expect(signals["node_drain_blocking_pods", ["node": "w-a"]] == 2)
    }

    /// Beside pods that have one they are healthy pods that nothing asks for: one may always go.
    @Test func barePodsBesideOthers() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-a", "w-b"])
        cluster.pod("shop", "alone", on: "w-c", labels: ["app": "web"])
        Self.budget(&cluster, max: .number(0))
        #expect(Self.never(cluster) == 0)
    }

    // MARK: DaemonSets

    /// A DaemonSet has no scale either, which the controller says as SyncFailed. Drains pass its pods over, so only that
    /// no eviction is allowed is worth a remark; a pod of another workload under the same budget is refused.
    @Test func budgetOverADaemonSet() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.daemonSet("shop", "agent", nodes: 2, labels: ["app": "web"]), on: ["w-a", "w-b"])
        for isSyncFailed in [true, false] {
            Self.budget(&cluster, max: .number(0)) { $0.isSyncFailed = isSyncFailed }
            let signals = cluster.signals()
            #expect(signals.raised("pdb-blocks-drain").isEmpty)
            #expect(signals.raised("pdb-single-replica").isEmpty)
            #expect(signals.raised("pdb-exhausted") == Self.object)
            #expect(signals["node_drain_blocking_pods", ["node": "w-a"]] == 0)
        }
        Self.budget(&cluster, max: .number(1)) { $0.isSyncFailed = true }
        let web = cluster.deployment("shop", "web", replicas: 1)
        cluster.pods(of: web, on: ["w-c"])
        #expect(cluster.signals().raised("pdb-blocks-drain") == Self.object)
    }

    // MARK: Exhausted

    /// It is said where an eviction would be refused: with AlwaysAllow a pod that is not Ready may go, and one that is
    /// Pending always may (canIgnorePDB in pkg/registry/core/pod/storage/eviction.go).
    @Test(
        arguments: [
            ([.running], true, [String]()), ([.running], false, object), ([.running, .ready], true, object),
            ([.pending], false, []),
        ] as [(PodFlags, Bool, [String])]
    )
    func exhaustedIsWhatRefusesNow(_ flags: PodFlags, _ always: Bool, _ expected: [String]) {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-a", "w-b"]) { $0.flags = flags }
        Self.budget(&cluster, max: .number(1)) {
            $0.evictsUnhealthyAlways = always
            $0.currentHealthy = 0
            $0.desiredHealthy = 1
        }
        #expect(cluster.signals().raised("pdb-exhausted") == expected)
    }
}
