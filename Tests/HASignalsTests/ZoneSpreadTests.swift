import ClusterState
import HASignals
import Testing

/// Area 12: the rules about how workloads are spread. Nothing is said of a gap that could not have been closed.
struct ZoneSpreadTests {
    private let zone = "topology.kubernetes.io/zone"

    /// Three zones with two workers each.
    private func cluster() -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        for zone in ["a", "b", "c"] { cluster.node("w-\(zone)2", zone: zone) }
        return cluster
    }

    // MARK: workload-single-zone

    @Test func allPodsInOneOfSeveralZones() {
        var cluster = cluster()
        cluster.pods(of: cluster.deployment("shop", "crowded"), on: ["w-a", "w-a2"])
        cluster.pods(of: cluster.deployment("shop", "spread"), on: ["w-a", "w-b"])
        cluster.pods(of: cluster.deployment("shop", "one", replicas: 1), on: ["w-a"])
        let signals = cluster.signals()
        #expect(signals.raised("workload-single-zone") == ["Deployment shop/crowded"])
        #expect(
            signals.messages("workload-single-zone") == [
                "all 2 healthy pods are in a, of 3 zones it could run in"
            ]
        )
        #expect(signals.raised("workload-single-node").isEmpty)
    }

    /// The other zones have no node that would take it: nothing could have been better.
    @Test func onlyOneEligibleZoneIsNoFinding() {
        var cluster = cluster()
        for name in ["w-b", "w-b2", "w-c", "w-c2"] {
            cluster.node(name, zone: "\(name.dropFirst(2).prefix(1))") { $0.isCordoned = true }
        }
        cluster.pods(of: cluster.deployment("shop", "web"), on: ["w-a", "w-a2"])
        #expect(cluster.signals()["workload_eligible_zones"] == 1)
        #expect(cluster.signals().raised("workload-single-zone").isEmpty)
    }

    // MARK: workload-zone-pinned

    @Test func pinnedByItsOwnWords() {
        func raised(_ shape: PodShape, on nodes: [String] = ["w-a", "w-a2"]) -> [String] {
            var cluster = cluster()
            cluster.pods(of: cluster.deployment("shop", "web", shape: shape), on: nodes, shape: shape)
            return cluster.signals().messages("workload-zone-pinned")
        }
        let message = ["its node selector or affinity admits a only"]
        #expect(raised(.zones("a")) == message)
        #expect(raised(PodShape(nodeSelector: [zone: "a"])) == message)
        #expect(raised(PodShape(affinity: [[.init(key: zone, op: .notIn, values: ["b", "c"])]])) == message)
        // Two zones in words, one in fact: selector and affinity both have to hold.
        #expect(
            raised(PodShape(nodeSelector: [zone: "a"], affinity: [[.init(key: zone, op: .in, values: ["a", "b"])]]))
                == message
        )
        #expect(raised(.zones("a", "b")).isEmpty)
        #expect(raised(PodShape()).isEmpty)
        // One alternative does not speak of a zone, so it admits all.
        #expect(
            raised(
                PodShape(affinity: [
                    [.init(key: zone, op: .in, values: ["a"])],
                    [.init(key: "kubernetes.io/hostname", op: .exists)],
                ])
            )
            .isEmpty
        )
        // A single pod loses nothing by it.
        #expect(raised(.zones("a"), on: ["w-a"]).isEmpty)
    }

    /// Keys of CSI drivers are labels of nodes, whose values need not be the zones' names; an empty value is no zone.
    @Test func pinnedByTheKeyOfACSIDriver() {
        func raised(_ values: [String], label: String = "eu-1a") -> [String] {
            let key = "topology.disk.csi.azure.com/zone"
            var cluster = cluster()
            for name in ["w-a", "w-a2"] { cluster.node(name, zone: "a", ready: .isTrue, labels: [key: label]) }
            cluster.node("w-b", zone: "b", ready: .isTrue, labels: [key: "eu-1b"])
            let shape = PodShape(affinity: [[.init(key: key, op: .in, values: values)]])
            cluster.pods(of: cluster.deployment("shop", "web", shape: shape), on: ["w-a", "w-a2"], shape: shape)
            return cluster.signals().messages("workload-zone-pinned")
        }
        #expect(raised(["eu-1a"]) == ["its node selector or affinity admits a only"])
        #expect(raised(["eu-1a", "eu-1b"]).isEmpty)
        #expect(raised([""], label: "").isEmpty)
    }

    /// All replicas share the claims that the template names: with a zone's volume they run in that zone alone, with a
    /// node's on that node, and no spreading would move them. Claims of another namespace are others.
    @Test func sharedVolumesAreNoChoice() {
        var cluster = cluster()
        cluster.boundClaim("shop", "shared", zones: ["a"])
        cluster.boundClaim("shop", "regional", zones: ["a", "b"])
        let names = [("shop", "bound", "shared"), ("shop", "free", "regional"), ("other", "elsewhere", "shared")]
        for (namespace, name, claim) in names {
            let web = cluster.deployment(namespace, name, shape: PodShape(claims: [claim]))
            cluster.pods(of: web, on: ["w-a", "w-a2"], claims: [claim, claim])
        }
        let signals = cluster.signals()
        #expect(signals["workload_eligible_zones", ["workload": "bound"]] == 1)
        #expect(signals.raised("workload-single-zone") == ["Deployment other/elsewhere", "Deployment shop/free"])
        cluster.volume("local", affinity: [["kubernetes.io/hostname": ["w-a"]]])
        cluster.claim("shop", "local", volume: "local")
        for (name, shape) in [("local", PodShape(claims: ["local"])), ("crowded", PodShape())] {
            cluster.pods(of: cluster.deployment("shop", name, shape: shape), on: ["w-a", "w-a"])
        }
        #expect(cluster.signals().raised("workload-single-node") == ["Deployment shop/crowded"])
    }

    /// In a cluster of one zone there is no other to run in.
    @Test func pinnedToTheOnlyZoneIsNoFinding() {
        var cluster = ClusterBuilder()
        for name in ["w-1", "w-2"] { cluster.node(name, zone: "a") }
        let web = cluster.deployment("shop", "web", shape: .zones("a"))
        cluster.pods(of: web, on: ["w-1", "w-2"], shape: .zones("a"))
        #expect(cluster.signals().raised("workload-zone-pinned").isEmpty)
    }

    /// A StatefulSet a zone is a layout. Siblings count of the same kind, in the same namespace, in another zone.
    @Test func statefulSetPerZoneIsALayout() {
        var cluster = cluster()
        func add(_ namespace: String, _ name: String, _ zone: String, isStateful: Bool = true) {
            let shape = PodShape.zones(zone)
            let workload =
                isStateful
                ? cluster.statefulSet(namespace, name, shape: shape)
                : cluster.deployment(namespace, name, shape: shape)
            cluster.pods(of: workload, on: ["w-\(zone)", "w-\(zone)2"], shape: shape)
        }
        add("shop", "db-a", "a")
        add("shop", "db-b", "b")
        add("data", "lonely", "a")
        add("twin", "one", "c")
        add("twin", "two", "c")
        add("mixed", "web", "a", isStateful: false)
        add("mixed", "api", "b", isStateful: false)
        #expect(
            cluster.signals().raised("workload-zone-pinned") == [
                "StatefulSet data/lonely", "Deployment mixed/api", "Deployment mixed/web", "StatefulSet twin/one",
                "StatefulSet twin/two",
            ]
        )
    }

    // MARK: workload-single-node

    @Test func allPodsOnOneNode() {
        var cluster = cluster()
        cluster.pods(of: cluster.deployment("shop", "stacked", replicas: 3), on: ["w-a", "w-a", "w-a"])
        cluster.pods(of: cluster.deployment("shop", "two"), on: ["w-a", "w-a2"])
        let shape = PodShape(nodeSelector: ["kubernetes.io/hostname": "w-a"])
        cluster.pods(of: cluster.deployment("shop", "local", shape: shape), on: ["w-a", "w-a"], shape: shape)
        let signals = cluster.signals()
        #expect(signals.raised("workload-single-node") == ["Deployment shop/stacked"])
        #expect(signals.messages("workload-single-node") == ["all 3 healthy pods are on w-a"])
    }

    /// One worker beside the masters takes all there is: no other place, no finding.
    @Test func onlyOneUsableNodeIsNoFinding() {
        var cluster = ClusterBuilder()
        for name in ["cp-1", "cp-2", "cp-3"] {
            cluster.node(name, role: .controlPlane, ready: .isTrue, taints: [ClusterBuilder.controlPlaneTaint])
        }
        cluster.node("w-1")
        cluster.pods(of: cluster.deployment("shop", "web"), on: ["w-1", "w-1"])
        #expect(cluster.signals().raised("workload-single-node").isEmpty)
        // On k3s the masters would take it.
        cluster.node("cp-1", role: .controlPlane, ready: .isTrue)
        #expect(cluster.signals().raised("workload-single-node") == ["Deployment shop/web"])
    }

    // MARK: workload-zone-skew

    private func skew(
        _ nodes: [String],
        maxSkew: Int32 = 1,
        isRequired: Bool = true,
        _ change: (inout Deployment) -> Void = { _ in }
    ) -> [String] {
        var cluster = cluster()
        let shape = PodShape(spread: [.init(maxSkew: maxSkew, isRequired: isRequired)])
        let web = cluster.deployment("shop", "web", replicas: Int32(nodes.count), shape: shape, change)
        cluster.pods(of: web, on: nodes, shape: shape)
        return cluster.signals().messages("workload-zone-skew")
    }

    @Test func skewBeyondTheLimit() {
        // a 3, b 1, c 1: skew 2 over the limit of 1.
        #expect(skew(["w-a", "w-a", "w-a2", "w-b", "w-c"]) == ["zone skew 2, its constraint allows 1"])
        #expect(skew(["w-a", "w-a2", "w-b", "w-c"]).isEmpty)
        #expect(skew(["w-a", "w-a", "w-a2", "w-b", "w-c"], maxSkew: 2).isEmpty)
        // A constraint that only asks is no limit.
        #expect(skew(["w-a", "w-a", "w-a2", "w-b", "w-c"], isRequired: false).isEmpty)
    }

    /// Amid a rollout, or with replicas missing, uneven is what one expects.
    @Test func skewIsNoFindingWhileThingsMove() {
        let nodes = ["w-a", "w-a", "w-a2", "w-b", "w-c"]
        #expect(skew(nodes) { $0.updatedReplicas = 4 }.isEmpty)
        #expect(skew(nodes) { $0.observedGeneration = 0 }.isEmpty)
        #expect(skew(nodes) { $0.availableReplicas = 4 }.isEmpty)
    }

    // MARK: Opt-outs

    /// The spread of a workload is the cluster's business: an exempt namespace stays audible, the annotation does not.
    @Test func onlyTheAnnotationSilencesSpread() {
        var cluster = cluster()
        cluster.settings.optOuts.exemptNamespaces = ["shop"]
        cluster.pods(of: cluster.deployment("shop", "web"), on: ["w-a", "w-a2"])
        #expect(cluster.signals().raised("workload-single-zone") == ["Deployment shop/web"])
        cluster.pods(
            of: cluster.deployment("shop", "web", shape: PodShape(), ignore: "workload-single-zone"),
            on: ["w-a"]
        )
        #expect(cluster.signals().raised("workload-single-zone").isEmpty)
        #expect(cluster.signals()["workload_zones", ["workload": "web"]] == 1)
    }
}
