import ClusterState
import HASignals
import Testing

/// Area 3: workloads that lack replicas, that are down, and that never came up.
struct WorkloadOutageTests {
    // MARK: Deficit

    /// A rollout may take away maxUnavailable: 25 % of 4 is 1. One more missing is a deficit; so is the same one when
    /// the rollout makes no progress.
    @Test func rolloutExplainsWhatItMayTakeAway() {
        func raised(available: Int32, updated: Int32, progressing: ConditionStatus = .isTrue) -> [String] {
            var cluster = ClusterBuilder.threeZones()
            cluster.deployment("shop", "web", replicas: 4) {
                $0.availableReplicas = available
                $0.updatedReplicas = updated
                $0.progressing = progressing
            }
            return cluster.signals().raised("workload-deficit")
        }
        #expect(raised(available: 4, updated: 4).isEmpty)
        #expect(raised(available: 3, updated: 4) == ["Deployment shop/web"])
        #expect(raised(available: 3, updated: 2).isEmpty)
        #expect(raised(available: 2, updated: 2) == ["Deployment shop/web"])
        #expect(raised(available: 3, updated: 2, progressing: .isFalse) == ["Deployment shop/web"])
    }

    /// What a DaemonSet lacks on nodes that are not Ready is the nodes' trouble, as far as it would run there.
    @Test func daemonSetIsExcusedByNodesThatAreNotReady() {
        var cluster = ClusterBuilder.threeZones()
        let notReady = cluster.id("node.kubernetes.io/not-ready")
        cluster.daemonSet("kube-system", "agent", nodes: 3) { $0.available = 2 }
        #expect(cluster.signals().raised("workload-deficit") == ["DaemonSet kube-system/agent"])
        // cp-a is tainted and not for it: its going changes nothing.
        cluster.node(
            "cp-a",
            zone: "a",
            role: .controlPlane,
            ready: .isFalse,
            taints: [ClusterBuilder.controlPlaneTaint]
        )
        #expect(cluster.signals().raised("workload-deficit") == ["DaemonSet kube-system/agent"])
        // The controller left it out already: its pods tolerate not-ready with effect NoExecute alone
        // (AddOrUpdateDaemonPodTolerations in pkg/controller/daemon/util/daemonset_util.go).
        cluster.node("w-a", zone: "a", ready: .isFalse, taints: ["node.kubernetes.io/not-ready"])
        #expect(cluster.signals().raised("workload-deficit") == ["DaemonSet kube-system/agent"])
        cluster.node("w-a", zone: "a", ready: .isFalse) {
            $0.taints = [Taint(key: notReady, value: .empty, effect: .noExecute)]
        }
        #expect(cluster.signals().raised("workload-deficit").isEmpty)
        #expect(cluster.signals()["workload_replicas_deficit", ["workload": "agent"]] == 1)
    }

    // MARK: Down

    private func outage(served: Bool, service: Bool, namespace: String = "shop") -> Signals {
        var cluster = ClusterBuilder.threeZones()
        cluster.statefulSet(namespace, "db", replicas: 2) { if !served { $0.availableReplicas = 0 } }
        if service { cluster.service(namespace, "db", selector: ["app": "db"]) }
        cluster.observe(uptime: 0)
        cluster.statefulSet(namespace, "db", replicas: 2) { $0.availableReplicas = 0 }
        cluster.observe(uptime: 15)
        return cluster.signals()
    }

    @Test func downIsWhatServedAndIsNeeded() {
        let down = outage(served: true, service: true)
        #expect(down.raised("workload-down") == ["StatefulSet shop/db"])
        #expect(down.messages("workload-down") == ["none of 2 replicas is available; Service db without endpoints"])
        #expect(down.raised("workload-never-up").isEmpty)
        #expect(down.status(.replicas) == .critical)
        // In kube-system everything is needed.
        let system = outage(served: true, service: false, namespace: "kube-system")
        #expect(system.raised("workload-down") == ["StatefulSet kube-system/db"])
    }

    /// What never worked is somebody's unfinished work, what no Service selects nobody's outage: warnings.
    @Test func neverUpIsWhatNeverServedOrIsNotNeeded() {
        let never = outage(served: false, service: true)
        #expect(never.raised("workload-down").isEmpty)
        #expect(never.raised("workload-never-up") == ["StatefulSet shop/db"])
        #expect(
            never.messages("workload-never-up") == [
                "none of 2 replicas is available; Service db without endpoints"
            ]
        )
        let unneeded = outage(served: true, service: false)
        #expect(unneeded.raised("workload-down").isEmpty)
        #expect(
            unneeded.messages("workload-never-up") == ["none of 2 replicas is available; no Service selects it"]
        )
    }

    /// An exporter that starts during the outage has seen nothing; the Deployment's own condition remembers.
    @Test func deploymentRemembersThatItServed() {
        var cluster = ClusterBuilder.threeZones()
        cluster.deployment("shop", "web", replicas: 2) { $0.availableReplicas = 0 }
        cluster.service("shop", "web", selector: ["app": "web"])
        #expect(cluster.signals().raised("workload-down") == ["Deployment shop/web"])
        cluster.deployment("shop", "web", replicas: 2) {
            $0.availableReplicas = 0
            $0.hasCompletedRollout = false
            $0.progressing = .isFalse
        }
        #expect(cluster.signals().raised("workload-never-up") == ["Deployment shop/web"])
    }

    /// A Rollout's past is in its ReplicaSets: that one of them was available is that it served.
    @Test func rolloutThatServedIsDown() {
        var cluster = ClusterBuilder.threeZones()
        let api = cluster.controller("Rollout", "shop", "api")
        cluster.service("shop", "api", selector: ["app": "api"])
        cluster.replicaSet("shop", "api-1", of: api, replicas: 2, shape: PodShape())
        cluster.observe(uptime: 0)
        cluster.replicaSet("shop", "api-1", of: api, replicas: 2, shape: PodShape(), available: 0)
        cluster.observe(uptime: 15)
        #expect(cluster.signals().raised("workload-down") == ["Rollout shop/api"])
    }

    /// Only a Service that routes to its pods makes it needed.
    @Test func servicesThatDoNotSelectIt() {
        var cluster = ClusterBuilder.threeZones()
        cluster.deployment("shop", "web", replicas: 2) { $0.availableReplicas = 0 }
        cluster.service("shop", "other", selector: ["app": "other"])
        cluster.service("other", "web", selector: ["app": "web"])
        cluster.service("shop", "manual", selector: [:])
        cluster.service("shop", "alias", selector: ["app": "web"]) { $0.type = .externalName }
        #expect(cluster.signals().raised("workload-down").isEmpty)
        cluster.service("shop", "web", selector: ["app": "web"])
        #expect(cluster.signals().raised("workload-down") == ["Deployment shop/web"])
    }

    /// A DaemonSet none of whose nodes is Ready: the nodes are the finding.
    @Test func daemonSetOnDeadNodesIsNotDown() {
        var cluster = ClusterBuilder.workers(2)
        cluster.daemonSet("kube-system", "agent", nodes: 2)
        cluster.observe(uptime: 0)
        cluster.daemonSet("kube-system", "agent", nodes: 2) { $0.available = 0 }
        cluster.observe(uptime: 15)
        #expect(cluster.signals().raised("workload-down") == ["DaemonSet kube-system/agent"])
        for name in ["w-1", "w-2"] { cluster.node(name) { $0.ready = .unknown } }
        #expect(cluster.signals().raised("workload-down").isEmpty)
    }

    // MARK: Held by a dead node

    private func held(_ seconds: Double, ready: ConditionStatus, pods: [String] = ["w-a"]) -> Signals {
        var cluster = ClusterBuilder.threeZones()
        cluster.node("w-a", zone: "a") { $0.ready = ready }
        let db = cluster.statefulSet("shop", "db", replicas: 2)
        let deletion = cluster.ago(seconds)
        cluster.pods(of: db, on: pods) { $0.deletion = deletion }
        return cluster.signals()
    }

    /// A StatefulSet starts no other pod of the name while one may still run: it waits for ever.
    @Test func statefulSetIsHeldByADeadNode() {
        let signals = held(121, ready: .unknown)
        #expect(signals.raised("statefulset-held-by-dead-node") == ["StatefulSet shop/db"])
        #expect(
            signals.messages("statefulset-held-by-dead-node") == [
                "pod db-0 is terminating on w-a, which is not Ready"
            ]
        )
        #expect(held(120, ready: .unknown).raised("statefulset-held-by-dead-node").isEmpty)
        #expect(held(121, ready: .isTrue).raised("statefulset-held-by-dead-node").isEmpty)
    }

    /// Two pods on the node are one StatefulSet that is held: one finding, one series.
    @Test func statefulSetHeldTwiceIsOneFinding() {
        let signals = held(300, ready: .isFalse, pods: ["w-a", "w-a"])
        #expect(signals.raised("statefulset-held-by-dead-node") == ["StatefulSet shop/db"])
        #expect(signals["finding", ["rule": "statefulset-held-by-dead-node"]] == 1)
    }

    /// The node was deleted: the garbage collector lets its pods go after a while, and until then the StatefulSet waits.
    @Test func podOnADeletedNodeIsHeldUntilItGoes() {
        let signals = held(300, ready: .isTrue, pods: ["w-gone"])
        #expect(signals.raised("statefulset-held-by-dead-node") == ["StatefulSet shop/db"])
        #expect(
            signals.messages("statefulset-held-by-dead-node") == [
                "pod db-0 is terminating on w-gone, which was deleted"
            ]
        )
        #expect(signals.raised("pod-stuck-terminating") == ["Pod shop/db-0"])
        #expect(held(300, ready: .isTrue, pods: [""]).raised("statefulset-held-by-dead-node").isEmpty)
    }

    // MARK: Rollouts

    /// Recreate takes down the only replica before it starts the new one: nothing is raised while that goes on, and
    /// what is stuck is down.
    @Test func replacingTheOnlyReplicaIsNoOutage() {
        func signals(_ progressing: ConditionStatus, served: Bool) -> Signals {
            var cluster = ClusterBuilder.threeZones()
            if served {
                cluster.deployment("shop", "web", replicas: 1) { $0.isRecreate = true }
                cluster.observe(uptime: 0)
            }
            cluster.deployment("shop", "web", replicas: 1) {
                $0.isRecreate = true
                $0.availableReplicas = 0
                $0.hasCompletedRollout = false
                $0.progressing = progressing
            }
            cluster.service("shop", "web", selector: ["app": "web"])
            cluster.observe(uptime: 15)
            return cluster.signals()
        }
        for served in [true, false] {
            let rolling = signals(.isTrue, served: served)
            #expect(rolling.raised("workload-down").isEmpty && rolling.raised("workload-never-up").isEmpty)
            #expect(rolling.raised("workload-deficit").isEmpty)
        }
        #expect(signals(.isFalse, served: true).raised("workload-down") == ["Deployment shop/web"])
        #expect(signals(.isFalse, served: false).raised("workload-never-up") == ["Deployment shop/web"])
    }

    /// The only pod of a StatefulSet, replaced by one of the new revision a minute ago, and ten minutes later.
    @Test(arguments: [(60, []), (660, ["StatefulSet shop/db"])] as [(Double, [String])])
    func replacingTheOnlyPodOfAStatefulSet(age: Double, down: [String]) {
        var cluster = ClusterBuilder.threeZones()
        cluster.statefulSet("shop", "db", replicas: 1)
        cluster.observe(uptime: 0)
        let update = cluster.id("db-2")
        let db = cluster.statefulSet("shop", "db", replicas: 1) {
            $0.updateRevision = update
            $0.readyReplicas = 0
            $0.availableReplicas = 0
        }
        let created = cluster.ago(age)
        cluster.pod("shop", "db-0", of: db, on: "w-a", labels: ["controller-revision-hash": "db-2"]) {
            $0.flags = [.pending, .restartsAlways]
            $0.created = created
        }
        cluster.service("shop", "db", selector: ["app": "db"])
        #expect(cluster.signals().raised("workload-down") == down)
    }

    // MARK: DaemonSets on nodes that are left

    /// The controller leaves out a node with a taint that the pods do not tolerate: down on every node that is left is
    /// down, however many nodes are not Ready.
    @Test func daemonSetIsDownOnAllNodesThatAreLeft() {
        func signals(tolerates: Bool) -> Signals {
            var cluster = ClusterBuilder.workers(2)
            cluster.node("w-2", zone: "", ready: .unknown, taints: ["node.kubernetes.io/unreachable"])
            var shape = PodShape()
            if tolerates { shape.tolerations = ["node.kubernetes.io/unreachable"] }
            let template = cluster.template("kube-system", shape.named("agent"))
            cluster.daemonSet("kube-system", "agent", nodes: 1) { $0.template = template }
            cluster.observe(uptime: 0)
            cluster.daemonSet("kube-system", "agent", nodes: 1) {
                $0.template = template
                $0.available = 0
            }
            return cluster.signals()
        }
        #expect(signals(tolerates: false).raised("workload-down") == ["DaemonSet kube-system/agent"])
        #expect(signals(tolerates: false).raised("workload-deficit") == ["DaemonSet kube-system/agent"])
        #expect(signals(tolerates: true).raised("workload-down").isEmpty)
        #expect(signals(tolerates: true).raised("workload-deficit").isEmpty)
    }

    // MARK: Served before

    /// A fresh start beside a node that was switched off: the only pod of a StatefulSet is not Ready, but was, so it
    /// served (SIGNALS, «served before»). Once that pod is gone, what it told is remembered.
    @Test func aPodThatWasReadyTellsThatItsWorkloadServed() {
        func cluster(_ flags: PodFlags?) -> ClusterBuilder {
            var cluster = ClusterBuilder.threeZones()
            cluster.node("w-a", zone: "a") { $0.ready = .unknown }
            let db = cluster.statefulSet("shop", "db", replicas: 1) { $0.availableReplicas = 0 }
            if let flags { cluster.pod("shop", "db-0", of: db, on: "w-a") { $0.flags = flags } }
            cluster.service("shop", "db", selector: ["app": "db"])
            return cluster
        }
        for flags in [[.running, .restartsAlways, .wasReady], [.running, .restartsAlways, .ready]] as [PodFlags] {
            var fresh = cluster(flags)
            #expect(fresh.signals().raised("workload-down") == ["StatefulSet shop/db"])
            fresh.observe(uptime: 0)
            fresh.state.pods.remove(ClusterBuilder.podUID("shop", "db-0"))
            fresh.observe(uptime: 15)
            #expect(fresh.signals().raised("workload-down") == ["StatefulSet shop/db"])
        }
        for flags in [[.running, .restartsAlways], nil] as [PodFlags?] {
            let signals = cluster(flags).signals()
            #expect(signals.raised("workload-down").isEmpty)
            #expect(signals.raised("workload-never-up") == ["StatefulSet shop/db"])
            #expect(signals.messages("workload-never-up").allSatisfy { !$0.contains("has been") })
        }
    }

    /// The same of a Deployment, whose pods are under a ReplicaSet, and whose Progressing once had the reason
    /// NewReplicaSetAvailable.
    @Test func whatADeploymentOnceToldIsRemembered() {
        var cluster = ClusterBuilder.threeZones()
        func stuck(_ row: inout Deployment) {
            row.availableReplicas = 0
            row.hasCompletedRollout = false
            row.progressing = .isFalse
        }
        cluster.service("shop", "web", selector: ["app": "web"])
        cluster.deployment("shop", "web", stuck)
        #expect(cluster.signals().raised("workload-never-up") == ["Deployment shop/web"])
        var told = cluster
        told.deployment("shop", "web") { $0.availableReplicas = 0 }
        told.observe(uptime: 0)
        told.deployment("shop", "web", stuck)
        #expect(told.signals().raised("workload-down") == ["Deployment shop/web"])
        var seen = cluster
        let web = seen.deployment("shop", "web", stuck)
        seen.pod("shop", "web-1-x", of: web, on: "w-a") { $0.flags = [.running, .restartsAlways, .wasReady] }
        seen.observe(uptime: 0)
        seen.state.pods.remove(ClusterBuilder.podUID("shop", "web-1-x"))
        #expect(seen.signals().raised("workload-down") == ["Deployment shop/web"])
    }
}
