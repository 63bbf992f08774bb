import ClusterState
import HASignals
import Testing

/// Area 12: where a workload's pods are, and where they could be.
struct ZonePlacementTests {
    private let zone = "topology.kubernetes.io/zone"

    @Test func placementOfPods() {
        var cluster = ClusterBuilder.threeZones()
        cluster.node("w-a2", zone: "a")
        cluster.pods(of: cluster.deployment("shop", "web", replicas: 4), on: ["w-a", "w-a", "w-a2", "w-b"])
        let signals = cluster.signals()
        #expect(signals["workload_zones", ["workload": "web"]] == 2)
        #expect(signals["workload_nodes", ["workload": "web"]] == 3)
        #expect(signals["workload_eligible_zones", ["workload": "web"]] == 3)
        // a 3, b 1, c 0: zones with none count.
        #expect(signals["workload_zone_skew", ["workload": "web"]] == 3)
        #expect(signals["workload_replicas_surviving_zone_loss", ["workload": "web"]] == 1)
        #expect(signals["workload_replicas_surviving_node_loss", ["workload": "web"]] == 2)
    }

    /// Pods that serve nothing are nowhere: not running, not ready, terminating, ended, on a node that is gone or silent.
    @Test func onlyHealthyPodsCount() {
        var cluster = ClusterBuilder.threeZones()
        cluster.node("w-b", zone: "b") { $0.ready = .unknown }
        let web = cluster.deployment("shop", "web", replicas: 8)
        let deletion = cluster.ago(1)
        cluster.pods(of: web, on: ["w-a"])
        cluster.pods(of: web, on: ["w-c"], from: 1) { $0.flags.remove(.ready) }
        cluster.pods(of: web, on: ["w-c"], from: 2) { $0.deletion = deletion }
        cluster.pods(of: web, on: ["w-c"], from: 3) { $0.flags = [.succeeded, .restartsAlways] }
        cluster.pods(of: web, on: ["w-c"], from: 4) { $0.flags = [.failed, .restartsAlways] }
        cluster.pods(of: web, on: ["w-gone"], from: 5)
        cluster.pods(of: web, on: ["w-b"], from: 6)
        cluster.pods(of: web, on: [""], from: 7) { $0.flags = [.pending, .restartsAlways] }
        let signals = cluster.signals()
        #expect(signals["workload_zones", ["workload": "web"]] == 1)
        #expect(signals["workload_nodes", ["workload": "web"]] == 1)
        // The pod on the node that is gone is not healthy, so that its zone is not known matters to nobody.
        #expect(signals["workload_replicas_surviving_zone_loss", ["workload": "web"]] == 0)
        #expect(signals["zone_healthy_pods", ["topology_zone": "c"]] == 0)
    }

    @Test func daemonSetsAreLeftOut() {
        var cluster = ClusterBuilder.threeZones()
        cluster.pods(of: cluster.daemonSet("shop", "agent"), on: ["w-a", "w-b", "w-c"])
        #expect(cluster.signals().count("workload_zones") == 0)
        #expect(cluster.signals()["zone_loss_workloads_degraded", ["topology_zone": "a"]] == 0)
    }

    /// What narrows the choice of zones: node selector, required affinity with its alternatives, taints, and nodes
    /// that take nothing now.
    @Test func eligibleZones() {
        func eligible(_ shape: PodShape, _ change: (inout ClusterBuilder) -> Void = { _ in }) -> Double? {
            var cluster = ClusterBuilder.threeZones()
            cluster.node("gpu", zone: "d", ready: .isTrue, labels: ["disk": "ssd"], taints: ["gpu"])
            cluster.deployment("shop", "web", shape: shape)
            change(&cluster)
            return cluster.signals()["workload_eligible_zones"]
        }
        #expect(eligible(PodShape()) == 3)
        #expect(eligible(PodShape(tolerations: ["gpu"])) == 4)
        #expect(eligible(PodShape(nodeSelector: ["disk": "ssd"])) == 0)
        #expect(eligible(PodShape(nodeSelector: ["disk": "ssd"], tolerations: ["gpu"])) == 1)
        #expect(eligible(.zones("a", "c")) == 2)
        #expect(eligible(PodShape(affinity: [[.init(key: zone, op: .notIn, values: ["a"])]])) == 2)
        let terms: [[PodShape.Need]] = [
            [.init(key: zone, op: .in, values: ["a"])],
            [.init(key: "kubernetes.io/hostname", op: .in, values: ["w-b", "w-a"])],
        ]
        #expect(eligible(PodShape(affinity: terms)) == 2)
        // An empty list of alternatives matches no node.
        #expect(eligible(PodShape(affinity: [])) == 0)
        #expect(eligible(PodShape()) { $0.node("w-b", zone: "b") { $0.isCordoned = true } } == 2)
        #expect(eligible(PodShape()) { $0.node("w-b", zone: "b") { $0.ready = .isFalse } } == 2)
        // b's worker is cordoned; who bears the master's taint can still go there.
        #expect(
            eligible(PodShape(tolerations: [ClusterBuilder.controlPlaneTaint])) {
                $0.node("w-b", zone: "b") { $0.isCordoned = true }
            } == 3
        )
    }

    /// Taints that only ask (PreferNoSchedule) keep nobody off.
    @Test func softTaintsKeepNobodyOff() {
        var cluster = ClusterBuilder.threeZones()
        let key = cluster.id("spot")
        cluster.node("w-c", zone: "c") { $0.taints = [Taint(key: key, value: .empty, effect: .preferNoSchedule)] }
        cluster.deployment("shop", "web")
        #expect(cluster.signals()["workload_eligible_zones"] == 3)
    }

    /// Fewer than two eligible zones have no skew.
    @Test func skewNeedsTwoEligibleZones() {
        var cluster = ClusterBuilder.threeZones()
        let pinned = cluster.deployment("shop", "pinned", shape: .zones("a"))
        cluster.pods(of: pinned, on: ["w-a", "w-a"], shape: .zones("a"))
        cluster.pods(of: cluster.deployment("shop", "two", shape: .zones("a", "b")), on: ["w-a", "w-b"])
        let signals = cluster.signals()
        #expect(signals["workload_zone_skew", ["workload": "pinned"]] == nil)
        #expect(signals["workload_zone_skew", ["workload": "two"]] == 0)
    }

    /// The constraint that binds: on the zone, DoNotSchedule, and selecting the pods it stands on.
    @Test func skewLimit() {
        func limit(_ spread: [PodShape.Spread]) -> Double? {
            var cluster = ClusterBuilder.threeZones()
            cluster.deployment("shop", "web", shape: PodShape(spread: spread))
            return cluster.signals()["workload_zone_skew_limit"]
        }
        #expect(limit([]) == nil)
        #expect(limit([.init(maxSkew: 2)]) == 2)
        #expect(limit([.init(maxSkew: 3), .init(maxSkew: 1), .init(maxSkew: 2)]) == 1)
        #expect(limit([.init(maxSkew: 1, isRequired: false)]) == nil)
        #expect(limit([.init(maxSkew: 1, key: "kubernetes.io/hostname")]) == nil)
        #expect(limit([.init(maxSkew: 1, key: "failure-domain.beta.kubernetes.io/zone")]) == 1)
        #expect(limit([.init(maxSkew: 1, key: "topology.ebs.csi.aws.com/zone")]) == 1)
        #expect(limit([.init(maxSkew: 1, selecting: ["app": "copied-from-elsewhere"])]) == nil)
    }

    /// Pods of Deployments are told by ReplicaSets: without those, only what the template says is known.
    @Test func withoutReplicaSetsOnlyTheTemplateSpeaks() {
        var cluster = ClusterBuilder.threeZones()
        let web = cluster.deployment("shop", "web", shape: PodShape(spread: [.init()]))
        cluster.pods(of: web, on: ["w-a", "w-b"])
        cluster.state.sources[.replicasets]?.state = .forbidden
        let signals = cluster.signals()
        #expect(signals["workload_zones", ["workload": "web"]] == nil)
        #expect(signals["workload_replicas_surviving_node_loss", ["workload": "web"]] == nil)
        #expect(signals["workload_eligible_zones", ["workload": "web"]] == 3)
        #expect(signals["workload_zone_skew_limit", ["workload": "web"]] == 1)
        #expect(signals.status(.zones) == .unknown)
    }
}
