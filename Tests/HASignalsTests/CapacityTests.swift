import ClusterState
import HASignals
import Testing

/// `node_loss_capacity_ratio` and `zone_loss_capacity_ratio`: what would have to be placed, over the room left.
struct CapacityTests {
    /// Workers of 4 cores and room for 110 pods.
    private func cluster(cores: [String: Int64]) -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for (name, cores) in cores {
            cluster.node(name) {
                $0.allocatable = Resources(milliCPU: cores * 1_000, memoryBytes: 8 << 30)
                $0.allocatablePods = 110
            }
        }
        return cluster
    }

    private func cpu(_ cluster: ClusterBuilder) -> Double? {
        cluster.signals()["node_loss_capacity_ratio", ["resource": "cpu"]]
    }

    /// To place: 3 × 1 core. Room without one of three: 2 × (4 − 0.5 of the DaemonSet) = 7.
    @Test func requestsOverTheRoomLeft() {
        var cluster = cluster(cores: ["w-1": 4, "w-2": 4, "w-3": 4])
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 3), on: ["w-1", "w-2", "w-3"], milliCPU: 1_000)
        cluster.pods(of: cluster.daemonSet("shop", "agent"), on: ["w-1", "w-2", "w-3"], milliCPU: 500)
        let signals = cluster.signals()
        #expect(signals["node_loss_capacity_ratio", ["resource": "cpu"]] == 3_000.0 / 7_000)
        #expect(signals["node_loss_capacity_ratio", ["resource": "memory"]] == 0)
        #expect(signals["node_loss_capacity_ratio", ["resource": "pods"]] == 3.0 / 218)
        #expect(signals.raised("node-loss-capacity").isEmpty)
    }

    /// The largest quantities that a Quantity holds (2^63 − 1, k8s.io/apimachinery resource.Quantity) on the pods of a
    /// DaemonSet and of a Deployment: sums, differences and losses stay at the ends of the range instead of ending the
    /// process, also where two nodes have them.
    @Test func theLargestRequestsEndNothing() {
        var cluster = cluster(cores: ["w-1": 4, "w-2": 4])
        let agent = cluster.daemonSet("shop", "agent")
        cluster.pods(of: agent, on: ["w-1", "w-2"], milliCPU: .max)
        cluster.pods(of: agent, on: ["w-1", "w-2"], from: 2, milliCPU: .max)
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 2), on: ["w-1", "w-2"], milliCPU: .max)
        #expect(cpu(cluster) == .infinity)
        #expect(cluster.signals().raised("node-loss-capacity") == ["Cluster"])
    }

    /// The largest is lost, whichever has least on it: 6 cores do not fit into 4.
    @Test func theLargestNodeIsLost() {
        var cluster = cluster(cores: ["big": 16, "w-1": 2, "w-2": 2])
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 3), on: ["w-1", "w-2", "big"], milliCPU: 2_000)
        #expect(cpu(cluster) == 1.5)
        #expect(cluster.signals().raised("node-loss-capacity") == ["Cluster"])
        #expect(cluster.signals().messages("node-loss-capacity") == ["requested over what would be left: cpu 150 %"])
        #expect(cluster.signals().status(.nodes) == .ok)
    }

    /// Pods that found no node want a place too, and so do those on nodes that are not Ready; what is terminating, has
    /// ended, or was on a node that is gone does not. A master that takes no ordinary pods keeps what it has.
    @Test func whatHasToBePlaced() {
        var cluster = cluster(cores: ["w-1": 4, "w-2": 4, "w-3": 4])
        cluster.node("w-3") { $0.ready = .unknown }
        cluster.node("cp", role: .controlPlane, ready: .isTrue, taints: [ClusterBuilder.controlPlaneTaint])
        let web = cluster.deployment("shop", "web", replicas: 9)
        #expect(cpu(cluster) == 0)
        cluster.pods(of: web, on: ["w-1"], from: 0, milliCPU: 1_000)
        #expect(cpu(cluster) == 0.25)
        cluster.pods(of: web, on: ["w-3"], from: 1, milliCPU: 1_000)
        #expect(cpu(cluster) == 0.5)
        cluster.pods(of: web, on: [""], from: 2, milliCPU: 1_000) { $0.flags = [.pending, .unschedulable] }
        #expect(cpu(cluster) == 0.75)
        let deletion = cluster.ago(10)
        cluster.pods(of: web, on: ["w-1"], from: 3, milliCPU: 1_000) { $0.deletion = deletion }
        cluster.pods(of: web, on: ["w-1"], from: 4, milliCPU: 1_000) { $0.flags = [.succeeded] }
        cluster.pods(of: web, on: ["w-1"], from: 5, milliCPU: 1_000) { $0.flags = [.failed] }
        cluster.pods(of: web, on: ["w-gone"], from: 6, milliCPU: 1_000)
        cluster.pods(of: web, on: ["cp"], from: 7, milliCPU: 1_000)
        cluster.pods(of: web, on: [""], from: 8, milliCPU: 1_000) { $0.flags = [.pending] }
        #expect(cpu(cluster) == 0.75)
    }

    /// The only node left is full with what is bound to it by kind: nothing fits, however little is asked.
    @Test func withoutRoomItIsInfinite() {
        var cluster = cluster(cores: ["big": 8, "small": 4])
        cluster.pods(of: cluster.daemonSet("shop", "agent", nodes: 2), on: ["big", "small"], milliCPU: 4_000)
        // Nothing to place: no trouble.
        #expect(cpu(cluster) == 0)
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 1), on: ["big"], milliCPU: 1)
        #expect(cpu(cluster) == .infinity)
        #expect(
            cluster.signals().messages("node-loss-capacity") == ["requested over what would be left: cpu no room left"]
        )
    }

    /// With one candidate there is no "what is left": a single node, or masters that take nothing.
    @Test func isAbsentWithFewerThanTwoCandidates() {
        #expect(cpu(cluster(cores: ["only": 4])) == nil)
        var masters = ClusterBuilder()
        for name in ["cp-1", "cp-2", "cp-3"] {
            masters.node(name, role: .controlPlane, ready: .isTrue, taints: [ClusterBuilder.controlPlaneTaint])
        }
        #expect(cpu(masters) == nil)
        #expect(masters.signals().isEvaluated("node-loss-capacity"))
        var cordoned = cluster(cores: ["w-1": 4, "w-2": 4])
        cordoned.node("w-2") { $0.isCordoned = true }
        #expect(cpu(cordoned) == nil)
    }

    /// k3s masters carry the label and no taint: they take pods and are candidates. A taint of any key that keeps pods
    /// off (a dedicated pool, a virtual kubelet, Fargate, a node that an autoscaler is taking away) offers no room; one
    /// that only asks does.
    @Test func mastersWithoutTaintAreCandidates() {
        var cluster = ClusterBuilder()
        for name in ["server-1", "server-2"] { cluster.node(name, role: .controlPlane, ready: .isTrue) }
        #expect(cpu(cluster) == 0)
        for (effect, isCandidate) in [
            (.noSchedule, false), (.noExecute, false), (.preferNoSchedule, true),
        ] as [(TaintEffect, Bool)] {
            for key in ["nvidia.com/gpu", "node-role.kubernetes.io/master", "ToBeDeletedByClusterAutoscaler"] {
                let taint = Taint(key: cluster.id(key), value: .empty, effect: effect)
                cluster.node("server-2") { $0.taints = [taint] }
                #expect((cpu(cluster) != nil) == isCandidate, "\(key)")
            }
        }
    }

    /// Pods of tainted pools count on neither side, also while their node is not Ready: they would go to none of the
    /// others. The taints that the control plane sets for the condition itself make no pool
    /// (pkg/controller/nodelifecycle/node_lifecycle_controller.go).
    @Test func taintedPoolsCountOnNeitherSide() {
        var cluster = cluster(cores: ["w-1": 4, "w-2": 4])
        let web = cluster.deployment("shop", "web", replicas: 4)
        let pool = "dedicated"
        cluster.node("db-1", ready: .isTrue, taints: [pool])
        cluster.node("db-2", ready: .unknown, taints: [pool, "node.kubernetes.io/unreachable"])
        cluster.node("w-3", ready: .unknown, taints: ["node.kubernetes.io/unreachable"])
        cluster.pods(of: web, on: ["db-1", "db-2"], milliCPU: 1_000)
        #expect(cpu(cluster) == 0)
        cluster.pods(of: web, on: ["w-3"], from: 2, milliCPU: 1_000)
        #expect(cpu(cluster) == 0.25)
    }

    /// cluster-autoscaler's FAQ, «How can I configure overprovisioning»: pods of negative priority hold room free for
    /// others. They ask for nothing and take nothing, and that they are pushed out is no trouble.
    @Test func placeholdersCountNowhere() {
        var cluster = cluster(cores: ["w-1": 4, "w-2": 4])
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 1), on: ["w-1"], milliCPU: 1_000)
        let room = cluster.deployment("kube-system", "overprovisioning", replicas: 2) { $0.availableReplicas = 1 }
        cluster.pods(of: room, on: ["w-1"], milliCPU: 2_000) { $0.flags.insert(.placeholder) }
        cluster.pods(of: room, on: [""], from: 1, milliCPU: 2_000) {
            $0.flags = [.pending, .unschedulable, .placeholder]
        }
        let signals = cluster.signals()
        #expect(signals["node_loss_capacity_ratio", ["resource": "cpu"]] == 0.25)
        #expect(signals["node_loss_capacity_ratio", ["resource": "pods"]] == 1.0 / 110)
        // Measured, and no finding.
        #expect(signals["pods_unschedulable", ["namespace": "kube-system"]] == 1)
        #expect(signals.raised("pods-unschedulable").isEmpty)
        #expect(signals.raised("workload-deficit").isEmpty)
        cluster.deployment("kube-system", "overprovisioning", replicas: 2) { $0.availableReplicas = 0 }
        #expect(cluster.signals().raised("workload-down").isEmpty)
        // A pod among them that is none makes the workload one like any other.
        cluster.pods(of: room, on: [""], from: 1, milliCPU: 2_000) { $0.flags = [.pending, .unschedulable] }
        #expect(cluster.signals().raised("workload-deficit") == ["Deployment kube-system/overprovisioning"])
        #expect(cluster.signals().raised("pods-unschedulable") == ["Namespace kube-system/kube-system"])
    }

    /// Static pods stay with their node, as a DaemonSet's: they take room and are not placed.
    @Test func mirrorPodsTakeRoom() {
        var cluster = cluster(cores: ["w-1": 4, "w-2": 4])
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 1), on: ["w-1"], milliCPU: 1_000)
        let requests = cluster.state.interner.intern(Resources(milliCPU: 2_000, memoryBytes: 0))
        cluster.staticPod("kube-proxy", on: "w-2", requests: requests)
        // Of two as large, the one whose loss leaves the least: w-2 keeps 2 of 4.
        #expect(cpu(cluster) == 0.5)
    }

    @Test func lossOfAZone() {
        var cluster = ClusterBuilder()
        for (name, zone) in [("a-1", "a"), ("a-2", "a"), ("b-1", "b")] {
            cluster.node(name, zone: zone) { $0.allocatable = Resources(milliCPU: 4_000, memoryBytes: 8 << 30) }
        }
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 6), on: ["a-1", "a-2", "b-1"], milliCPU: 2_000)
        let signals = cluster.signals()
        // 6 cores wanted; without a 4 are left, without b 8.
        #expect(signals["zone_loss_capacity_ratio", ["topology_zone": "a", "resource": "cpu"]] == 1.5)
        #expect(signals["zone_loss_capacity_ratio", ["topology_zone": "b", "resource": "cpu"]] == 0.75)
        #expect(signals["zone_loss_capacity_ratio", ["topology_zone": "b", "resource": "memory"]] == 0)
    }
}
