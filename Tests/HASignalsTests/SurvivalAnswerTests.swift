import ClusterState
import Testing

@testable import HASignals

/// `kube_ha_survives`, `kube_ha_maintenance_safe`, and the answers that a report starts with.
struct SurvivalAnswerTests {
    private static func answers(_ snapshot: SignalSnapshot) -> [SurvivalEvent: Double] {
        var found: [SurvivalEvent: Double] = [:]
        for event in SurvivalEvent.allCases {
            found[event] = snapshot.value("kube_ha_survives", ["event": event.rawValue])
        }
        return found
    }

    @Test func aWellRunClusterSurvivesEverything() {
        let found = SignalRunner.collect(ClusterBuilder.wellRun().view())
        #expect(Self.answers(found) == [.nodeLoss: 1, .zoneLoss: 1, .controlPlaneNodeLoss: 1, .nodeDrain: 1])
        #expect(found.value("kube_ha_maintenance_safe") == 1)
        #expect(found.survival[.nodeLoss].cases == 6 && found.survival[.controlPlaneNodeLoss].cases == 3)
        #expect(found.survival[.nodeLoss].harmless == 6 && found.survival[.zoneLoss].harmless == 3)
        #expect(found.survival.events.allSatisfy { $0.worst == nil && $0.reason.isEmpty })
        #expect(found.value("kube_ha_nodes_drain_safe") == 9)
    }

    /// Every part one replica: it is the hosts that the loss of a node is not survived for.
    @Test func theChatSuiteDoesNotSurviveTheLossOfItsNode() throws {
        let found = SignalRunner.collect(ClusterBuilder.chatSuite().view())
        #expect(found.value("kube_ha_survives", ["event": "node_loss"]) == 0)
        let verdict = found.survival[.nodeLoss]
        #expect(verdict.answer == .no && verdict.worst == "w-a")
        // w-a with haproxy and w-b2 with element-web take a host along, w-b and w-c single replicas, w-a2 nothing.
        #expect(verdict.cases == 5 && verdict.breaking == 2 && verdict.harmless == 1)
        let worst = try #require(found.survival.worstLoss(.nodeLoss))
        #expect(worst.broken.hosts.map(\.name) == ["matrix.example.com"])
        #expect(worst.broken.workloads.isEmpty && worst.broken.services.isEmpty)
        #expect(worst.singleReplicas.applications.map(\.name) == ["matrix-stack"])
        #expect(
            worst.singleReplicas.workloads.map(\.name)
                == ["federation-sender", "haproxy", "postgres", "redis", "synapse-main"]
        )
        #expect(worst.singleReplicas.services.count == 5)
        #expect(found.value("kube_ha_application_single_points", ["application": "matrix-stack"]) == 8)
        #expect(found.value("kube_ha_application_node_loss_workloads_unavailable") == 5)
        // Drains are safe: single replicas come up again elsewhere.
        #expect(found.value("kube_ha_survives", ["event": "node_drain"]) == 1)
        #expect(found.survival.worstDrain()?.obstacles == [.singleReplica: 5])
        #expect(found.survival.singleReplicas.workloads.count == 8)
    }

    /// Who says that a single replica behind a host is meant to be is not told of it.
    @Test func exemptBackendsDoNotCount() {
        var cluster = ClusterBuilder.chatSuite()
        for name in ["haproxy", "element-web"] {
            let ignored = cluster.id("host-single-replica")
            cluster.change(service: name) { $0.meta.ignoredRules = ignored }
        }
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_survives", ["event": "node_loss"]) == 1)
        #expect(found.survival.worstLoss(.nodeLoss)?.singleReplicas.hosts.map(\.name) == ["matrix.example.com"])
        var exempt = ClusterBuilder.chatSuite()
        exempt.settings.optOuts.exemptNamespaces = ["ess"]
        #expect(SignalRunner.collect(exempt.view()).value("kube_ha_survives", ["event": "node_loss"]) == 1)
    }

    @Test func replicasOnOneNodeBreakTheAnswerAndAreExemptByAnnotation() {
        var cluster = ClusterBuilder.wellRun()
        let api = cluster.deployment("shop", "api", replicas: 2) { _ in }
        cluster.pods(of: api, on: ["w-a1", "w-a1"], milliCPU: 100)
        let found = SignalRunner.collect(cluster.view())
        #expect(Self.answers(found) == [.nodeLoss: 0, .zoneLoss: 0, .controlPlaneNodeLoss: 1, .nodeDrain: 0])
        #expect(found.survival.worstLoss(.nodeLoss)?.broken.workloads.map(\.name) == ["api"])
        var quiet = cluster
        let ignored = quiet.id("workload-single-node,workload-single-zone")
        quiet.deployment("shop", "api", replicas: 2) { $0.meta.ignoredRules = ignored }
        // It is meant to be so: the losses are survived, but draining is an outage all the same.
        #expect(
            Self.answers(SignalRunner.collect(quiet.view()))
                == [.nodeLoss: 1, .zoneLoss: 1, .controlPlaneNodeLoss: 1, .nodeDrain: 0]
        )
    }

    /// Two of three members are healthy: another master takes quorum along, and of a zone the same.
    @Test func quorumWithoutSpareDoesNotSurviveAMaster() {
        var cluster = ClusterBuilder.wellRun()
        cluster.probes.etcdClusters[0].members[2].isHealthy = false
        let found = SignalRunner.collect(cluster.view())
        #expect(Self.answers(found)[.controlPlaneNodeLoss] == 0 && Self.answers(found)[.zoneLoss] == 0)
        #expect(Self.answers(found)[.nodeLoss] == 1)
        let verdict = found.survival[.controlPlaneNodeLoss]
        // The third one has lost nothing more to take along.
        #expect(verdict.breaking == 2 && verdict.cases == 3 && verdict.worst == "cp-a")
        #expect(found.survival.worstLoss(.controlPlaneNodeLoss)?.etcdClusters == ["main"])
        #expect(found.value("kube_ha_maintenance_safe") == 0)
    }

    @Test func theLastAPIServerBreaksTheAnswer() {
        var cluster = ClusterBuilder.wellRun()
        for position in 1...2 { cluster.probes.apiServers[position].isReady = false }
        let found = SignalRunner.collect(cluster.view())
        #expect(found.survival.worstLoss(.controlPlaneNodeLoss)?.losesLastAPIServer == true)
        #expect(found.survival[.controlPlaneNodeLoss].worst == "cp-a")
    }

    @Test func clusterDNSOnOneNodeBreaksTheAnswer() {
        var cluster = ClusterBuilder.wellRun()
        cluster.slice("kube-system", "kube-dns", [cluster.endpoint(on: "w-b1")])
        let found = SignalRunner.collect(cluster.view())
        #expect(found.survival[.nodeLoss].worst == "w-b1")
        #expect(found.survival.worstLoss(.nodeLoss)?.losesClusterDNS == true)
    }

    @Test func anIngressControllerOnOneNodeBreaksTheAnswer() {
        var cluster = ClusterBuilder.wellRun()
        cluster.ingressClass("nginx", controller: "k8s.io/ingress-nginx")
        let labels = ["app.kubernetes.io/name": "ingress-nginx"]
        let controller = cluster.deployment("ingress", "nginx", replicas: 1, labels: labels) { _ in }
        cluster.pods(of: controller, on: ["w-c1"])
        #expect(SignalRunner.collect(cluster.view()).value("kube_ha_survives", ["event": "node_loss"]) == 1)
        // Now it carries a host.
        cluster.ingress("shop", "web", class: "nginx", host: "shop.example.com", services: ["web"])
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_survives", ["event": "node_loss"]) == 0)
        #expect(found.survival.worstLoss(.nodeLoss)?.ingressClasses == ["nginx"])
    }

    /// By the label of GEP-1762, which Istio, NGINX Gateway Fabric and kgateway set, and by those of Envoy Gateway.
    @Test(arguments: [
        ("shop", ["gateway.networking.k8s.io/gateway-name": "public"]),
        (
            "envoy-gateway-system",
            [
                "gateway.envoyproxy.io/owning-gateway-name": "public",
                "gateway.envoyproxy.io/owning-gateway-namespace": "shop",
            ]
        ),
    ])
    func proxiesOfAGatewayOnOneNodeBreakTheAnswer(_ namespace: String, _ labels: [String: String]) {
        var cluster = ClusterBuilder.wellRun()
        cluster.gateway("shop", "public")
        let proxy = cluster.deployment(namespace, "public-proxy", replicas: 1, labels: labels)
        cluster.pods(of: proxy, on: ["w-c1"], milliCPU: 100)
        // A proxy of another Gateway of that name.
        let other = cluster.deployment("other", "proxy", replicas: 1, labels: labels.filter { $0.value == "public" })
        cluster.pods(of: other, on: ["w-a1"], milliCPU: 100)
        #expect(SignalRunner.collect(cluster.view()).value("kube_ha_survives", ["event": "node_loss"]) == 1)
        // Now it carries a route.
        cluster.route("shop", "web", parents: [cluster.parent("shop", "public")], backends: ["web"])
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_survives", ["event": "node_loss"]) == 0)
        #expect(found.survival[.nodeLoss].breaking == 1)
        #expect(found.survival.worstLoss(.nodeLoss)?.gateways == ["shop/public"])
        #expect(found.survival.worstLoss(.zoneLoss)?.gateways == ["shop/public"])
        cluster.deployment(namespace, "public-proxy", replicas: 2, labels: labels)
        cluster.pods(of: proxy, on: ["w-b1"], from: 1, milliCPU: 100)
        #expect(SignalRunner.collect(cluster.view()).value("kube_ha_survives", ["event": "node_loss"]) == 1)
    }

    // MARK: Unknown

    @Test func anAreaThatIsUnknownTakesItsAnswersAway() {
        var cluster = ClusterBuilder.wellRun()
        cluster.set(.etcd, .unreachable)
        let found = SignalRunner.collect(cluster.view())
        #expect(Self.answers(found) == [.nodeLoss: 1, .nodeDrain: 1])
        #expect(found.survival[.zoneLoss].reason == "area etcd is unknown: source etcd is unreachable")
        #expect(found.value("kube_ha_maintenance_safe") == nil)
        cluster.set(.pods, .forbidden)
        #expect(Self.answers(SignalRunner.collect(cluster.view())) == [:])
    }

    @Test(arguments: [Source.httproutes, .endpointslices, .ingresses])
    func hostsThatAreNotKnownTakeLossesAway(_ source: Source) {
        var cluster = ClusterBuilder.wellRun()
        cluster.set(source, .forbidden)
        #expect(Self.answers(SignalRunner.collect(cluster.view())) == [.nodeDrain: 1])
        // Without the Gateway API there are no routes to know of.
        if source == .httproutes {
            cluster.set(source, .absent)
            #expect(Self.answers(SignalRunner.collect(cluster.view())).count == 4)
        }
    }

    /// Where the API servers of a managed control plane are is the provider's business: the answer is about the rest.
    @Test func aManagedControlPlaneTakesNoAnswerAway() {
        var cluster = ClusterBuilder()
        for zone in ["a", "b", "c"] { cluster.node("w-\(zone)", zone: zone) }
        cluster.apiServer("203.0.113.7:443")
        cluster.set(.etcd, .disabled)
        #expect(SignalRunner.collect(cluster.view()).value("kube_ha_survives", ["event": "zone_loss"]) == 1)
        // One that is on a node is lost with its zone, whatever the node's role.
        cluster.node("w-a", zone: "a", ready: .isTrue, addresses: ["203.0.113.7"])
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_survives", ["event": "zone_loss"]) == 0)
        #expect(found.survival.worstLoss(.zoneLoss)?.losesLastAPIServer == true)
    }

    /// Nobody knows which zone the node without a label is in; a single replica there is none of those that must survive.
    @Test func onlyWhatIsMeantToSurviveLeavesAZoneUnknown() {
        var cluster = ClusterBuilder.wellRun()
        cluster.node("w-new")
        let one = cluster.deployment("shop", "one", replicas: 1)
        cluster.pods(of: one, on: ["w-new"], milliCPU: 100)
        cluster.service("shop", "one", selector: one.labels)
        cluster.slice("shop", "one", [cluster.endpoint(on: "w-new")])
        #expect(SignalRunner.collect(cluster.view()).value("kube_ha_survives", ["event": "zone_loss"]) == 1)
        let two = cluster.deployment("shop", "two", replicas: 2)
        cluster.pods(of: two, on: ["w-new", "w-a1"], milliCPU: 100)
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_survives", ["event": "zone_loss"]) == nil)
        #expect(found.survival[.zoneLoss].reason == "the zone of a healthy pod is not known")
    }

    @Test func aFrozenControlPlaneTakesEveryAnswerAway() {
        var cluster = ClusterBuilder.wellRun()
        cluster.set(.leases, .failing)
        let found = SignalRunner.collect(cluster.view())
        #expect(Self.answers(found) == [:])
        #expect(found.value("kube_ha_maintenance_safe") == nil)
        #expect(found.areas.first { $0.name == .survival }?.status == .unknown)
    }

    @Test func eventsThatCannotHappenHaveNoAnswer() {
        var one = ClusterBuilder()
        one.node("only", zone: "a")
        let single = SignalRunner.collect(one.view())
        #expect(single.survival[.nodeLoss].reason == "the cluster has one node")
        #expect(single.survival[.zoneLoss].reason == "the cluster is in one zone")
        #expect(
            single.survival[.controlPlaneNodeLoss].reason
                == "no node has the control-plane role: a managed control plane"
        )
        #expect(
            SignalRunner.collect(ClusterBuilder.workers(3).view()).survival[.zoneLoss].reason
                == "no node has a zone label"
        )
    }

    // MARK: Maintenance

    @Test func maintenanceWaitsForWhatIsBroken() {
        var cordoned = ClusterBuilder.wellRun()
        cordoned.change(node: "w-a1") { $0.isCordoned = true }
        let found = SignalRunner.collect(cordoned.view())
        #expect(found.value("kube_ha_maintenance_safe") == 0)
        #expect(found.survival.maintenance.reasons == ["node w-a1 is cordoned"])
        var down = ClusterBuilder.wellRun()
        down.change(node: "w-a1") { $0.ready = .isFalse }
        let reasons = SignalRunner.collect(down.view()).survival.maintenance.reasons
        #expect(reasons.contains("node-not-ready: Node w-a1"))
    }

    /// Both members are needed: who reboots one of their nodes takes quorum away.
    @Test func maintenanceIsNotSafeWithTwoMembers() {
        var cluster = ClusterBuilder.wellRun()
        cluster.probes.etcdClusters[0].members.removeLast()
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_maintenance_safe") == 0)
        #expect(found.survival.maintenance.reasons == ["etcd-two-members: EtcdCluster main"])
    }

    /// A gate must not open because nobody looked.
    @Test(arguments: ["node-not-ready", "webhook-blocks-pods", "etcd-quorum-lost"])
    func aRuleThatIsSwitchedOffKeepsTheGateShut(_ rule: String) {
        var cluster = ClusterBuilder.wellRun()
        cluster.settings.optOuts.disabledRules = [rule]
        let found = SignalRunner.collect(cluster.view())
        #expect(found.value("kube_ha_maintenance_safe") == nil)
        #expect(found.survival.maintenance.reasons == ["rule \(rule) is not evaluated"])
    }

    // MARK: Rules evaluated

    @Test func areasTellHowManyRulesWereEvaluated() {
        var cluster = ClusterBuilder.wellRun()
        let whole = SignalRunner.collect(cluster.view())
        for area in allAreas where whole.areas.first(where: { $0.name == area.name })?.status != .notApplicable {
            let labels = ["area": area.name.rawValue]
            #expect(whole.value("kube_ha_area_rules_evaluated_ratio", labels) == 1, "\(area.name.rawValue)")
        }
        cluster.set(.persistentvolumeclaims, .forbidden)
        let part = SignalRunner.collect(cluster.view())
        // rollout-volume-deadlock is one of five.
        #expect(part.value("kube_ha_area_rules_evaluated_ratio", ["area": "rollouts"]) == 0.8)
        // Without what the operator switched off, all that is left was evaluated.
        cluster.settings.optOuts.disabledRules = ["rollout-volume-deadlock"]
        let less = SignalRunner.collect(cluster.view())
        #expect(less.value("kube_ha_area_rules_evaluated_ratio", ["area": "rollouts"]) == 1)
    }
}

extension ClusterBuilder {
    /// Changes a node that is there.
    fileprivate mutating func change(node name: String, _ change: (inout Node) -> Void) {
        guard let id = state.interner.find(name), var row = state.nodes.all.first(where: { $0.meta.name == id }) else {
            return
        }
        change(&row)
        state.nodes.upsert(row)
    }

    /// Changes a Service that is there.
    fileprivate mutating func change(service name: String, _ change: (inout Service) -> Void) {
        guard let id = state.interner.find(name), var row = state.services.all.first(where: { $0.meta.name == id })
        else { return }
        change(&row)
        state.services.upsert(row)
    }
}
