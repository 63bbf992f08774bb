import ClusterState
import HASignals
import TestFixtures
import Testing

/// What the control plane explains, and what explains it.
struct ControlPlaneCausesTests {
    /// No lease has changed for two minutes, though they did before.
    private func stalled(_ change: (inout ClusterBuilder) -> Void) -> SignalSnapshot {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.node("w-a", zone: "a", ready: .unknown)
        let web = cluster.deployment("shop", "web", replicas: 2) { $0.availableReplicas = 1 }
        cluster.pods(of: web, on: ["w-a", "w-b"])
        cluster.lease("kube-scheduler", renewedAgo: 10)
        cluster.observe(uptime: 0)
        cluster.lease("kube-scheduler", renewedAgo: 2)
        cluster.observe(uptime: 10)
        cluster.observe(uptime: 130)
        change(&cluster)
        return SignalRunner.collect(cluster.view())
    }

    @Test func stalledControlPlaneExplainsWhatItFreezes() {
        let found = stalled { _ in }
        #expect(found.root("cluster-writes-stalled") == "Cluster")
        #expect(found.root("workload-deficit") == "Cluster")
        #expect(found.root("node-not-ready") == "Cluster")
        let node = found.findings.first { $0.rule == "node-not-ready" }
        #expect(node?.rootCause.rule == "cluster-writes-stalled")
    }

    /// Quorum is behind writes that stall; the nodes of its members, whose state is old, are not behind quorum.
    @Test func quorumExplainsStalledWritesAndNoNodeExplainsQuorum() {
        let found = stalled { cluster in
            cluster.node("cp-b", zone: "b", role: .controlPlane, ready: .unknown)
            cluster.node("cp-c", zone: "c", role: .controlPlane, ready: .unknown)
            cluster.etcd([.up(1, "cp-a") { $0.isHealthy = false }, .silent(2, "cp-b"), .silent(3, "cp-c")])
        }
        #expect(found.root("etcd-quorum-lost") == "EtcdCluster main")
        for rule in ["cluster-writes-stalled", "etcd-no-leader", "workload-deficit"] {
            #expect(found.root(rule) == "EtcdCluster main", "\(rule)")
        }
        #expect(found.root("node-not-ready", "Node cp-b") == "EtcdCluster main")
        // The member that answers lacks nothing but quorum; the others do not answer.
        #expect(found.root("etcd-member-unhealthy", "EtcdMember cp-a") == "EtcdCluster main")
        #expect(found.root("etcd-member-unhealthy", "EtcdMember cp-b") == "EtcdMember cp-b")
        #expect(!found.haveCausesACycle)
    }

    @Test func masterExplainsItsAPIServerAndItsMember() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.observe(uptime: 0)
        cluster.node("cp-b", zone: "b", role: .controlPlane, ready: .unknown, addresses: ["10.0.0.2"])
        cluster.apiServer("10.0.0.2:6443", isReachable: false)
        cluster.etcd([.up(1, "cp-a"), .silent(2, "cp-b"), .up(3, "cp-c")])
        let found = SignalRunner.collect(cluster.view())
        for rule in [
            "master-not-ready", "node-not-ready", "apiserver-not-ready", "apiserver-missing", "etcd-member-unhealthy",
            "etcd-no-tolerance",
        ] {
            #expect(found.root(rule) == "Node cp-b", "\(rule)")
        }
        #expect(found.cause("apiserver-missing") == "APIServer 10.0.0.2:6443")
        #expect(found.cause("etcd-no-tolerance") == "EtcdMember cp-b")
    }

    /// An instance that is not there at all is missing for another reason than the one that does not answer.
    @Test func missingInstancesAreNotExplainedByOthers() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        cluster.settings.expectedAPIServers = 4
        cluster.node("cp-b", zone: "b", role: .controlPlane, ready: .unknown, addresses: ["10.0.0.2"])
        cluster.apiServer("10.0.0.2:6443", isReachable: false)
        let found = SignalRunner.collect(cluster.view())
        #expect(found.root("apiserver-missing") == "Cluster")
        #expect(found.root("apiserver-not-ready") == "Node cp-b")
    }

    @Test func apiServersWithoutEtcdAreExplainedByIt() {
        var cluster = ClusterBuilder.threeZones()
        for number in 1...3 { cluster.apiServer("10.0.0.\(number):6443", isEtcdReady: false) }
        cluster.probes.roundsWithoutServing = 2
        cluster.etcd([.silent(1, "cp-a"), .silent(2, "cp-b"), .up(3, "cp-c") { $0.isHealthy = false }])
        let found = SignalRunner.collect(cluster.view())
        #expect(found.root("apiserver-none-serving") == "EtcdCluster main")
        #expect(found.root("apiserver-not-ready", "APIServer 10.0.0.1:6443") == "EtcdCluster main")
    }

    /// Clusters at random, with webhooks that judge their own pods and everything down here and there: no chain of causes
    /// comes back to an object that it passed.
    @Test(arguments: UInt64(1)...40)
    func causesComeToAnEnd(_ seed: UInt64) {
        var random = TestRandom(seed: seed)
        var cluster = ClusterBuilder()
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        for number in 0..<9 {
            cluster.node(
                "n\(number)",
                zone: ["a", "b", "c"][number % 3],
                role: number < 3 ? .controlPlane : .worker,
                ready: chance(40) ? .unknown : .isTrue,
                addresses: ["10.0.0.\(number + 1)"]
            )
        }
        for number in 1...3 {
            cluster.apiServer("10.0.0.\(number):6443", isReachable: chance(70), isEtcdReady: chance(70))
        }
        cluster.probes.roundsWithoutServing = 2
        cluster.etcd(
            (1...3).map { chance(60) ? .up($0, "n\($0 - 1)") { $0.isHealthy = true } : .silent($0, "n\($0 - 1)") }
        )
        for number in 0..<8 {
            let name = "app\(number)"
            let replicas = Int32.random(in: 1...3, using: &random)
            let workload = cluster.deployment("shop", name, replicas: replicas) {
                $0.availableReplicas = chance(50) ? 0 : replicas
                $0.progressing = chance(20) ? .isFalse : .isTrue
                $0.replicaFailure = chance(20) ? .isTrue : .isFalse
            }
            let nodes = (0..<replicas).map { _ in "n\(Int.random(in: 0..<9, using: &random))" }
            cluster.pods(
                of: workload,
                on: nodes,
                claims: nodes.map { _ in "disk\(Int.random(in: 0..<4, using: &random))" }
            )
            cluster.served("shop", name, endpoints: chance(50) ? 0 : 1)
            cluster.ingress("shop", name, services: [name, "app\(Int.random(in: 0..<8, using: &random))"])
            var webhook = AdmissionWebhook(name: cluster.id("hook.example.com"))
            webhook.service = WebhookService(namespace: cluster.id("shop"), name: cluster.id(name))
            webhook.matchesPodCreation = true
            let meta = cluster.meta("MutatingWebhookConfiguration", "", name)
            cluster.state.mutatingWebhookConfigurations.upsert(
                MutatingWebhookConfiguration(meta: meta, webhooks: [webhook])
            )
            cluster.budget("shop", name, selecting: ["app": name], maxUnavailable: .number(1), expected: replicas)
        }
        for number in 0..<4 { cluster.claim("shop", "disk\(number)", volume: chance(50) ? "pv" : "") }
        #expect(!SignalRunner.collect(cluster.view()).haveCausesACycle)
    }
}
