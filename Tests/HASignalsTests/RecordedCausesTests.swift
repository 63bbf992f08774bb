import HASignals
import TestFixtures
import Testing

/// What explains what in the recordings, worked out by hand from their `.json`.
struct RecordedCausesTests {
    private func roots(_ fixture: Fixture) throws -> [String: Set<String>] {
        SignalRunner.collect(try RecordedSignalsTests.cluster(fixture)).findingsByRoot
    }

    /// worker-00005 holds, not Ready, as many pods of each of these workloads as they lack: two of web, one of the others.
    /// Of stuck, which lacks two, it holds one: that is its own rollout's doing.
    @Test func lostWorkerIsTheCauseOfWhatItCausedAndOfNothingElse() throws {
        #expect(
            try roots(.degraded)["Node worker-00005"] == [
                "node-not-ready Node worker-00005",
                "workload-deficit StatefulSet data/postgres",
                "workload-deficit Deployment kube-system/coredns",
                "workload-deficit ReplicationController legacy/old-rc",
                "workload-deficit Deployment shop/never-moves",
                "workload-deficit Deployment shop/no-rollback",
                "workload-deficit Deployment shop/overlap",
                "workload-deficit Deployment shop/web",
                // The other pod of coredns is on worker-00006.
                "cluster-dns-single-node Service kube-system/kube-dns",
                // Their budgets allow one pod to be away, and that one was on worker-00005.
                "pdb-exhausted PodDisruptionBudget data/postgres",
                "pdb-exhausted PodDisruptionBudget shop/web",
            ]
        )
    }

    /// No lease and no pod tells that the API server at 192.0.2.12 lived on cp-2, and the member that is silent is called
    /// cp-3, whose node is Ready.
    @Test func lostMasterIsTheCauseOfNothingElse() throws {
        let roots = try roots(.degraded)
        #expect(roots["Node cp-2"] == ["node-not-ready Node cp-2", "master-not-ready Node cp-2"])
        #expect(roots["APIServer 192.0.2.12:6443"] == ["apiserver-not-ready APIServer 192.0.2.12:6443"])
        #expect(
            roots["EtcdMember cp-3"] == ["etcd-member-unhealthy EtcdMember cp-3", "etcd-no-tolerance EtcdCluster main"]
        )
    }

    @Test func otherTroubleHasItsOwnCauses() throws {
        // Advice about how an object is written is no trouble of now.
        let roots = try roots(.degraded).mapValues { $0.filter { !$0.hasPrefix("workload-without-") } }
        #expect(
            roots["Deployment shop/stuck"] == [
                "rollout-stuck Deployment shop/stuck",
                "workload-deficit Deployment shop/stuck",
                "workload-never-up Deployment shop/stuck",
                "service-without-endpoints Service shop/early",
                "service-without-endpoints Service shop/stuck",
                "ingress-backend-unavailable Ingress shop/broken",
                "httproute-backend-unavailable HTTPRoute shop/half-broken",
                "apiservice-unavailable APIService v1beta1.metrics.example.com",
                "webhook-no-endpoints ValidatingWebhookConfiguration fail-closed",
            ]
        )
        #expect(
            roots["PersistentVolumeClaim data/data-orphan-volume-0"] == [
                "claim-pending PersistentVolumeClaim data/data-orphan-volume-0",
                "workload-deficit StatefulSet data/orphan-volume",
                "workload-never-up StatefulSet data/orphan-volume",
                "service-without-endpoints Service data/orphan-volume",
                "pods-unschedulable Namespace data/data",
            ]
        )
        #expect(
            roots["Deployment sandbox/quota-bound"] == [
                "workload-cannot-create-pods Deployment sandbox/quota-bound",
                "workload-deficit Deployment sandbox/quota-bound",
            ]
        )
        // Nothing explains pods that ask for more than any node has.
        #expect(roots["Namespace shop/shop"]?.contains("pods-unschedulable Namespace shop/shop") == true)
    }

    /// Where nothing is wrong but practice, everything explains itself.
    @Test func healthyClusterHasNoCausesButItself() throws {
        let snapshot = SignalRunner.collect(try RecordedSignalsTests.cluster(.healthy))
        let caused = snapshot.findings.filter { $0.rootCause.object.kind == "Node" && $0.object.kind != "Node" }
        #expect(caused.map(\.rule) == [])
    }

    @Test(arguments: Fixture.allCases)
    func causesComeToAnEnd(_ fixture: Fixture) throws {
        #expect(!SignalRunner.collect(try RecordedSignalsTests.cluster(fixture)).haveCausesACycle)
    }
}
