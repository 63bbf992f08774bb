import ClusterState
import HASignals
import Testing

/// Area 9: which pods block a drain, as the API server's eviction decides.
struct EvictionTests {
    /// One pod of `web` on w-a under a budget; what is asked is whether its eviction would be refused.
    private func blocks(
        allowed: Int32 = 0,
        healthy: Int32 = 1,
        desired: Int32 = 1,
        budget: (inout PodDisruptionBudget) -> Void = { _ in },
        pod: (inout Pod) -> Void = { _ in }
    ) -> Bool {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-a"], pod)
        cluster.budget(
            "web",
            minAvailable: .number(1),
            expected: 1,
            healthy: healthy,
            desired: desired,
            allowed: allowed,
            budget
        )
        return cluster.signals()["node_drain_blocking_pods", ["node": "w-a"]] == 1
    }

    @Test func healthyPodGoesWhileTheBudgetAllowsIt() {
        #expect(blocks(allowed: 0))
        #expect(!blocks(allowed: 1))
    }

    /// A status that is older than the spec allows nothing, whatever number it holds.
    @Test func staleStatusRefuses() {
        #expect(blocks(allowed: 1, budget: { $0.meta.generation = 2 }))
        var cluster = ClusterBuilder.threeZones()
        cluster.budget("shop", "web", selecting: [:]) { $0.meta.generation = 2 }
        #expect(cluster.signals()["pdb_status_stale"] == 1)
    }

    /// A pod that is not ready may go where enough others are healthy; where nobody is needed, that does not apply.
    @Test func unreadyPodGoesWhileTheRestIsHealthy() {
        #expect(!blocks(healthy: 2, desired: 2, pod: { $0.flags.remove(.ready) }))
        #expect(blocks(healthy: 1, desired: 2, pod: { $0.flags.remove(.ready) }))
        #expect(blocks(healthy: 0, desired: 0, pod: { $0.flags.remove(.ready) }))
        #expect(!blocks(allowed: 1, healthy: 1, desired: 2, pod: { $0.flags.remove(.ready) }))
        // Stale, and not enough healthy: refused although a disruption seems allowed.
        #expect(
            blocks(
                allowed: 1,
                healthy: 1,
                desired: 2,
                budget: { $0.meta.generation = 2 },
                pod: { $0.flags.remove(.ready) }
            )
        )
    }

    /// unhealthyPodEvictionPolicy AlwaysAllow lets broken pods go, and only those.
    @Test func alwaysAllowLetsUnreadyPodsGo() {
        #expect(
            !blocks(
                healthy: 0,
                desired: 2,
                budget: { $0.evictsUnhealthyAlways = true },
                pod: { $0.flags.remove(.ready) }
            )
        )
        #expect(blocks(budget: { $0.evictsUnhealthyAlways = true }))
    }

    /// A drain does not evict these, or does not wait for them.
    @Test func podsThatNoDrainWaitsFor() {
        #expect(!blocks(pod: { $0.deletion = Seconds(value: 1) }))
        #expect(!blocks(pod: { $0.flags = [.succeeded] }))
        #expect(!blocks(pod: { $0.flags = [.failed] }))
        #expect(!blocks(pod: { $0.flags = [.pending] }))
    }

    /// Anybody who may create a pod may write a controller of kind Node or DaemonSet into it: without the UID of the
    /// pod's own node, or of a DaemonSet that exists, the eviction API treats it as any other pod (SIGNALS, «mirror
    /// pod»).
    @Test func aClaimedControllerIsComparedByUID() {
        #expect(blocks(pod: { $0.flags.insert(.mirror) }))
        #expect(blocks(pod: { $0.flags.insert(.daemon) }))
        // Nor in kube-system.
        var system = ClusterBuilder.threeZones()
        system.pods(of: system.deployment("kube-system", "web", replicas: 2), on: ["w-a"]) { $0.flags.insert(.mirror) }
        system.budget("kube-system", "web", selecting: [:], minAvailable: .number(1), expected: 1, desired: 1)
        #expect(system.signals()["node_drain_blocking_pods", ["node": "w-a"]] == 1)
        var cluster = ClusterBuilder.threeZones()
        let agent = cluster.daemonSet("shop", "agent")
        cluster.pods(of: agent, on: ["w-a"])
        cluster.budget("shop", "agent", selecting: [:], minAvailable: .number(1), expected: 1, desired: 1)
        #expect(cluster.signals()["node_drain_blocking_pods", ["node": "w-a"]] == 0)
    }

    /// Two budgets over one pod are an error to the API server: it refuses, however much both allow. Terminating pods
    /// and those that are not running are not counted.
    @Test func twoBudgetsRefuse() {
        var cluster = ClusterBuilder.threeZones()
        let web = cluster.deployment("shop", "web", replicas: 4)
        cluster.pods(of: web, on: ["w-a", "w-a"])
        let deletion = cluster.ago(1)
        cluster.pods(of: web, on: ["w-a"], from: 2) { $0.deletion = deletion }
        cluster.pods(of: web, on: ["w-a"], from: 3) { $0.flags = [.failed] }
        cluster.budget("shop", "one", selecting: ["app": "web"], maxUnavailable: .number(1), expected: 2, allowed: 1)
        #expect(cluster.signals()["node_drain_blocking_pods", ["node": "w-a"]] == 0)
        cluster.budget("shop", "two", selecting: [:], maxUnavailable: .number(1), expected: 2, allowed: 1)
        let signals = cluster.signals()
        #expect(signals["node_drain_blocking_pods", ["node": "w-a"]] == 2)
        #expect(signals["pdb_overlapping_pods", ["poddisruptionbudget": "one"]] == 2)
        #expect(signals["pdb_overlapping_pods", ["poddisruptionbudget": "two"]] == 2)
        #expect(
            signals.raised("pdb-blocks-drain") == ["PodDisruptionBudget shop/one", "PodDisruptionBudget shop/two"]
        )
        #expect(
            signals.messages("pdb-blocks-drain").first == "2 of its pods are selected by another budget too"
        )
    }

    /// A pod that no budget selects goes; one that is bound to a node that was deleted still counts there.
    @Test func nodesWithNothingAndNodesThatAreGone() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "free"), on: ["w-a"])
        cluster.pods(of: cluster.deployment("shop", "held"), on: ["w-gone"])
        cluster.budget("held", maxUnavailable: .number(1), expected: 1)
        let signals = cluster.signals()
        #expect(signals["node_drain_blocking_pods", ["node": "w-a"]] == 0)
        #expect(signals["node_drain_blocking_pods", ["node": "cp-a"]] == 0)
        #expect(signals["node_drain_blocking_pods", ["node": "w-gone"]] == 1)
    }

    /// Only a node that is being drained is held up; the same pods on another are no finding.
    @Test func drainStallsOnACordonedNode() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.deployment("shop", "web"), on: ["w-a", "w-b"])
        cluster.budget("web", maxUnavailable: .number(1), expected: 2, healthy: 1, desired: 1)
        #expect(cluster.signals().raised("drain-stalled").isEmpty)
        cluster.node("w-a", zone: "a") { $0.isCordoned = true }
        let signals = cluster.signals()
        #expect(signals.raised("drain-stalled") == ["Node w-a"])
        #expect(
            signals.messages("drain-stalled") == ["it is cordoned and has 1 pod that cannot be evicted now"]
        )
        #expect(signals.messages("pdb-exhausted") == ["1 healthy of 1 needed, no disruption allowed"])
        cluster.budget("web", maxUnavailable: .number(1), expected: 2, desired: 1, allowed: 1)
        #expect(cluster.signals().raised("drain-stalled").isEmpty)
    }
}
