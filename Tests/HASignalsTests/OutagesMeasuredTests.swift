import ClusterState
import HASignals
import Testing

/// Outages measured: SIGNALS, area 3. Every clock is the test's.
struct OutagesMeasuredTests {
    /// A Deployment that wants two, seen again and again.
    private struct Watch {
        var cluster = ClusterBuilder.workers(2)
        var uptime = 0.0

        /// Lets so much time pass, then sees so many available, the source in that state.
        mutating func see(available: Int32, wanted: Int32 = 2, after seconds: Double = 15, _ state: SourceState = .ok) {
            uptime += seconds
            cluster.set(.deployments, state)
            cluster.deployment("shop", "web", replicas: wanted) { $0.availableReplicas = available }
            cluster.observe(uptime: uptime)
        }

        private var signals: Signals { cluster.signals() }

        var seconds: Double? { signals["workload_unavailable_seconds_total", ["workload": "web"]] }
        var outages: Double? { signals["workload_outages_total", ["workload": "web"]] }
        var last: Double? { signals["workload_last_outage_seconds", ["workload": "web"]] }
        var observed: Double? { signals["workloads_observed_seconds_total", ["workload_type": "deployment"]] }
    }

    @Test func countersAreThereFromTheFirstCollection() {
        var watch = Watch()
        watch.see(available: 2)
        #expect(watch.seconds == 0)
        #expect(watch.outages == 0)
        #expect(watch.last == nil)
        #expect(watch.observed == 0)
    }

    /// The time between two collections counts as the state found at its start.
    @Test func timeCountsAsTheStateAtItsStart() {
        var watch = Watch()
        watch.see(available: 2)
        watch.see(available: 0, after: 20)
        #expect(watch.seconds == 0)
        #expect(watch.outages == 1)
        watch.see(available: 0, after: 15)
        #expect(watch.seconds == 15)
        #expect(watch.last == nil)
        watch.see(available: 1, after: 7)
        #expect(watch.seconds == 22)
        #expect(watch.outages == 1)
        #expect(watch.last == 22)
        #expect(watch.observed == 42)
        watch.see(available: 0, after: 10)
        watch.see(available: 2, after: 5)
        #expect(watch.seconds == 27)
        #expect(watch.outages == 2)
        #expect(watch.last == 5)
    }

    /// Its beginning was not seen: it adds seconds, and is neither counted nor measured.
    @Test func spellThatGoesOnAtTheStartIsNoOutage() {
        var watch = Watch()
        watch.see(available: 0)
        watch.see(available: 0)
        watch.see(available: 2)
        #expect(watch.seconds == 30)
        #expect(watch.outages == 0)
        #expect(watch.last == nil)
    }

    @Test(arguments: [SourceState.failing, .stale, .forbidden, .notSynced])
    func nothingCountsWhileTheSourceIsNotOK(_ state: SourceState) {
        var watch = Watch()
        watch.see(available: 2)
        watch.see(available: 0)
        watch.see(available: 0, after: 15, state)
        watch.see(available: 0, after: 1_000)
        // From 30 to 45 the source was last seen ok at the start, and not at the end: that is not observed either.
        #expect(watch.seconds == 0)
        #expect(watch.observed == 15)
        watch.see(available: 2, after: 10)
        #expect(watch.seconds == 10)
        #expect(watch.observed == 25)
        #expect(watch.outages == 1)
        #expect(watch.last == 10)
    }

    /// A workload scaled to 0 is out of nothing, and one scaled up from there has yet to come up.
    @Test func scalingFromNothingIsNoOutage() {
        var watch = Watch()
        watch.see(available: 2)
        watch.see(available: 0, wanted: 0)
        #expect(watch.outages == nil)
        watch.see(available: 0, after: 600)
        watch.see(available: 0, after: 15)
        watch.see(available: 2, after: 15)
        #expect(watch.seconds == 30)
        #expect(watch.outages == 0)
        #expect(watch.observed == 645)
    }

    /// Whoever takes over begins at 0, and a spell that goes on then adds seconds, no outage.
    @Test func takeOverBeginsAnew() {
        var watch = Watch()
        watch.see(available: 2)
        watch.see(available: 0)
        watch.see(available: 0)
        watch.cluster.observations.restartOutages()
        #expect(watch.seconds == 0)
        #expect(watch.outages == 0)
        #expect(watch.observed == 0)
        watch.see(available: 0, after: 15)
        #expect(watch.seconds == 0)
        watch.see(available: 0, after: 15)
        #expect(watch.seconds == 15)
        #expect(watch.outages == 0)
    }

    /// Kept by UID: one of the same name is another one.
    @Test func deletedWorkloadIsForgotten() {
        var watch = Watch()
        watch.see(available: 2)
        watch.see(available: 0)
        watch.see(available: 0)
        #expect(watch.seconds == 15)
        watch.cluster.state.deployments.remove(UID("Deployment/shop/web"))
        watch.uptime += 15
        watch.cluster.observe(uptime: watch.uptime)
        watch.see(available: 0)
        #expect(watch.seconds == 0)
        #expect(watch.outages == 0)
    }

    /// Of every kind, under its own workload_type; of another controller's kind by its ReplicaSets together.
    @Test func everyKindIsMeasured() {
        var cluster = ClusterBuilder.workers(1)
        func set(_ available: Int32) {
            cluster.statefulSet("shop", "db", replicas: 1) { $0.availableReplicas = available }
            cluster.daemonSet("shop", "agent", nodes: 1) { $0.available = available }
            cluster.replicationController("shop", "old", replicas: 1) { $0.availableReplicas = available }
            cluster.replicaSet("shop", "bare", replicas: 1) { $0.availableReplicas = available }
            let rollout = cluster.controller("Rollout", "shop", "canary")
            cluster.replicaSet("shop", "canary-1", of: rollout, replicas: 1) { $0.availableReplicas = 0 }
            cluster.replicaSet("shop", "canary-2", of: rollout, replicas: 1) { $0.availableReplicas = available }
        }
        set(1)
        cluster.observe(uptime: 0)
        set(0)
        cluster.observe(uptime: 10)
        cluster.observe(uptime: 40)
        let signals = cluster.signals()
        for type in ["statefulset", "daemonset", "replicationcontroller", "replicaset", "rollout"] {
            #expect(signals["workload_unavailable_seconds_total", ["workload_type": type]] == 30, "\(type)")
            #expect(signals["workload_outages_total", ["workload_type": type]] == 1, "\(type)")
            #expect(signals["workloads_observed_seconds_total", ["workload_type": type]] == 40, "\(type)")
        }
    }

    /// What is counted must not vanish with the deficit that made it interesting.
    @Test func atRiskKeepsWhatIsCounted() {
        var watch = Watch()
        watch.cluster.settings.workloadMetrics = .atRisk
        watch.cluster.settings.optOuts.disabledRules = Set(allAreas.flatMap { $0.rules }.map { "\($0.name)" })
        watch.see(available: 2)
        watch.see(available: 0)
        watch.see(available: 2)
        let signals = watch.cluster.signals()
        #expect(signals["workload_replicas_desired", ["workload": "web"]] == nil)
        #expect(watch.seconds == 15)
        #expect(watch.outages == 1)
        #expect(watch.last == 15)
    }
}
