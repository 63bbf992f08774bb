import ClusterState
import Exposition
import HASignals
import TestFixtures
import Testing

/// What explains a finding: SIGNALS, «Causes».
struct CausesTests {
    // MARK: Nodes and zones

    /// Three nodes, and a Deployment of three of which two are missing; the nodes of its pods are given, those of the
    /// first `podsLeft` are not Ready.
    private func lacking(podsOn nodes: [String], down: [String], available: Int32 = 1) -> SignalSnapshot {
        var cluster = ClusterBuilder.workers(4)
        for node in down { cluster.node(node, ready: .unknown) }
        let web = cluster.deployment("shop", "web", replicas: 3) { $0.availableReplicas = available }
        cluster.pods(of: web, on: nodes)
        return cluster.collect()
    }

    @Test func nodeExplainsADeficitIffItHoldsAsManyPods() {
        let both = lacking(podsOn: ["w-1", "w-1", "w-2"], down: ["w-1"])
        #expect(both.cause("workload-deficit") == "Node w-1")
        #expect(both.root("workload-deficit") == "Node w-1")
        let one = lacking(podsOn: ["w-1", "w-3", "w-2"], down: ["w-1"])
        #expect(one.cause("workload-deficit") == nil)
        #expect(one.root("workload-deficit") == "Deployment shop/web")
    }

    /// A pod that is being evicted is still bound to the node that it cannot leave; one that has failed is not missing.
    @Test func terminatingPodsCountAndFinishedOnesDoNot() {
        func cause(_ change: @escaping (inout Pod) -> Void) -> String? {
            var cluster = ClusterBuilder.workers(2)
            cluster.node("w-1", ready: .unknown)
            let web = cluster.deployment("shop", "web", replicas: 2) { $0.availableReplicas = 1 }
            cluster.pods(of: web, on: ["w-2"])
            cluster.pods(of: web, on: ["w-1"], from: 1, change)
            return cluster.collect().cause("workload-deficit")
        }
        let now = ClusterBuilder().ago(30)
        #expect(cause { $0.deletion = now } == "Node w-1")
        #expect(cause { $0.flags = [.failed] } == nil)
    }

    @Test func ofSeveralNodesTheOneWithMostExplains() {
        let found = lacking(podsOn: ["w-1", "w-2", "w-2"], down: ["w-1", "w-2"], available: 0)
        #expect(found.root("workload-never-up") == "Node w-2")
        // Of equals the first by name.
        let equal = lacking(podsOn: ["w-2", "w-1", "w-3"], down: ["w-1", "w-2"])
        #expect(equal.root("workload-deficit") == "Node w-1")
    }

    @Test func lostZoneExplainsItsNodesAndWhatTheyHold() {
        var cluster = ClusterBuilder.threeZones()
        for node in ["cp-a", "w-a"] {
            cluster.node(node, zone: "a", role: node == "cp-a" ? .controlPlane : .worker, ready: .unknown)
        }
        let web = cluster.deployment("shop", "web", replicas: 2) { $0.availableReplicas = 1 }
        cluster.pods(of: web, on: ["w-a", "w-b"])
        let found = cluster.collect()
        #expect(found.cause("workload-deficit") == "Node w-a")
        #expect(found.root("workload-deficit") == "Zone a")
        #expect(found.root("node-not-ready", "Node w-a") == "Zone a")
        #expect(found.root("zone-lost") == "Zone a")
        #expect(found.cause("zone-lost") == nil)
    }

    /// Three of four nodes are over half; two of four are each their own trouble.
    @Test func degradedZoneExplainsItsNodes() {
        func root(down: Int) -> String? {
            var cluster = ClusterBuilder()
            for number in 1...4 { cluster.node("a\(number)", zone: "a", ready: number <= down ? .unknown : .isTrue) }
            cluster.node("b1", zone: "b")
            let web = cluster.deployment("shop", "web", replicas: 2) { $0.availableReplicas = 1 }
            cluster.pods(of: web, on: ["a1", "b1"])
            return cluster.collect().root("workload-deficit")
        }
        #expect(root(down: 3) == "Zone a")
        #expect(root(down: 2) == "Node a1")
    }

    @Test func stuckPodsAndHeldVolumesAreTheNodes() {
        var cluster = ClusterBuilder.workers(2)
        cluster.node("w-1", ready: .unknown) { $0.readySince = ClusterBuilder().ago(900) }
        let db = cluster.statefulSet("data", "db", replicas: 1) { $0.availableReplicas = 0 }
        let deleted = cluster.ago(600)
        cluster.pods(of: db, on: ["w-1"]) { $0.deletion = deleted }
        cluster.pod("data", "other", on: "w-2") { $0.deletion = deleted }
        cluster.attachment("pv", on: "w-1")
        let found = cluster.collect()
        #expect(found.root("pod-stuck-terminating", "Pod data/db-0") == "Node w-1")
        #expect(found.root("pod-stuck-terminating", "Pod data/other") == "Pod data/other")
        #expect(found.root("statefulset-held-by-dead-node") == "Node w-1")
        #expect(found.root("volume-held-by-dead-node") == "Node w-1")
    }

    // MARK: The workload's own

    @Test func stuckRolloutExplainsWhatNoNodeDoes() throws {
        var cluster = ClusterBuilder.workers(2)
        cluster.deployment("shop", "web", replicas: 2) {
            $0.availableReplicas = 0
            $0.progressing = .isFalse
            $0.hasCompletedRollout = false
        }
        cluster.served("shop", "web", endpoints: 0)
        let found = cluster.collect()
        let deficit = try #require(found.findings.first { $0.rule == "workload-deficit" })
        #expect(deficit.cause == Cause(object: deficit.object, rule: "rollout-stuck"))
        #expect(found.root("service-without-endpoints") == "Deployment shop/web")
        #expect(found.cause("service-without-endpoints") == "Deployment shop/web")
        let service = try #require(found.findings.first { $0.rule == "service-without-endpoints" })
        #expect(service.rootCause.rule == "rollout-stuck")
    }

    @Test func refusedCreationExplainsADeficit() throws {
        var cluster = ClusterBuilder.workers(2)
        cluster.deployment("shop", "web", replicas: 2) {
            $0.availableReplicas = 1
            $0.replicaFailure = .isTrue
        }
        let found = cluster.collect()
        let deficit = try #require(found.findings.first { $0.rule == "workload-deficit" })
        #expect(deficit.cause == Cause(object: deficit.object, rule: "workload-cannot-create-pods"))
    }

    /// The claim is what its pod waits for, whatever the controller calls stuck meanwhile.
    @Test func pendingClaimExplainsAWorkloadAndItsUnschedulablePods() {
        var cluster = ClusterBuilder.workers(2)
        let db = cluster.statefulSet("data", "db", replicas: 1) { $0.availableReplicas = 0 }
        cluster.pod("data", "db-0", of: db, claims: ["disk-db-0"]) { $0.flags = [.restartsAlways, .unschedulable] }
        cluster.storageClass("fast") { $0.bindingMode = .immediate }
        cluster.claim("data", "disk-db-0", class: "fast")
        cluster.served("data", "db", endpoints: 0)
        let found = cluster.collect()
        for rule in ["workload-never-up", "workload-deficit", "pods-unschedulable", "service-without-endpoints"] {
            #expect(found.root(rule) == "PersistentVolumeClaim data/disk-db-0", "\(rule)")
        }
        #expect(found.cause("claim-pending") == nil)
    }

    // MARK: Services and what stands before them

    /// Host to node: each link is there, and the last is what is told.
    @Test func everythingBeforeAServiceIsExplainedByItsWorkloadsNode() {
        var cluster = ClusterBuilder.workers(2)
        cluster.node("w-1", ready: .unknown)
        let web = cluster.deployment("shop", "web", replicas: 1) { $0.availableReplicas = 0 }
        cluster.pods(of: web, on: ["w-1"])
        cluster.served("shop", "web", endpoints: 0)
        cluster.ingress("shop", "front", services: ["web"])
        cluster.route("shop", "front", parents: [], backends: ["web"])
        let service = WebhookService(namespace: cluster.id("shop"), name: cluster.id("web"))
        var webhook = AdmissionWebhook(name: cluster.id("check.example.com"))
        webhook.service = service
        cluster.state.validatingWebhookConfigurations.upsert(
            ValidatingWebhookConfiguration(
                meta: cluster.meta("ValidatingWebhookConfiguration", "", "check"),
                webhooks: [webhook]
            )
        )
        var api = APIService(meta: cluster.meta("APIService", "", "v1.metrics"))
        api.hasService = true
        api.serviceNamespace = service.namespace
        api.serviceName = service.name
        api.available = .isFalse
        cluster.state.apiServices.upsert(api)
        let found = cluster.collect()
        for rule in [
            "ingress-backend-unavailable", "httproute-backend-unavailable", "webhook-no-endpoints",
            "apiservice-unavailable",
        ] {
            #expect(found.cause(rule) == "Service shop/web", "\(rule)")
            #expect(found.root(rule) == "Node w-1", "\(rule)")
        }
        #expect(found.root("workload-down") == "Node w-1")
    }

    /// Of two Services without endpoints the one that something explains is named before one that is not there.
    @Test func backendThatIsExplainedIsNamedFirst() {
        var cluster = ClusterBuilder.workers(2)
        cluster.node("w-1", ready: .unknown)
        let web = cluster.deployment("shop", "web", replicas: 1) { $0.availableReplicas = 0 }
        cluster.pods(of: web, on: ["w-1"])
        cluster.served("shop", "web", endpoints: 0)
        cluster.ingress("shop", "both", services: ["absent", "web"])
        cluster.ingress("shop", "one", services: ["absent"])
        let found = cluster.collect()
        #expect(found.root("ingress-backend-unavailable", "Ingress shop/both") == "Node w-1")
        #expect(found.root("ingress-backend-unavailable", "Ingress shop/one") == "Service shop/absent")
    }

    /// A Service whose workload runs lacks endpoints for a reason of its own, whatever the workload lacks.
    @Test func workloadThatRunsDoesNotExplainAnEmptyService() {
        var cluster = ClusterBuilder.workers(3)
        cluster.node("w-1", ready: .unknown)
        let web = cluster.deployment("shop", "web", replicas: 2) { $0.availableReplicas = 1 }
        cluster.pods(of: web, on: ["w-1", "w-2"])
        cluster.service("shop", "web", selector: ["app": "web"])
        cluster.slice("shop", "web", [cluster.endpoint(on: "w-2")], hasPorts: false)
        let found = cluster.collect()
        #expect(found.root("workload-deficit") == "Node w-1")
        #expect(found.root("service-without-endpoints") == "Service shop/web")
    }

    @Test func whatIsLeftAloneIsExplainedByTheNodeThatHeldTheOthers() {
        var cluster = ClusterBuilder.workers(4)
        cluster.node("w-1", ready: .unknown)
        let dns = cluster.deployment("kube-system", "coredns", replicas: 3, labels: ["k8s-app": "kube-dns"]) {
            $0.availableReplicas = 2
        }
        cluster.pods(of: dns, on: ["w-1", "w-2", "w-2"])
        cluster.service("kube-system", "kube-dns", selector: ["k8s-app": "kube-dns"])
        cluster.slice("kube-system", "kube-dns", [cluster.endpoint(on: "w-2"), cluster.endpoint(on: "w-2")])
        cluster.budget(
            "kube-system",
            "dns",
            selecting: ["k8s-app": "kube-dns"],
            maxUnavailable: .number(1),
            expected: 3,
            healthy: 2,
            desired: 2
        )
        let found = cluster.collect()
        for rule in ["workload-single-node", "cluster-dns-single-node", "pdb-exhausted"] {
            #expect(found.root(rule) == "Node w-1", "\(rule)")
        }
    }

    // MARK: Unschedulable pods

    private func unschedulable(
        volumeIn zones: [String],
        _ change: (inout ClusterBuilder) -> Void
    ) -> SignalSnapshot {
        var cluster = ClusterBuilder()
        for zone in ["a", "b"] { for number in 1...2 { cluster.node("w-\(zone)\(number)", zone: zone) } }
        cluster.boundClaim("data", "disk", zones: zones)
        let database = cluster.controller("Cluster", "data", "pg")
        cluster.pod("data", "pg-1", of: database, claims: ["disk"]) { $0.flags = [.restartsAlways, .unschedulable] }
        change(&cluster)
        return cluster.collect()
    }

    /// Where nothing explains its workload, the place that the volume is bound to does, if something is wrong there.
    @Test func volumeBindsAnUnschedulablePodToItsZone() {
        let lost = unschedulable(volumeIn: ["a"]) { cluster in
            for number in 1...2 { cluster.node("w-a\(number)", zone: "a", ready: .unknown) }
        }
        #expect(lost.root("pods-unschedulable") == "Zone a")
        let cordoned = unschedulable(volumeIn: ["a"]) { $0.node("w-a1", zone: "a") { $0.isCordoned = true } }
        #expect(cordoned.root("pods-unschedulable") == "Zone a")
        let well = unschedulable(volumeIn: ["a"]) { $0.node("w-b1", zone: "b", ready: .unknown) }
        #expect(well.root("pods-unschedulable") == "Namespace data/data")
        let anywhere = unschedulable(volumeIn: ["a", "b"]) { $0.node("w-a1", zone: "a", ready: .unknown) }
        #expect(anywhere.root("pods-unschedulable") == "Namespace data/data")
    }

    @Test func volumeBindsAnUnschedulablePodToItsNode() {
        var cluster = ClusterBuilder.workers(2)
        cluster.node("w-1") { $0.isCordoned = true }
        let host = cluster.id("kubernetes.io/hostname")
        let name = cluster.id("w-1")
        cluster.boundClaim("data", "disk", zones: [])
        var volume = PersistentVolume(meta: cluster.meta("PersistentVolume", "", "pv-disk"))
        volume.phase = .bound
        volume.nodeAffinity = [
            NodeSelectorTerm(expressions: [LabelRequirement(key: host, op: .in, values: [name])])
        ]
        cluster.state.persistentVolumes.upsert(volume)
        cluster.pod("data", "db-0", claims: ["disk"]) { $0.flags = [.restartsAlways, .unschedulable] }
        #expect(cluster.collect().root("pods-unschedulable") == "Node w-1")
    }

    /// The finding is about all pods of the namespace: what explains one of them explains nothing.
    @Test func podsOfDifferentCausesHaveNoneInCommon() {
        var cluster = ClusterBuilder.workers(2)
        cluster.node("w-1", ready: .unknown)
        let web = cluster.deployment("shop", "web", replicas: 1) { $0.availableReplicas = 0 }
        let deleted = cluster.ago(60)
        cluster.pods(of: web, on: ["w-1"]) { $0.deletion = deleted }
        cluster.pods(of: web, on: [""], from: 1) { $0.flags = [.restartsAlways, .unschedulable] }
        #expect(cluster.collect().root("pods-unschedulable") == "Node w-1")
        cluster.pod("shop", "huge") { $0.flags = [.restartsAlways, .unschedulable] }
        #expect(cluster.collect().root("pods-unschedulable") == "Namespace shop/shop")
    }

    // MARK: Series

    @Test func everyFindingWithASeriesHasACauseWithOne() throws {
        let cluster = try RecordedSignalsTests.cluster(.degraded)
        let table = SignalRunner.collect(cluster).table
        func keys(_ family: String) -> [String] {
            table.samples(of: family)
                .map { sample in
                    ["area", "rule", "kind", "namespace", "name"].map { sample[$0] ?? "" }.joined(separator: " ")
                }
        }
        #expect(keys("kube_ha_finding_cause") == keys("kube_ha_finding"))
        #expect(!keys("kube_ha_finding").isEmpty)
    }
}
