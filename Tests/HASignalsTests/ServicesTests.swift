import ClusterState
import Exposition
import Testing

@testable import HASignals

struct ServicesTests {
    private static let ready = "kube_ha_service_endpoints_ready"

    /// Three nodes in three zones.
    private static func threeZones() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for zone in ["a", "b", "c"] { cluster.node("\(zone)1", zone: zone) }
        return cluster
    }

    @Test func endpointsAreSpreadOverNodesAndZones() {
        var cluster = Self.threeZones()
        cluster.service("shop", "web", selector: ["app": "web"])
        cluster.slice(
            "shop",
            "web",
            [
                cluster.endpoint(on: "a1"), cluster.endpoint(on: "a1"), cluster.endpoint(on: "b1"),
                cluster.endpoint(on: "c1", ready: false),
            ]
        )
        let found = cluster.collect()
        #expect(found.value(Self.ready, ["service": "web"]) == 3)
        #expect(found.value("kube_ha_service_endpoints_not_ready", ["service": "web"]) == 1)
        #expect(found.value("kube_ha_service_endpoint_nodes", ["service": "web"]) == 2)
        #expect(found.value("kube_ha_service_endpoint_zones", ["service": "web"]) == 2)
        #expect(found.value("kube_ha_service_endpoints_surviving_zone_loss", ["service": "web"]) == 1)
        #expect(found.value("kube_ha_service_endpoints_surviving_node_loss", ["service": "web"]) == 1)
    }

    /// A dual-stack Service publishes each pod in a slice of both families.
    @Test func bothAddressFamiliesCountOnce() {
        var cluster = Self.threeZones()
        cluster.service("shop", "web", selector: ["app": "web"])
        let pods = ["a1", "b1"]
            .map { node in
                Endpoint(target: UID("pod-on-\(node)"), node: cluster.id(node))
            }
        cluster.slice("shop", "web", pods, suffix: "v4")
        cluster.slice("shop", "web", pods, type: .ipv6, suffix: "v6")
        cluster.slice("shop", "web", [cluster.endpoint(address: "elsewhere.example.com")], type: .fqdn, suffix: "name")
        #expect(cluster.collect().value(Self.ready, ["service": "web"]) == 2)
    }

    /// While the controller moves an endpoint from one slice to another, it stands in both.
    @Test func endpointInTwoSlicesCountsOnce() {
        var cluster = Self.threeZones()
        cluster.service("shop", "web", selector: ["app": "web"])
        let pod = Endpoint(target: UID("pod"), node: cluster.id("a1"))
        var leaving = pod
        leaving.isReady = false
        cluster.slice("shop", "web", [pod], suffix: "1")
        cluster.slice("shop", "web", [leaving], suffix: "2")
        let found = cluster.collect()
        #expect(found.value(Self.ready, ["service": "web"]) == 1)
        #expect(found.value("kube_ha_service_endpoints_not_ready", ["service": "web"]) == 0)
    }

    /// Without selector, the slices that somebody writes are its endpoints; without those either there is nothing to
    /// judge. ExternalName is a name and no more.
    @Test func serviceWithoutSelectorIsJudgedByItsSlices() {
        var cluster = Self.threeZones()
        cluster.service("shop", "manual")
        cluster.service("shop", "outside")
        cluster.slice("shop", "outside", [cluster.endpoint(zone: "a", ready: false)])
        cluster.service("shop", "name", selector: ["app": "web"]) { $0.type = .externalName }
        let found = cluster.collect()
        #expect(found.value("kube_ha_services") == 1)
        #expect(found.value("kube_ha_services_without_ready_endpoints") == 1)
        #expect(found.found("service-without-endpoints") == ["shop/outside"])
    }

    /// Under publishNotReadyAddresses the controller writes `ready` whatever the pod says, and `serving` for what it
    /// says (`podToEndpoint` in k8s.io/endpointslice/utils.go); a hand-written endpoint without `serving` serves.
    @Test func servingTellsWhereUnreadyAddressesArePublished() {
        var cluster = Self.threeZones()
        for name in ["plain", "early"] {
            cluster.service("shop", name, selector: ["app": "db"]) {
                $0.isHeadless = true
                $0.publishesNotReady = name == "early"
            }
            cluster.slice(
                "shop",
                name,
                [
                    Endpoint(target: UID("\(name)-starting"), isReady: true, isServing: false),
                    Endpoint(target: UID("\(name)-serving"), isReady: true, isServing: true),
                ]
            )
        }
        let found = cluster.collect()
        #expect(found.value(Self.ready, ["service": "plain"]) == 2)
        #expect(found.value(Self.ready, ["service": "early"]) == 1)
        #expect(found.value("kube_ha_service_endpoints_not_ready", ["service": "early"]) == 1)
    }

    /// The controller leaves a port out of the slice where no container has the name that targetPort says
    /// (`getEndpointPorts` and `findPort` in k8s.io/endpointslice/utils.go): what is left without any answers nobody.
    /// Pods that have it stand in another slice.
    @Test func endpointsWithoutThePortDoNotCount() {
        var cluster = Self.threeZones()
        cluster.deployment("shop", "web") { $0.availableReplicas = 1 }
        for name in ["none", "some"] {
            cluster.service("shop", name, selector: ["app": "web"])
            cluster.slice("shop", name, [cluster.endpoint(on: "a1"), cluster.endpoint(on: "b1")], hasPorts: false)
        }
        cluster.slice("shop", "some", [cluster.endpoint(on: "c1")], suffix: "2")
        cluster.ingress("shop", "web", services: ["none", "some"])
        let found = cluster.collect()
        #expect(found.value(Self.ready, ["service": "none"]) == 0)
        #expect(found.value("kube_ha_service_endpoints_not_ready", ["service": "none"]) == 0)
        #expect(found.value(Self.ready, ["service": "some"]) == 1)
        #expect(found.value("kube_ha_services_without_ready_endpoints") == 1)
        #expect(found.value("kube_ha_ingress_backends_available") == 1)
        #expect(found.found("service-without-endpoints") == ["shop/none"])
        #expect(
            found.message("service-without-endpoints")
                == "no ready endpoint: the EndpointSlices of 2 endpoints have no port, "
                + "since no container has one that targetPort names"
        )
    }

    /// A headless Service may declare no ports (ValidateService in pkg/apis/core/validation/validation.go); it is for
    /// names, and its slices have none either.
    @Test func headlessServiceWithoutPortsIsAsItShouldBe() {
        var cluster = Self.threeZones()
        cluster.service("shop", "names", selector: ["app": "db"]) {
            $0.isHeadless = true
            $0.hasPorts = false
        }
        cluster.slice("shop", "names", [cluster.endpoint(on: "a1")], hasPorts: false)
        let found = cluster.collect()
        #expect(found.value(Self.ready) == 1)
        #expect(found.found("service-without-endpoints").isEmpty)
    }

    /// Addresses outside the cluster are on no node, so the loss of one says nothing; the zone may be published.
    @Test func lossIsAbsentWhereANodeIsNotKnown() {
        var cluster = Self.threeZones()
        cluster.service("shop", "outside")
        cluster.slice("shop", "outside", [cluster.endpoint(zone: "a"), cluster.endpoint(zone: "b")])
        let found = cluster.collect()
        #expect(found.table.samples(of: "kube_ha_service_endpoints_surviving_node_loss").isEmpty)
        #expect(found.value("kube_ha_service_endpoints_surviving_zone_loss") == 1)
        #expect(found.value("kube_ha_service_endpoint_zones") == 2)
    }

    /// Nothing ready leaves nothing: 0, not absent.
    @Test func nothingReadySurvivesNothing() {
        var cluster = Self.threeZones()
        cluster.service("shop", "web", selector: ["app": "web"])
        let found = cluster.collect()
        #expect(found.value("kube_ha_service_endpoints_surviving_node_loss") == 0)
        #expect(found.value("kube_ha_service_endpoints_surviving_zone_loss") == 0)
    }

    /// The node of an endpoint that does not name one is that of its pod.
    @Test func nodeIsThatOfTheTarget() {
        var cluster = Self.threeZones()
        cluster.pod("shop", "web-1", on: "b1")
        cluster.service("shop", "web", selector: ["app": "web"])
        cluster.slice("shop", "web", [Endpoint(target: UID("Pod/shop/web-1"))])
        #expect(cluster.collect().value("kube_ha_service_endpoint_nodes") == 1)
    }

    /// A selector that matches nothing is the Service's own fault.
    @Test func selectorThatMatchesNothingIsFound() {
        var cluster = Self.threeZones()
        cluster.service("shop", "typo", selector: ["app": "wbe"])
        let found = cluster.collect()
        #expect(found.found("service-without-endpoints") == ["shop/typo"])
        #expect(found.message("service-without-endpoints") == "no ready endpoint: its selector matches no workload")
    }

    /// Operators label pods by their role, which no template has: a database of one instance has no replica. The
    /// message says what the selector asks for beyond the template, or beyond the pods where there is none.
    @Test func labelsBeyondTheTemplateAreNamed() {
        var cluster = Self.threeZones()
        let pg = cluster.deployment("shop", "pg", labels: ["app": "pg", "tier": "db"])
        cluster.pod("shop", "pg-0", of: pg, on: "a1", labels: ["role": "primary"])
        cluster.deployment("shop", "other", labels: ["tier": "db"])
        cluster.service("shop", "pg-ro", selector: ["app": "pg", "role": "replica", "tier": "db"])
        #expect(
            cluster.collect().message("service-without-endpoints")
                == "no ready endpoint: its selector asks for role=replica beyond the labels of the template of Deployment pg"
        )
    }

    @Test func labelsBeyondThePodsAreNamed() {
        var cluster = Self.threeZones()
        let labels = ["cnpg.io/cluster": "pg"]
        let pg = cluster.controller("Cluster", "shop", "pg", labels: labels)
        cluster.pod("shop", "pg-1", of: pg, on: "a1", labels: ["cnpg.io/instanceRole": "primary"])
        cluster.service("shop", "pg-ro", selector: labels.merging(["cnpg.io/instanceRole": "replica"]) { $1 })
        #expect(
            cluster.collect().message("service-without-endpoints")
                == "no ready endpoint: its selector asks for cnpg.io/instanceRole=replica beyond the labels of the pods of Cluster pg"
        )
    }

    /// A workload that never came up is a finding of its own; that its Service answers nobody is another.
    @Test func serviceOfATroubledWorkloadIsNamedWithIt() {
        var cluster = Self.threeZones()
        cluster.deployment("shop", "web") {
            $0.availableReplicas = 0
            $0.hasCompletedRollout = false
            $0.progressing = .isFalse
        }
        cluster.service("shop", "web", selector: ["app": "web"])
        let found = cluster.collect()
        #expect(found.found("service-without-endpoints") == ["shop/web"])
        #expect(found.message("workload-never-up")?.contains("Service web without endpoints") == true)
        #expect(found.value("kube_ha_services_without_ready_endpoints") == 1)
    }

    /// An opted-out finding of the workload explains nothing any more.
    @Test func silencedWorkloadDoesNotSilenceItsService() {
        var cluster = Self.threeZones()
        cluster.deployment("shop", "web") {
            $0.availableReplicas = 0
            $0.hasCompletedRollout = false
        }
        cluster.service("shop", "web", selector: ["app": "web"])
        cluster.settings.optOuts.disabledRules = ["workload-never-up", "workload-deficit"]
        #expect(cluster.collect().found("service-without-endpoints") == ["shop/web"])
    }

    @Test func scaledToZeroIsMeant() {
        var cluster = Self.threeZones()
        cluster.deployment("shop", "web", replicas: 0)
        cluster.service("shop", "web", selector: ["app": "web"])
        let found = cluster.collect()
        #expect(found.found("service-scaled-to-zero") == ["shop/web"])
        #expect(found.found("service-without-endpoints").isEmpty)
    }

    /// A Service on a label that only the pod has (one Service a replica) belongs to the pod's workload.
    @Test func labelOfThePodLeadsToItsWorkload() {
        var cluster = Self.threeZones()
        let db = cluster.statefulSet("shop", "db", replicas: 2) { $0.availableReplicas = 1 }
        cluster.pod("shop", "db-1", of: db, labels: ["statefulset.kubernetes.io/pod-name": "db-1"]) {
            $0.flags = [.pending, .restartsAlways]
        }
        cluster.service("shop", "db-1", selector: ["statefulset.kubernetes.io/pod-name": "db-1"])
        let found = cluster.collect()
        #expect(found.found("workload-deficit") == ["shop/db"])
        #expect(found.found("service-without-endpoints").isEmpty)
    }

    /// A Service for the pods of a batch that has ended is as it should be.
    @Test func finishedBatchIsNoFault() {
        var cluster = Self.threeZones()
        cluster.pod("shop", "driver", on: "a1", labels: ["job": "train"]) { $0.flags = [.succeeded] }
        cluster.service("shop", "driver", selector: ["job": "train"])
        #expect(cluster.collect().found("service-without-endpoints").isEmpty)
    }

    @Test func loadBalancerWithoutAddressIsPending() {
        var cluster = Self.threeZones()
        cluster.service("shop", "waiting", selector: ["app": "web"]) { $0.type = .loadBalancer }
        cluster.service("shop", "ready", selector: ["app": "web"]) {
            $0.type = .loadBalancer
            $0.hasLoadBalancerAddress = true
        }
        cluster.service("shop", "inside", selector: ["app": "web"])
        // Nodes take the traffic of external IPs, and nobody writes a status for that.
        cluster.service("shop", "external", selector: ["app": "web"]) {
            $0.type = .loadBalancer
            $0.hasExternalIPs = true
        }
        let found = cluster.collect()
        #expect(found.table.samples(of: "kube_ha_service_load_balancer_ready").count == 3)
        #expect(found.found("service-load-balancer-pending") == ["shop/waiting"])
    }

    /// The Services that a cluster may have for names, the one that counts before those that do not.
    private static let dnsCandidates = [
        ("dns", "mine"), ("kube-system", "kube-dns"), ("kube-system", "rke2-coredns-rke2-coredns"),
        ("openshift-dns", "dns-default"),
    ]

    /// The flag goes before the usual name, that before the usual label, that before OpenShift's name. RKE2's Service is
    /// called after its chart; NodeLocal DNSCache labels the Service for its own questions alike.
    @Test(arguments: dnsCandidates.indices.dropLast())
    func clusterDNSIsToldByFlagNameAndLabel(first: Int) {
        var cluster = Self.threeZones()
        cluster.settings.dnsService = ("dns", "mine")
        for (position, (namespace, name)) in Self.dnsCandidates.enumerated().dropFirst(first) {
            cluster.service(namespace, name, selector: ["dns": name], labels: ["k8s-app": "kube-dns"])
            cluster.slice(namespace, name, (0...position).map { _ in cluster.endpoint(on: "a1") })
        }
        for name in ["a-upstream", "rke2-coredns-rke2-coredns-metrics"] {
            cluster.service("kube-system", name, selector: ["dns": name], labels: ["k8s-app": "kube-dns"])
        }
        #expect(cluster.collect().value("kube_ha_cluster_dns_endpoints_ready") == Double(first + 1))
    }

    /// openshift-dns stands in where kube-dns is not, and the flag where neither is.
    @Test(arguments: [("kube-system", "kube-dns"), ("openshift-dns", "dns-default"), ("dns", "mine")])
    func clusterDNSIsFoundByName(namespace: String, name: String) {
        var cluster = Self.threeZones()
        cluster.settings.dnsService = ("dns", "mine")
        cluster.service(namespace, name, selector: ["k8s-app": "kube-dns"])
        cluster.slice(namespace, name, [cluster.endpoint(on: "a1"), cluster.endpoint(on: "a1")])
        let found = cluster.collect()
        #expect(found.value("kube_ha_cluster_dns_endpoints_ready") == 2)
        #expect(found.value("kube_ha_cluster_dns_nodes") == 1)
        #expect(found.found("cluster-dns-single-node") == ["\(namespace)/\(name)"])
    }

    @Test func clusterDNSWithoutReadyEndpointsIsDown() {
        var cluster = Self.threeZones()
        cluster.service("kube-system", "kube-dns", selector: ["k8s-app": "kube-dns"])
        cluster.slice("kube-system", "kube-dns", [cluster.endpoint(on: "a1", ready: false)])
        let found = cluster.collect()
        #expect(found.found("cluster-dns-down") == ["kube-system/kube-dns"])
        #expect(found.found("service-without-endpoints").isEmpty)
        #expect(found.areas.first { $0.name == .services }?.status == .critical)
    }

    /// A Service that nothing was ever behind is no outage of the DNS; one that had an endpoint since the start is.
    @Test func clusterDNSIsDownWhereItWasUp() {
        var cluster = Self.threeZones()
        cluster.service("kube-system", "kube-dns", selector: ["k8s-app": "kube-dns"])
        cluster.observe(uptime: 0)
        #expect(cluster.collect().found("cluster-dns-down").isEmpty)
        #expect(cluster.collect().found("service-without-endpoints") == ["kube-system/kube-dns"])
        cluster.slice("kube-system", "kube-dns", [cluster.endpoint(on: "a1")])
        cluster.observe(uptime: 15)
        cluster.slice("kube-system", "kube-dns", [])
        cluster.observe(uptime: 30)
        #expect(cluster.collect().found("cluster-dns-down") == ["kube-system/kube-dns"])
        #expect(cluster.collect().found("service-without-endpoints").isEmpty)
    }

    /// On the only usable node nothing could be spread.
    @Test func singleUsableNodeIsNoGapOfTheDNS() {
        var cluster = ClusterBuilder()
        cluster.node("a1")
        cluster.node("a2") { $0.isCordoned = true }
        cluster.service("kube-system", "kube-dns", selector: ["k8s-app": "kube-dns"])
        cluster.slice("kube-system", "kube-dns", [cluster.endpoint(on: "a1")])
        #expect(cluster.collect().found("cluster-dns-single-node").isEmpty)
    }
}
