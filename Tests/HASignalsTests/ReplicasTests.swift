import ClusterState
import HASignals
import Testing

/// Area 3 over clusters built in code: what a workload is, and what it has. Outages: ``WorkloadOutageTests``.
struct ReplicasTests {
    private func replicas(_ signals: Signals, _ name: String) -> [Double?] {
        ["desired", "ready", "available", "deficit"]
            .map {
                signals["workload_replicas_\($0)", ["workload": name]]
            }
    }

    @Test func everyKindOfWorkload() {
        var cluster = ClusterBuilder.threeZones()
        cluster.deployment("shop", "web", replicas: 4) {
            $0.readyReplicas = 3
            $0.availableReplicas = 2
        }
        cluster.statefulSet("shop", "db", replicas: 3) { $0.availableReplicas = 1 }
        cluster.daemonSet("shop", "agent", nodes: 6) { $0.available = 5 }
        cluster.replicaSet("shop", "bare", replicas: 2, shape: PodShape(), available: 2)
        cluster.replicationController("shop", "old", replicas: 1)
        let signals = cluster.signals()
        #expect(replicas(signals, "web") == [4, 3, 2, 2])
        #expect(replicas(signals, "db") == [3, 3, 1, 2])
        #expect(replicas(signals, "agent") == [6, 6, 5, 1])
        #expect(replicas(signals, "bare") == [2, 2, 2, 0])
        #expect(replicas(signals, "old") == [1, 1, 1, 0])
        for type in ["deployment", "statefulset", "daemonset", "replicaset", "replicationcontroller"] {
            #expect(signals["workloads", ["workload_type": type]] == 1, "\(type)")
        }
        #expect(signals["workloads_deficient", ["workload_type": "deployment"]] == 1)
        #expect(signals["workloads_deficient", ["workload_type": "replicaset"]] == 0)
        #expect(signals["workloads_single_replica", ["workload_type": "replicationcontroller"]] == 1)
        #expect(signals["workloads_single_replica", ["workload_type": "deployment"]] == 0)
    }

    /// A kind that is there and has no object is 0; one that cannot be read has no series.
    @Test func countsOfKindsWithoutObjects() {
        var cluster = ClusterBuilder.threeZones()
        cluster.state.sources[.statefulsets]?.state = .forbidden
        let signals = cluster.signals()
        #expect(signals["workloads", ["workload_type": "deployment"]] == 0)
        #expect(signals["workloads", ["workload_type": "statefulset"]] == nil)
        #expect(signals.status(.replicas) == .unknown)
    }

    /// A ReplicaSet of a Deployment is part of it, its old ones too.
    @Test func replicaSetsOfADeploymentAreNoWorkloads() {
        var cluster = ClusterBuilder.threeZones()
        let web = cluster.deployment("shop", "web")
        cluster.replicaSet("shop", "web-1", of: web, replicas: 2)
        cluster.replicaSet("shop", "web-0", of: web, replicas: 0)
        #expect(cluster.signals()["workloads", ["workload_type": "replicaset"]] == 0)
        #expect(cluster.signals().count("workload_replicas_desired") == 1)
    }

    /// Scaled to 0 on purpose: nothing is missing, and none of the practices applies.
    @Test func deploymentOfZeroIsNoFinding() {
        var cluster = ClusterBuilder.threeZones()
        cluster.deployment("shop", "off", replicas: 0)
        cluster.service("shop", "off", selector: ["app": "off"])
        let signals = cluster.signals()
        #expect(replicas(signals, "off") == [0, 0, 0, 0])
        for rule in ["workload-deficit", "workload-down", "workload-never-up", "workload-single-replica"] {
            #expect(signals.raised(rule).isEmpty, "\(rule)")
        }
        #expect(signals.status(.replicas) == .ok)
    }

    /// As Argo Rollouts does it: a Rollout over ReplicaSets of its own is one workload, wanted by all of them.
    @Test func rolloutOverReplicaSetsIsOneWorkload() {
        var cluster = ClusterBuilder.threeZones()
        let api = cluster.controller("Rollout", "shop", "api")
        let old = cluster.replicaSet("shop", "api-1", of: api, replicas: 3, shape: PodShape(), available: 3)
        let new = cluster.replicaSet("shop", "api-2", of: api, replicas: 1, shape: PodShape(), available: 0)
        cluster.pods(of: old, on: ["w-a", "w-b", "w-c"])
        cluster.pods(of: new, on: ["w-a"])
        let signals = cluster.signals()
        #expect(replicas(signals, "api") == [4, 3, 3, 1])
        #expect(signals["workloads", ["workload_type": "rollout"]] == 1)
        #expect(signals["workloads", ["workload_type": "replicaset"]] == 0)
        #expect(signals["workload_nodes", ["workload": "api", "workload_type": "rollout"]] == 3)
        #expect(signals.raised("workload-deficit") == ["Rollout shop/api"])
        #expect(signals["workload_pdb_covered", ["workload": "api"]] == 0)
    }

    /// As CloudNativePG does it: a Cluster owns its pods directly. How many it wants is not known, where they are is.
    @Test func podsOwnedDirectlyByAnotherControllerAreAWorkload() {
        var cluster = ClusterBuilder.threeZones()
        let pg = cluster.controller("Cluster", "shop", "pg", labels: ["cnpg.io/cluster": "pg"])
        cluster.pods(of: pg, on: ["w-a", "w-b"])
        cluster.budget(
            "shop",
            "pg",
            selecting: ["cnpg.io/cluster": "pg"],
            maxUnavailable: .number(1),
            expected: 2,
            allowed: 1
        )
        let signals = cluster.signals()
        #expect(signals["workloads", ["workload_type": "cluster"]] == 1)
        #expect(signals["workloads_deficient", ["workload_type": "cluster"]] == 0)
        #expect(replicas(signals, "pg") == [nil, nil, nil, nil])
        #expect(signals["workload_replica_failure", ["workload": "pg"]] == nil)
        #expect(signals["workload_zones", ["workload": "pg"]] == 2)
        #expect(signals["workload_replicas_surviving_node_loss", ["workload": "pg"]] == 1)
        #expect(signals["workload_pdb_covered", ["workload": "pg"]] == 1)
        #expect(signals.rules(.info).isEmpty && signals.rules(.warning).isEmpty)
    }

    /// Pods that run to their end are no workload and not bare either: Jobs, and batch systems of other kinds.
    @Test(arguments: [("Job", true), ("CronJob", true), ("Workflow", false)])
    func batchPodsAreNoWorkload(_ kind: String, _ restartsAlways: Bool) {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.controller(kind, "shop", "batch"), on: ["w-a", "w-a"]) {
            if !restartsAlways { $0.flags.remove(.restartsAlways) }
        }
        let signals = cluster.signals()
        #expect(signals.count("workload_nodes") == 0)
        #expect(signals["workloads", ["workload_type": "\(kind.lowercased())"]] == nil)
        #expect(signals.count("pods_without_controller") == 0)
        #expect(signals.rules(.warning).isEmpty)
    }

    /// A pod whose Deployment or StatefulSet is not known (just deleted) belongs to nothing that is published.
    @Test func podsOfAnUnknownBuiltInControllerAreNoWorkload() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.controller("StatefulSet", "shop", "gone"), on: ["w-a"])
        #expect(cluster.signals().count("workload_nodes") == 0)
        #expect(cluster.signals().count("pods_without_controller") == 0)
    }

    /// An owner reference without kind or name makes no workload that could be named.
    @Test(arguments: [("", "shop-thing"), ("Thing", "")])
    func podsOfANamelessOwnerAreNoWorkload(kind: String, name: String) {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.controller(kind, "shop", name), on: ["w-a"])
        let signals = cluster.signals()
        #expect(signals.count("workload_nodes") == 0)
        #expect(signals.count("pods_without_controller") == 0)
    }

    @Test func barePods() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pod("legacy", "naked", on: "w-a")
        cluster.pod("legacy", "known", on: "w-a", annotation: "bare-pod")
        cluster.staticPod("kube-scheduler", on: "cp-a")
        // Some distributions' static pods carry no owner: the mirror flag tells.
        cluster.pod("kube-system", "haproxy-cp-a", on: "cp-a") { $0.flags.insert(.mirror) }
        let signals = cluster.signals()
        #expect(signals["pods_without_controller", ["namespace": "legacy"]] == 2)
        #expect(signals.count("pods_without_controller") == 1)
        #expect(signals.raised("bare-pod") == ["Pod legacy/naked"])
    }

    @Test func singleReplica() {
        var cluster = ClusterBuilder.threeZones()
        cluster.deployment("shop", "one", replicas: 1)
        cluster.deployment("shop", "two", replicas: 2)
        // One matching node is the node's number, not the DaemonSet's.
        cluster.daemonSet("shop", "agent", nodes: 1)
        #expect(cluster.signals().raised("workload-single-replica") == ["Deployment shop/one"])
    }

    /// A quota or a webhook refuses pods: told by the Deployment, or by its ReplicaSet before it.
    @Test func replicaFailure() {
        var cluster = ClusterBuilder.threeZones()
        cluster.deployment("shop", "told") { $0.replicaFailure = .isTrue }
        let told = cluster.deployment("shop", "below")
        cluster.replicaSet("shop", "below-1", of: told, replicas: 2) { $0.replicaFailure = .isTrue }
        cluster.replicaSet("shop", "bare", replicas: 2, shape: PodShape()) { $0.replicaFailure = .isTrue }
        cluster.replicaSet(
            "shop",
            "api-1",
            of: cluster.controller("Rollout", "shop", "api"),
            replicas: 2,
            shape: PodShape()
        ) { $0.replicaFailure = .isTrue }
        cluster.replicationController("shop", "old") { $0.replicaFailure = .isTrue }
        cluster.deployment("shop", "fine") { $0.replicaFailure = .isFalse }
        cluster.statefulSet("shop", "db")
        let signals = cluster.signals()
        for name in ["told", "below", "bare", "api", "old"] {
            #expect(signals["workload_replica_failure", ["workload": "\(name)"]] == 1, "\(name)")
        }
        #expect(signals["workload_replica_failure", ["workload": "fine"]] == 0)
        // StatefulSets and DaemonSets have no such condition: nothing is known, which is not 0.
        #expect(signals["workload_replica_failure", ["workload": "db"]] == nil)
        #expect(
            signals.raised("workload-cannot-create-pods") == [
                "Rollout shop/api", "ReplicaSet shop/bare", "Deployment shop/below", "ReplicationController shop/old",
                "Deployment shop/told",
            ]
        )
    }
}
