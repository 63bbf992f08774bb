import ClusterState
import Exposition
import Testing

@testable import HASignals

struct RolloutsTests {
    private static let unavailable = "kube_ha_workload_max_unavailable_replicas"
    private static let inProgress = "kube_ha_workload_rollout_in_progress"
    private static let stuck = "kube_ha_workload_rollout_stuck"
    private static let revisions = "kube_ha_workload_rollback_revisions"

    /// The deployment controller rounds maxUnavailable down and maxSurge up, and takes 1 where both come to nothing;
    /// the DaemonSet controller rounds up; the StatefulSet controller rounds down to at least 1
    /// (getStatefulSetMaxUnavailable in pkg/controller/statefulset/stateful_set_utils.go).
    @Test func percentagesRoundAsTheirControllersDo() {
        var cluster = ClusterBuilder()
        cluster.deployment("shop", "quarter", replicas: 7)
        cluster.deployment("shop", "nothing", replicas: 3) {
            $0.maxUnavailable = .percent(10)
            $0.maxSurge = .number(0)
        }
        cluster.deployment("shop", "surging", replicas: 3) { $0.maxUnavailable = .percent(10) }
        cluster.deployment("shop", "recreated", replicas: 4) { $0.isRecreate = true }
        cluster.deployment("shop", "many", replicas: 2) { $0.maxUnavailable = .number(9) }
        cluster.statefulSet("shop", "db", replicas: 5) { $0.maxUnavailable = .percent(30) }
        cluster.statefulSet("shop", "default", replicas: 5)
        cluster.statefulSet("shop", "zero", replicas: 5) { $0.maxUnavailable = .percent(0) }
        cluster.daemonSet("shop", "agent", nodes: 7) { $0.maxUnavailable = .percent(10) }
        let found = cluster.collect()
        let expected: [String: Double] = [
            "quarter": 1, "nothing": 1, "surging": 0, "recreated": 4, "many": 2, "db": 1, "default": 1, "zero": 1,
            "agent": 1,
        ]
        for (name, value) in expected { #expect(found.value(Self.unavailable, ["workload": name]) == value, "\(name)") }
    }

    /// With maxUnavailable 100 % every pod of a DaemonSet may go at once.
    @Test func daemonSetOf100PercentMayLoseEveryPod() {
        var cluster = ClusterBuilder()
        cluster.daemonSet("shop", "agent", nodes: 7) { $0.maxUnavailable = .percent(100) }
        #expect(cluster.collect().value(Self.unavailable, ["workload": "agent"]) == 7)
    }

    /// OnDelete takes nothing away by itself, and ReplicaSets roll nothing out: there is no number to give.
    @Test func kindsThatRollNothingOutHaveNoSeries() {
        var cluster = ClusterBuilder()
        cluster.statefulSet("shop", "db") { $0.isOnDelete = true }
        cluster.daemonSet("shop", "agent") { $0.isOnDelete = true }
        cluster.replicaSet("shop", "alone", replicas: 2)
        let found = cluster.collect()
        #expect(found.table.samples(of: Self.unavailable).isEmpty)
        #expect(found.table.samples(of: Self.inProgress).count == 2)
        #expect(found.value("kube_ha_workload_rollout_paused", ["workload": "db"]) == nil)
    }

    /// A StatefulSet with a partition is done when the replicas above it are updated, although the revisions differ for
    /// as long as the partition stands.
    @Test func partitionEndsTheRolloutOfAStatefulSet() {
        var cluster = ClusterBuilder()
        for (name, updated) in [("done", Int32(1)), ("under-way", 0)] {
            let update = cluster.id("\(name)-2")
            cluster.statefulSet("shop", name, replicas: 3) {
                $0.partition = 2
                $0.updateRevision = update
                $0.updatedReplicas = updated
            }
        }
        let found = cluster.collect()
        #expect(found.value(Self.inProgress, ["workload": "done"]) == 0)
        #expect(found.value(Self.inProgress, ["workload": "under-way"]) == 1)
    }

    /// With OnDelete nothing goes on until somebody deletes pods: only an unseen generation is progress.
    @Test func onDeleteIsInProgressOnlyWhileUnseen() {
        var cluster = ClusterBuilder()
        let update = cluster.id("db-2")
        cluster.statefulSet("shop", "db") {
            $0.isOnDelete = true
            $0.updateRevision = update
            $0.updatedReplicas = 0
        }
        cluster.daemonSet("shop", "agent") {
            $0.isOnDelete = true
            $0.updated = 0
            $0.observedGeneration = 0
        }
        let found = cluster.collect()
        #expect(found.value(Self.inProgress, ["workload": "db"]) == 0)
        #expect(found.value(Self.inProgress, ["workload": "agent"]) == 1)
    }

    /// Pods on a node that is not Ready cannot be updated: they do not keep a rollout open.
    @Test func daemonSetDoesNotWaitForNodesThatAreNotReady() {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        cluster.node("a2") { $0.ready = .unknown }
        cluster.daemonSet("shop", "agent", nodes: 2) { $0.updated = 1 }
        cluster.daemonSet("shop", "behind", nodes: 2) { $0.updated = 0 }
        let found = cluster.collect()
        #expect(found.value(Self.inProgress, ["workload": "agent"]) == 0)
        #expect(found.value(Self.inProgress, ["workload": "behind"]) == 1)
    }

    /// A paused Deployment waits for its owner: it is neither in progress nor stuck.
    @Test func pausedIsNeitherInProgressNorStuck() {
        var cluster = ClusterBuilder()
        cluster.deployment("shop", "web", replicas: 3) {
            $0.isPaused = true
            $0.updatedReplicas = 1
            $0.progressing = .unknown
        }
        let found = cluster.collect()
        #expect(found.value(Self.inProgress, ["workload": "web"]) == 0)
        #expect(found.value(Self.stuck, ["workload": "web"]) == 0)
        #expect(found.value("kube_ha_workload_rollout_paused", ["workload": "web"]) == 1)
        #expect(found.found("rollout-paused") == ["shop/web"])
    }

    @Test func deploymentIsStuckPastItsDeadline() {
        var cluster = ClusterBuilder()
        cluster.deployment("shop", "web", replicas: 3) {
            $0.updatedReplicas = 1
            $0.progressing = .isFalse
        }
        let found = cluster.collect()
        #expect(found.value(Self.stuck, ["workload": "web"]) == 1)
        #expect(found.found("rollout-stuck") == ["shop/web"])
    }

    /// StatefulSets have no deadline of their own: ten minutes without a new pod created or become Ready are taken.
    @Test(arguments: [(590.0, 0.0), (610.0, 1.0)])
    func statefulSetIsStuckAfterTenMinutes(age: Double, expected: Double) {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        let update = cluster.id("db-2")
        let db = cluster.statefulSet("shop", "db", replicas: 2) {
            $0.updateRevision = update
            $0.updatedReplicas = 1
        }
        let moment = cluster.ago(age)
        cluster.pod("shop", "db-1", of: db, on: "a1", labels: ["controller-revision-hash": "db-2"]) {
            $0.flags.remove(.ready)
            $0.created = moment
        }
        // A pod of the old revision that became Ready just now is no progress.
        let now = cluster.ago(1)
        cluster.pod("shop", "db-0", of: db, on: "a1", labels: ["controller-revision-hash": "db-1"]) {
            $0.readySince = now
        }
        let found = cluster.collect()
        #expect(found.value(Self.stuck, ["workload": "db"]) == expected)
        #expect(found.found("rollout-stuck") == (expected == 1 ? ["shop/db"] : []))
    }

    /// A DaemonSet's newest ControllerRevision tells which pods are new.
    @Test func daemonSetIsStuckByItsNewestRevision() {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        let agent = cluster.daemonSet("shop", "agent", nodes: 2) { $0.updated = 1 }
        cluster.revision(2, of: agent, hash: "new")
        cluster.revision(1, of: agent, hash: "old")
        cluster.pod("shop", "agent-x", of: agent, on: "a1", labels: ["controller-revision-hash": "new"])
        #expect(cluster.collect().value(Self.stuck, ["workload": "agent"]) == 1)
        let fresh = cluster.ago(60)
        cluster.pod("shop", "agent-y", of: agent, on: "a1", labels: ["controller-revision-hash": "new"]) {
            $0.readySince = fresh
        }
        #expect(cluster.collect().value(Self.stuck, ["workload": "agent"]) == 0)
    }

    /// Where revisions are not known, nothing says that a rollout is stuck.
    @Test func unknownRevisionsAreNotStuck() {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        cluster.daemonSet("shop", "agent", nodes: 2) { $0.updated = 1 }
        cluster.set(.controllerrevisions, .forbidden)
        #expect(cluster.collect().value(Self.stuck, ["workload": "agent"]) == 0)
    }

    @Test func earlierRevisionsAreCounted() {
        var cluster = ClusterBuilder()
        let web = cluster.deployment("shop", "web")
        for revision in 1...4 { cluster.replicaSet("shop", "web-r\(revision)", of: web) }
        // One that has not been acted on yet has no ReplicaSet at all.
        cluster.deployment("shop", "fresh")
        let db = cluster.statefulSet("shop", "db")
        for revision in 1...2 { cluster.revision(Int64(revision), of: db, hash: "r\(revision)") }
        let found = cluster.collect()
        #expect(found.value(Self.revisions, ["workload": "web"]) == 3)
        #expect(found.value(Self.revisions, ["workload": "fresh"]) == 0)
        #expect(found.value(Self.revisions, ["workload": "db"]) == 1)
    }

    @Test func historyOfZeroCannotBeRolledBack() {
        var cluster = ClusterBuilder()
        cluster.deployment("shop", "web") { $0.revisionHistoryLimit = 0 }
        cluster.daemonSet("shop", "agent") { $0.revisionHistoryLimit = 0 }
        cluster.statefulSet("shop", "db")
        #expect(cluster.collect().found("rollback-impossible") == ["shop/agent", "shop/web"])
    }

    /// One replica is down during Recreate in any case; two that go together are a choice worth knowing of.
    @Test func rolloutThatTakesEveryReplicaIsTold() {
        var cluster = ClusterBuilder()
        cluster.deployment("shop", "one", replicas: 1) { $0.isRecreate = true }
        cluster.deployment("shop", "two", replicas: 2) { $0.isRecreate = true }
        cluster.deployment("shop", "all", replicas: 2) { $0.maxUnavailable = .percent(100) }
        cluster.deployment("shop", "rolling", replicas: 2)
        #expect(cluster.collect().found("rollout-takes-all-replicas") == ["shop/all", "shop/two"])
    }

    // MARK: The tail

    /// A Deployment's rollout lasts until its new pods are available: Progressing has another reason than
    /// NewReplicaSetAvailable until then (syncRolloutStatus in pkg/controller/deployment/progress.go). Without the
    /// condition (progressDeadlineSeconds of 2147483647) nothing tells a tail from an outage.
    @Test func deploymentRollsUntilItsPodsAreAvailable() {
        func value(_ change: (inout Deployment) -> Void) -> Double? {
            var cluster = ClusterBuilder()
            cluster.deployment("shop", "web", replicas: 3) {
                $0.availableReplicas = 2
                $0.hasCompletedRollout = false
                change(&$0)
            }
            return cluster.collect().value(Self.inProgress)
        }
        #expect(value { _ in } == 1)
        #expect(value { $0.progressing = .isFalse } == 1)
        #expect(value { $0.availableReplicas = 3 } == 0)
        #expect(value { $0.hasCompletedRollout = true } == 0)
        #expect(value { $0.progressing = .absent } == 0)
        #expect(value { $0.isPaused = true } == 0)
    }

    /// A StatefulSet whose pods are all updated but not all ready: as long as a new pod is young, the rollout goes on.
    /// The revisions become equal at its end only (completeRollingUpdate in stateful_set_utils.go); under a partition
    /// they never do, so there a missing replica is no rollout's.
    @Test(arguments: [(590.0, Int32(0), 1.0), (610, 0, 0), (590, 1, 0)])
    func statefulSetRollsUntilItsPodsAreReady(age: Double, partition: Int32, expected: Double) {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        let update = cluster.id("db-2")
        let db = cluster.statefulSet("shop", "db", replicas: 2) {
            $0.updateRevision = update
            $0.updatedReplicas = 2 - partition
            $0.readyReplicas = 1
            $0.partition = partition
        }
        let moment = cluster.ago(age)
        cluster.pod("shop", "db-1", of: db, on: "a1", labels: ["controller-revision-hash": "db-2"]) {
            $0.flags.remove(.ready)
            $0.created = moment
        }
        // Ready since a moment, but created long ago.
        let now = cluster.ago(1)
        cluster.pod("shop", "db-0", of: db, on: "a1", labels: ["controller-revision-hash": "db-2"]) {
            $0.readySince = now
        }
        #expect(cluster.collect().value(Self.inProgress, ["workload": "db"]) == expected)
        // The same without a rollout: a replica is missing.
        cluster.statefulSet("shop", "db", replicas: 2) { $0.readyReplicas = 1 }
        #expect(cluster.collect().value(Self.inProgress, ["workload": "db"]) == 0)
    }

    /// The same of a DaemonSet. One that has its first revision rolls nothing out: its pods are new on new nodes.
    @Test(arguments: [(590.0, 2, 1.0), (610, 2, 0), (590, 1, 0)])
    func daemonSetRollsUntilItsPodsAreAvailable(age: Double, revisions: Int, expected: Double) {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        let agent = cluster.daemonSet("shop", "agent", nodes: 2) { $0.available = 1 }
        for revision in 1...revisions { cluster.revision(Int64(revision), of: agent, hash: "r\(revision)") }
        let moment = cluster.ago(age)
        cluster.pod("shop", "agent-x", of: agent, on: "a1", labels: ["controller-revision-hash": "r\(revisions)"]) {
            $0.created = moment
        }
        #expect(cluster.collect().value(Self.inProgress, ["workload": "agent"]) == expected)
        // What is missing on a node that is not Ready is no rollout's.
        cluster.node("a2") { $0.ready = .unknown }
        #expect(cluster.collect().value(Self.inProgress, ["workload": "agent"]) == 0)
    }
}
