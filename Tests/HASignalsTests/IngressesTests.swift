import ClusterState
import Exposition
import Testing

@testable import HASignals

struct IngressesTests {
    private static let available = "kube_ha_ingress_backends_available"
    private static let classExists = "kube_ha_ingress_class_exists"

    private static func threeZones() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for zone in ["a", "b", "c"] { cluster.node("\(zone)1", zone: zone) }
        cluster.ingressClass("nginx", controller: "k8s.io/ingress-nginx")
        return cluster
    }

    @Test func backendsNeedAServiceWithEndpoints() {
        var cluster = Self.threeZones()
        cluster.served("shop", "web", on: "a1")
        cluster.service("shop", "down", selector: ["app": "down"])
        cluster.ingress("shop", "shop", class: "nginx", services: ["web", "down", "gone"])
        let found = cluster.collect()
        #expect(found.value("kube_ha_ingress_backends") == 3)
        #expect(found.value(Self.available) == 1)
        #expect(
            found.message("ingress-backend-unavailable")
                == "Service down has no ready endpoint; Service gone does not exist"
        )
    }

    /// The Service of another namespace with the name is another Service.
    @Test func backendsAreOfTheSameNamespace() {
        var cluster = Self.threeZones()
        cluster.served("other", "web", on: "a1")
        cluster.ingress("shop", "shop", class: "nginx", services: ["web"])
        #expect(cluster.collect().value(Self.available) == 0)
    }

    /// An ExternalName has no endpoint to be ready: nothing here can tell whether it answers. It counts neither for an
    /// Ingress nor for a route.
    @Test func externalNameIsNoTrouble() {
        var cluster = Self.threeZones()
        cluster.gateway("edge", "public")
        cluster.service("shop", "outside") { $0.type = .externalName }
        cluster.served("shop", "web", on: "a1")
        cluster.ingress("shop", "shop", class: "nginx", services: ["outside", "web"])
        cluster.route("shop", "shop", parents: [cluster.parent("edge", "public")], backends: ["outside", "web"])
        let found = cluster.collect()
        #expect(found.value("kube_ha_ingress_backends") == 1)
        #expect(found.value(Self.available) == 1)
        #expect(found.value("kube_ha_httproute_backends") == 1)
        #expect(found.value("kube_ha_httproute_backends_available") == 1)
        #expect(found.found("httproute-backend-unavailable").isEmpty)
        #expect(found.found("ingress-backend-unavailable").isEmpty)
    }

    /// What somebody scaled to 0 is off on purpose.
    @Test func backendScaledToZeroIsNoTrouble() {
        var cluster = Self.threeZones()
        cluster.deployment("shop", "web", replicas: 0)
        cluster.service("shop", "web", selector: ["app": "web"])
        cluster.ingress("shop", "shop", class: "nginx", services: ["web"])
        let found = cluster.collect()
        #expect(found.found("ingress-backend-unavailable").isEmpty)
        #expect(found.found("service-scaled-to-zero") == ["shop/web"])
    }

    @Test func classOfTheSpecMustExist() {
        var cluster = Self.threeZones()
        cluster.ingress("shop", "good", class: "nginx")
        cluster.ingress("shop", "orphan", class: "no-such-class")
        let found = cluster.collect()
        #expect(found.value(Self.classExists, ["ingress": "good"]) == 1)
        #expect(found.value(Self.classExists, ["ingress": "orphan"]) == 0)
        #expect(found.found("ingress-class-missing") == ["shop/orphan"])
    }

    /// Without a class the default one is meant; without a default nobody may feel responsible.
    @Test(arguments: [true, false])
    func ingressWithoutClassWantsTheDefault(isDefault: Bool) {
        var cluster = ClusterBuilder()
        cluster.ingressClass("nginx", isDefault: isDefault)
        cluster.ingress("shop", "plain")
        let found = cluster.collect()
        #expect(found.value(Self.classExists) == (isDefault ? 1 : 0))
        #expect(found.found("ingress-class-missing") == (isDefault ? [] : ["shop/plain"]))
        #expect(found.value("kube_ha_ingress_default_classes") == (isDefault ? 1 : 0))
    }

    /// The annotation is older than IngressClasses: a controller may serve it without one, and an address shows it.
    @Test func legacyAnnotationMayDoWithoutAClass() {
        var cluster = Self.threeZones()
        for (name, isServed) in [("served", true), ("orphan", false)] {
            cluster.ingress("shop", name, class: "gce") {
                $0.isClassFromAnnotation = true
                $0.hasLoadBalancerAddress = isServed
            }
        }
        let found = cluster.collect()
        #expect(found.value(Self.classExists, ["ingress": "served"]) == 0)
        #expect(found.found("ingress-class-missing") == ["shop/orphan"])
    }

    /// Some controllers never write an address: its absence is a number, not a finding.
    @Test func missingAddressIsNoFinding() {
        var cluster = Self.threeZones()
        cluster.ingress("shop", "web", class: "nginx")
        let found = cluster.collect()
        #expect(found.value("kube_ha_ingress_load_balancer_ready") == 0)
        #expect(found.findings.allSatisfy { $0.area != .ingress })
    }

    @Test func severalDefaultClassesAreTold() {
        var cluster = ClusterBuilder()
        cluster.ingressClass("one", isDefault: true)
        cluster.ingressClass("two", isDefault: true)
        #expect(cluster.collect().message("ingress-default-class-several") == "2 default classes: one, two")
    }

    // MARK: Controllers

    /// A controller is told by the labels that its class carries, of a chart's parts the one that takes requests.
    @Test func controllerIsToldByTheClassesLabels() {
        var cluster = Self.threeZones()
        let chart = ["app.kubernetes.io/name": "edge", "app.kubernetes.io/instance": "one"]
        cluster.ingressClass("edge", controller: "example.com/unheard-of", labels: chart)
        let controller = cluster.deployment(
            "edge",
            "controller",
            labels: chart.merging(["app.kubernetes.io/component": "controller"]) { $1 }
        )
        let backend = cluster.deployment(
            "edge",
            "backend",
            labels: chart.merging(["app.kubernetes.io/component": "default-backend"]) { $1 }
        )
        let other = cluster.deployment(
            "edge",
            "other",
            labels: ["app.kubernetes.io/name": "edge", "app.kubernetes.io/instance": "two"]
        )
        for (number, node) in ["a1", "a1", "b1"].enumerated() {
            cluster.pod("edge", "controller-\(number)", of: controller, on: node)
            cluster.pod("edge", "backend-\(number)", of: backend, on: node)
            cluster.pod("edge", "other-\(number)", of: other, on: node)
        }
        let found = cluster.collect()
        #expect(found.value("kube_ha_ingress_controller_replicas_ready", ["ingress_class": "edge"]) == 3)
        #expect(
            found.value("kube_ha_ingress_controller_replicas_surviving_zone_loss", ["ingress_class": "edge"]) == 1
        )
    }

    @Test func controllerIsToldByItsUsualLabels() {
        var cluster = Self.threeZones()
        let nginx = cluster.daemonSet("edge", "nginx", labels: ["app.kubernetes.io/name": "ingress-nginx"])
        cluster.pod("edge", "nginx-a", of: nginx, on: "a1")
        cluster.ingressClass("strange", controller: "example.com/unheard-of")
        let found = cluster.collect()
        let ready = found.table.samples(of: "kube_ha_ingress_controller_replicas_ready")
        #expect(ready.map { $0["ingress_class"] } == ["nginx"])
        #expect(ready.map(\.value) == [1])
        // A class that no Ingress asks for brings nothing down.
        #expect(found.found("ingress-controller-single").isEmpty)
        cluster.ingress("shop", "web", class: "nginx")
        #expect(cluster.collect().found("ingress-controller-single") == ["/nginx"])
    }

    /// Controllers of load balancers outside the cluster carry no request: with their one pod only changes stop.
    @Test(
        arguments: [
            ("ingress.k8s.aws/alb", true), ("eks.amazonaws.com/alb", true), ("k8s.io/ingress-gce", true),
            ("azure/application-gateway", true), ("k8s.io/ingress-nginx", false), ("example.com/unheard-of", false),
        ])
    func controllerOutsideTheDataPathMayBeSingle(controller: String, isOutside: Bool) {
        var cluster = Self.threeZones()
        let labels = ["app.kubernetes.io/name": "edge"]
        cluster.ingressClass("edge", controller: controller, labels: labels)
        let workload = cluster.deployment("edge", "controller", labels: labels)
        cluster.pod("edge", "controller-1", of: workload, on: "a1")
        cluster.ingress("shop", "web", class: "edge")
        let found = cluster.collect()
        #expect(found.value("kube_ha_ingress_controller_replicas_ready", ["ingress_class": "edge"]) == 1)
        #expect(found.found("ingress-controller-single") == (isOutside ? [] : ["/edge"]))
    }

    // MARK: Gateways

    /// A Gateway may be Programmed while a listener of it is not: its port is taken, its certificate is missing.
    @Test func listenerThatIsNotProgrammedIsFound() {
        var cluster = ClusterBuilder()
        let names = ["web", "admin"].map { cluster.id($0) }
        cluster.gateway("edge", "public") { $0.failedListeners = names }
        let found = cluster.collect()
        #expect(found.value("kube_ha_gateway_programmed") == 0)
        #expect(found.message("gateway-not-programmed") == "Programmed is False of listener admin, web")
    }

    @Test func gatewayIsProgrammedForItsGeneration() {
        var cluster = ClusterBuilder()
        cluster.gateway("edge", "good")
        cluster.gateway("edge", "behind", generation: 3) { $0.programmedGeneration = 2 }
        cluster.gateway("edge", "refused") { $0.programmed = .isFalse }
        cluster.gateway("edge", "untouched") {
            $0.programmed = .absent
            $0.addresses = 0
        }
        let found = cluster.collect()
        #expect(found.value("kube_ha_gateway_programmed", ["gateway": "good"]) == 1)
        #expect(found.value("kube_ha_gateway_addresses", ["gateway": "untouched"]) == 0)
        #expect(found.found("gateway-not-programmed") == ["edge/behind", "edge/refused", "edge/untouched"])
    }

    /// A parent counts where the spec names it, it exists, and it accepts what the spec says now.
    @Test func routeNeedsAParentThatExistsAndAccepts() {
        var cluster = Self.threeZones()
        cluster.gateway("edge", "public")
        let exists = cluster.parent("edge", "public")
        let missing = cluster.parent("edge", "gone")
        cluster.route("shop", "good", parents: [exists, missing])
        cluster.route("shop", "lost", parents: [missing])
        cluster.route("shop", "behind", parents: [exists], generation: 2) { $0.statuses[0].acceptedGeneration = 1 }
        // The status of a parent that was taken out of the spec is left over.
        cluster.route("shop", "moved", parents: [exists]) { $0.parents = [missing] }
        cluster.route("shop", "draft", parents: [])
        let found = cluster.collect()
        #expect(found.value("kube_ha_httproute_accepted", ["httproute": "good"]) == 1)
        #expect(found.found("httproute-not-accepted") == ["shop/behind", "shop/lost", "shop/moved"])
    }

    /// A route of a mesh hangs on a Service, which no Gateway stands for.
    @Test func routeOfAMeshIsAccepted() {
        var cluster = Self.threeZones()
        var parent = cluster.parent("shop", "web")
        parent.isGateway = false
        cluster.route("shop", "mesh", parents: [parent])
        #expect(cluster.collect().value("kube_ha_httproute_accepted") == 1)
    }

    @Test func everyAcceptingParentMustResolveTheReferences() {
        var cluster = Self.threeZones()
        cluster.gateway("edge", "public")
        cluster.gateway("edge", "internal")
        let parents = ["public", "internal"].map { cluster.parent("edge", $0) }
        cluster.served("shop", "web", on: "a1")
        cluster.route("shop", "half", parents: parents, backends: ["web"]) { $0.statuses[1].resolvedRefs = .isFalse }
        cluster.route("shop", "broken", parents: parents, backends: ["web", "gone"]) {
            $0.statuses[0].resolvedRefs = .isFalse
        }
        let found = cluster.collect()
        #expect(found.value("kube_ha_httproute_refs_resolved", ["httproute": "half"]) == 0)
        #expect(found.value("kube_ha_httproute_backends_available", ["httproute": "broken"]) == 1)
        // Where a Service is missing, that is said and not that it was not resolved either.
        #expect(found.found("httproute-backend-unavailable") == ["shop/broken"])
        #expect(found.found("httproute-refs-unresolved") == ["shop/half"])
    }

    /// What is in a namespace goes kind by kind, and routes are listed once a minute: they are seen last.
    @Test(arguments: [true, false])
    func aNamespaceThatGoesIsNoTrouble(isSeenGoing: Bool) {
        var cluster = Self.threeZones()
        cluster.gateway("edge", "public")
        for namespace in ["edge", "other"] {
            cluster.state.namespaces.upsert(Namespace(meta: cluster.meta("Namespace", "", namespace)))
        }
        if isSeenGoing {
            var meta = cluster.meta("Namespace", "", "shop")
            meta.deletion = cluster.ago(1)
            cluster.state.namespaces.upsert(Namespace(meta: meta))
        }
        for namespace in ["shop", "other"] {
            cluster.service(namespace, "empty", selector: ["app": "gone"])
            cluster.ingress(namespace, "web", class: "nginx", services: ["gone"])
            let parents = [cluster.parent("edge", "public")]
            cluster.route(namespace, "web", parents: parents, backends: ["gone"])
        }
        let found = cluster.collect()
        #expect(found.found("service-without-endpoints") == ["other/empty"])
        #expect(found.found("ingress-backend-unavailable") == ["other/web"])
        #expect(found.found("httproute-backend-unavailable") == ["other/web"])
    }

    /// A cluster without Gateway API has an area all the same: its resources are optional.
    @Test func gatewaysMayBeAbsent() {
        var cluster = Self.threeZones()
        cluster.set(.gateways, .absent)
        cluster.set(.httproutes, .forbidden)
        cluster.gateway("edge", "public") { $0.programmed = .isFalse }
        let found = cluster.collect()
        #expect(found.table.samples(of: "kube_ha_gateway_programmed").isEmpty)
        #expect(found.found("gateway-not-programmed").isEmpty)
        #expect(found.areas.first { $0.name == .ingress }?.status == .ok)
    }
}
