import ClusterState
import HASignals
import Testing

struct NetworkPoliciesTests {
    static func cluster() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        cluster.node("worker-1")
        cluster.namespace("shop")
        cluster.pod("shop", "web-1", on: "worker-1", labels: ["app": "web"])
        cluster.pod("shop", "db-1", on: "worker-1", labels: ["app": "db"])
        return cluster
    }

    static func addPolicy(
        _ cluster: inout ClusterBuilder,
        _ directions: NetworkPolicy.Directions,
        selecting labels: [String: String] = [:]
    ) {
        var policy = NetworkPolicy(meta: cluster.meta("NetworkPolicy", "shop", "policy"), directions: directions)
        policy.podSelector = cluster.selector(labels)
        cluster.state.networkPolicies.upsert(policy)
    }

    static func unprotected(_ snapshot: SignalSnapshot, _ direction: String, in namespace: String = "shop") -> Double? {
        snapshot.value(
            "kube_ha_namespace_pods_unprotected",
            ["namespace": namespace, "direction": direction]
        )
    }

    /// Where `policyTypes` is empty the API server fills in Ingress, and Egress only for a policy with egress rules: a
    /// policy that says nothing of egress must not count as one that closes it.
    @Test func policyTypesDefaultAsTheAPIServerDoes() {
        #expect(NetworkPolicy.directions(policyTypes: nil, hasEgressRules: false) == .ingress)
        #expect(NetworkPolicy.directions(policyTypes: nil, hasEgressRules: true) == [.ingress, .egress])
        #expect(NetworkPolicy.directions(policyTypes: .egress, hasEgressRules: false) == .egress)
        #expect(NetworkPolicy.directions(policyTypes: .ingress, hasEgressRules: true) == .ingress)
    }

    @Test func podsWithoutPolicyAreCountedByDirection() {
        var cluster = Self.cluster()
        Self.addPolicy(&cluster, .ingress, selecting: ["app": "web"])
        let snapshot = cluster.collect()
        #expect(Self.unprotected(snapshot, "ingress") == 1)
        #expect(Self.unprotected(snapshot, "egress") == 2)
        #expect(snapshot.value("kube_ha_namespace_network_policies", ["namespace": "shop"]) == 1)
        #expect(snapshot.message("pods-without-network-policy") == "no policy selects 1 of its 2 running pods")
    }

    /// An empty podSelector selects every pod of the namespace, and of no other.
    @Test func emptySelectorSelectsTheNamespace() {
        var cluster = Self.cluster()
        cluster.pod("other", "other-1", on: "worker-1", labels: ["app": "web"])
        Self.addPolicy(&cluster, [.ingress, .egress])
        let snapshot = cluster.collect()
        #expect(Self.unprotected(snapshot, "ingress") == 0)
        #expect(Self.unprotected(snapshot, "egress") == 0)
        #expect(Self.unprotected(snapshot, "ingress", in: "other") == 1)
        #expect(snapshot.objects("pods-without-network-policy") == ["Namespace other/other"])
    }

    /// A policy has no say over pods on the host's network, and finished or waiting pods have no traffic.
    @Test func podsOnTheHostNetworkAndFinishedOnesAreLeftOut() {
        var cluster = ClusterBuilder()
        cluster.pod("shop", "agent", on: "worker-1") { $0.flags = [.running, .ready, .hostNetwork] }
        cluster.pod("shop", "job", on: "worker-1") { $0.flags = [.succeeded] }
        cluster.pod("shop", "crashed", on: "worker-1") { $0.flags = [.failed] }
        cluster.pod("shop", "waiting", on: "worker-1") { $0.flags = [.pending] }
        let snapshot = cluster.collect()
        #expect(Self.unprotected(snapshot, "ingress") == 0)
        #expect(snapshot.objects("pods-without-network-policy") == [])
    }

    /// Cilium and Calico have policies of their own kinds: a pod without NetworkPolicy may well be protected there.
    @Test(arguments: ["cilium.io", "crd.projectcalico.org"])
    func rulesAreNotEvaluatedWithPluginsThatHaveTheirOwnPolicies(_ group: String) {
        var cluster = Self.cluster()
        cluster.state.apiGroups = ["apps", group]
        let snapshot = cluster.collect()
        #expect(!snapshot.isEvaluated("pods-without-network-policy"))
        #expect(Self.unprotected(snapshot, "ingress") == 2)
    }

    /// A recording has no discovery, but an APIService for each group and version.
    @Test func groupsAreToldByAPIServicesWhereDiscoveryWasNotAsked() {
        var cluster = Self.cluster()
        var service = APIService(meta: cluster.meta("APIService", "", "v2.cilium.io"))
        service.group = cluster.id("cilium.io")
        cluster.state.apiServices.upsert(service)
        #expect(!cluster.collect().isEvaluated("pods-without-network-policy"))
        cluster.state.sources[.apiservices] = SourceStatus(state: .forbidden)
        #expect(cluster.state.discoveredGroups == nil)
        #expect(cluster.collect().isEvaluated("pods-without-network-policy"))
        cluster.state.apiGroups = ["", "apps", "crd.projectcalico.org"]
        #expect(!cluster.collect().isEvaluated("pods-without-network-policy"))
    }

    /// The pods of kube-system have no policy on nearly every healthy cluster: no finding, but the number is given.
    @Test func kubeSystemIsNoFinding() {
        var cluster = ClusterBuilder()
        cluster.pod("kube-system", "coredns-1", on: "worker-1", labels: ["k8s-app": "kube-dns"])
        let snapshot = cluster.collect()
        #expect(Self.unprotected(snapshot, "ingress", in: "kube-system") == 1)
        #expect(snapshot.objects("pods-without-network-policy") == [])
    }

    @Test func exemptAndAnnotatedNamespacesAreQuiet() {
        var cluster = Self.cluster()
        cluster.namespace("lab", ignore: "pods-without-network-policy")
        cluster.pod("lab", "toy-1", on: "worker-1")
        #expect(cluster.collect().objects("pods-without-network-policy") == ["Namespace shop/shop"])
        cluster.settings.optOuts.exemptNamespaces = ["sh*"]
        #expect(cluster.collect().objects("pods-without-network-policy") == [])
    }
}
