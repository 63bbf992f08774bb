import ClusterState
import HASignals
import Testing

/// The chat suite as its chart lays it out: two Deployments and seven StatefulSets of one replica each, five of them on
/// one node with the host's backend; then that node stops.
struct ChartSituationTests {
    private static let here = ["synapse-main", "postgres", "worker-a", "worker-b"]
    private static let elsewhere = ["worker-c", "worker-d", "worker-e"]

    /// The cluster; with `isLost` two minutes after node w-1 stopped, when its pods are being evicted and their successors
    /// find no volume elsewhere.
    private func cluster(isLost: Bool) -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for number in 1...3 {
            cluster.node("w-\(number)", zone: "a", ready: number == 1 && isLost ? .unknown : .isTrue)
        }
        cluster.ingressClass("nginx", isDefault: true)
        let deleted = cluster.ago(150)
        for name in Self.here + Self.elsewhere {
            let isGone = isLost && Self.here.contains(name)
            let set = cluster.statefulSet("ess", name, replicas: 1) {
                $0.readyReplicas = isGone ? 0 : 1
                $0.availableReplicas = isGone ? 0 : 1
            }
            cluster.pods(of: set, on: [Self.here.contains(name) ? "w-1" : "w-2"]) {
                guard isGone else { return }
                $0.flags.remove(.ready)
                $0.flags.insert(.wasReady)
                $0.deletion = deleted
            }
            cluster.served("ess", name, endpoints: isGone ? 0 : 1, on: Self.here.contains(name) ? "w-1" : "w-2")
        }
        for name in ["haproxy", "element-web"] {
            let isGone = isLost && name == "haproxy"
            let deployment = cluster.deployment("ess", name, replicas: 1) { $0.availableReplicas = isGone ? 0 : 1 }
            cluster.pods(of: deployment, on: [name == "haproxy" ? "w-1" : "w-2"]) {
                guard isGone else { return }
                $0.flags.remove(.ready)
                $0.flags.insert(.wasReady)
                $0.deletion = deleted
            }
            if isGone {
                cluster.pods(of: deployment, on: [""], from: 1) { $0.flags = [.restartsAlways, .unschedulable] }
            }
            cluster.served("ess", name, endpoints: isGone ? 0 : 1, on: name == "haproxy" ? "w-1" : "w-2")
        }
        cluster.ingress("ess", "chat", class: "nginx", services: ["haproxy"])
        cluster.ingress("ess", "web", class: "nginx", services: ["element-web"])
        return cluster
    }

    @Test func beforeTheLossNothingIsBroken() {
        let loud = cluster(isLost: false).collect().findings.filter { $0.severity != .info }
        #expect(loud.map(\.rule) == [])
    }

    /// A report is made once, after the fact: that main was up is told by its pod.
    @Test func afterTheLossTheNodeIsTheOneCause() {
        let found = cluster(isLost: true).collect()
        let loud = found.findings.filter { $0.severity != .info }
        #expect(Set(loud.map(\.rootCause.object.words)) == ["Node w-1"])
        let critical = Set(loud.filter { $0.severity == .critical }.map { "\($0.rule) \($0.object.words)" })
        #expect(critical.isSuperset(of: Self.here.map { "workload-down StatefulSet ess/\($0)" }))
        #expect(critical.contains("workload-down Deployment ess/haproxy"))
        #expect(
            Set(loud.map(\.rule))
                .isSuperset(of: ["node-not-ready", "ingress-backend-unavailable", "pods-unschedulable"])
        )
        #expect(found.found("workload-never-up").isEmpty)
    }
}
