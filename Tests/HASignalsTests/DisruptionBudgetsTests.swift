import ClusterState
import HASignals
import Testing

/// Area 9 over clusters built in code: budgets and whom they cover. Whose eviction is refused: ``EvictionTests``.
struct DisruptionBudgetsTests {
    /// A Deployment `web` with that many healthy pods.
    func cluster(pods: Int, replicas: Int32? = nil) -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        let web = cluster.deployment("shop", "web", replicas: replicas ?? Int32(pods))
        cluster.pods(of: web, on: Array(["w-a", "w-b", "w-c", "w-a", "w-b", "w-c"].prefix(pods)))
        return cluster
    }

    @Test func statusIsPassedOn() {
        var cluster = cluster(pods: 3)
        cluster.budget("web", minAvailable: .number(2), expected: 3, healthy: 3, desired: 2, allowed: 1)
        let signals = cluster.signals()
        #expect(signals["pdb_disruptions_allowed", ["namespace": "shop", "poddisruptionbudget": "web"]] == 1)
        #expect(signals["pdb_current_healthy"] == 3)
        #expect(signals["pdb_desired_healthy"] == 2)
        #expect(signals["pdb_expected_pods"] == 3)
        for family in [
            "pdb_status_stale", "pdb_sync_failed", "pdb_blocks_drain", "pdb_never_allows_disruption",
            "pdb_matches_no_pods", "pdb_overlapping_pods",
        ] {
            #expect(signals[family] == 0, "\(family)")
        }
        #expect(signals["workload_pdb_covered", ["workload": "web"]] == 1)
        #expect(signals.rules(.info).isEmpty && signals.rules(.warning).isEmpty)
    }

    static let limits: [(min: IntOrPercent?, max: IntOrPercent?, pods: Int, never: Bool)] = [
        (nil, .number(0), 3, true), (nil, .percent(0), 3, true), (nil, .percent(1), 3, false),
        (nil, .number(1), 3, false), (.percent(66), nil, 3, false), (.percent(67), nil, 3, true),
        (.percent(100), nil, 3, true), (.percent(50), nil, 2, false), (.number(2), nil, 3, false),
        (.number(3), nil, 3, true), (.number(4), nil, 3, true), (.number(0), nil, 3, false),
    ]

    /// As the disruption controller: percentages of both kinds round up. Of 3 pods, 67 % is 2.01, hence 3, and none may
    /// go; 1 % that may be missing is one pod. Of 2, 50 % is 1.
    @Test(arguments: limits)
    func neverAllows(_ min: IntOrPercent?, _ max: IntOrPercent?, _ pods: Int, _ never: Bool) {
        var cluster = cluster(pods: pods)
        cluster.budget("web", minAvailable: min, maxUnavailable: max, expected: Int32(pods), allowed: never ? 0 : 1)
        let signals = cluster.signals()
        #expect(signals["pdb_never_allows_disruption"] == (never ? 1 : 0))
        #expect(signals.raised("pdb-blocks-drain") == (never ? ["PodDisruptionBudget shop/web"] : []))
        #expect(signals.raised("pdb-exhausted").isEmpty)
    }

    /// 2 of 4 replicas are there, and the budget wants 2: with the other two back it lets one go. Measured on the pods
    /// of now it would be called a budget that never moves, in the middle of an outage.
    @Test func integerMinAvailableIsMeasuredOnTheReplicasWanted() {
        var cluster = cluster(pods: 2, replicas: 4)
        cluster.budget("web", minAvailable: .number(2), expected: 2, desired: 2)
        let signals = cluster.signals()
        #expect(signals["pdb_never_allows_disruption"] == 0)
        #expect(signals["pdb_blocks_drain"] == 1)
        #expect(signals.raised("pdb-blocks-drain").isEmpty)
        #expect(signals.raised("pdb-exhausted") == ["PodDisruptionBudget shop/web"])
        cluster.budget("web", minAvailable: .number(4), expected: 2, desired: 4)
        #expect(cluster.signals().messages("pdb-blocks-drain") == ["it can never allow a disruption of its 4 pods"])
    }

    /// A budget over one pod cannot do better: a practice, not a fault.
    @Test func singleReplica() {
        var cluster = cluster(pods: 1)
        cluster.budget("web", minAvailable: .number(1), expected: 1, desired: 1)
        let signals = cluster.signals()
        #expect(signals["pdb_never_allows_disruption"] == 1)
        #expect(signals.raised("pdb-single-replica") == ["PodDisruptionBudget shop/web"])
        #expect(signals.raised("pdb-blocks-drain").isEmpty)
        #expect(signals.status(.disruptionBudgets) == .ok)
    }

    /// A status that was not written yet, or is of an older spec, allows nothing: the pods are there.
    @Test func budgetWithPodsBlocksWhateverItsStatusCounts() {
        var cluster = cluster(pods: 3)
        cluster.budget("web", maxUnavailable: .number(1), expected: 0)
        #expect(cluster.signals()["pdb_blocks_drain"] == 1)
        #expect(cluster.signals()["pdb_never_allows_disruption"] == 0)
        func blocks(_ change: (inout PodDisruptionBudget) -> Void) -> Double? {
            cluster.budget("web", maxUnavailable: .number(1), expected: 3, allowed: 1, change)
            return cluster.signals()["pdb_blocks_drain"]
        }
        #expect(blocks { _ in } == 0)
        #expect(blocks { $0.meta.generation = 2 } == 1)
        #expect(blocks { $0.isSyncFailed = true } == 1)
        // Without pods the status is all there is.
        cluster.set(.pods, .forbidden)
        #expect(blocks { $0.disruptionsAllowed = 0 } == 1)
        #expect(
            blocks {
                $0.disruptionsAllowed = 0
                $0.expectedPods = 0
                $0.currentHealthy = 0
            } == 0
        )
    }

    @Test func syncFailed() {
        var cluster = cluster(pods: 3)
        cluster.budget("web", maxUnavailable: .number(1), expected: 3) {
            $0.isSyncFailed = true
        }
        #expect(cluster.signals()["pdb_sync_failed"] == 1)
        #expect(
            cluster.signals().messages("pdb-blocks-drain") == [
                "the disruption controller cannot work it out (SyncFailed)"
            ]
        )
    }

    // MARK: Selectors

    /// policy/v1: a missing selector selects nothing, an empty one everything in the namespace.
    @Test func missingAndEmptySelector() {
        var cluster = cluster(pods: 2)
        cluster.pod("other", "x", on: "w-a", labels: ["app": "web"])
        cluster.budget("shop", "null", selecting: nil, maxUnavailable: .number(1))
        cluster.budget("shop", "all", selecting: [:], maxUnavailable: .number(1), expected: 2, allowed: 1)
        let signals = cluster.signals()
        #expect(signals["pdb_matches_no_pods", ["poddisruptionbudget": "null"]] == 1)
        #expect(signals["pdb_matches_no_pods", ["poddisruptionbudget": "all"]] == 0)
        #expect(signals["pdb_overlapping_pods", ["poddisruptionbudget": "all"]] == 0)
        #expect(signals["workload_pdb_covered", ["workload": "web"]] == 1)
        #expect(signals.raised("pdb-matches-nothing") == ["PodDisruptionBudget shop/null"])
        cluster.state.podDisruptionBudgets.remove(UID("PodDisruptionBudget/shop/all"))
        #expect(cluster.signals()["workload_pdb_covered", ["workload": "web"]] == 0)
    }

    /// Its Deployment is scaled to 0: that it matches nothing is as it should be.
    @Test func budgetOfAWorkloadScaledToZero() {
        var cluster = ClusterBuilder.threeZones()
        cluster.deployment("shop", "off", replicas: 0)
        cluster.budget("off", maxUnavailable: .number(1))
        cluster.budget("shop", "typo", selecting: ["app": "of"], maxUnavailable: .number(1))
        #expect(cluster.signals()["pdb_matches_no_pods", ["poddisruptionbudget": "off"]] == 1)
        #expect(cluster.signals().raised("pdb-matches-nothing") == ["PodDisruptionBudget shop/typo"])
    }

    // MARK: Coverage

    @Test func workloadsWithoutBudget() {
        var cluster = cluster(pods: 2)
        cluster.deployment("shop", "one", replicas: 1)
        cluster.deployment("shop", "off", replicas: 0)
        cluster.daemonSet("shop", "agent")
        cluster.statefulSet("data", "db", replicas: 3)
        // The right labels in another namespace: budgets do not reach over.
        cluster.budget("db", maxUnavailable: .number(1))
        let signals = cluster.signals()
        #expect(signals["workload_pdb_covered", ["workload": "web"]] == 0)
        #expect(signals["workload_pdb_covered", ["workload": "one"]] == 0)
        // A drain leaves a DaemonSet's pods where they are.
        #expect(signals["workload_pdb_covered", ["workload": "agent"]] == nil)
        #expect(signals.raised("workload-without-budget") == ["StatefulSet data/db", "Deployment shop/web"])
    }

    /// Without a template, all the pods there are have to be selected.
    @Test func coverageWithoutATemplate() {
        var cluster = ClusterBuilder.threeZones()
        let pg = cluster.controller("Cluster", "shop", "pg", labels: ["cluster": "pg"])
        cluster.pod("shop", "pg-1", of: pg, on: "w-a", labels: ["role": "primary"])
        cluster.pod("shop", "pg-2", of: pg, on: "w-b", labels: ["role": "replica"])
        cluster.budget("shop", "primary", selecting: ["role": "primary"], minAvailable: .number(1), expected: 1)
        #expect(cluster.signals()["workload_pdb_covered", ["workload": "pg"]] == 0)
        cluster.budget("shop", "replicas", selecting: ["role": "replica"], minAvailable: .number(1), expected: 1)
        #expect(cluster.signals()["workload_pdb_covered", ["workload": "pg"]] == 1)
    }
}
