import ClusterState
import Exposition
import Testing

@testable import HASignals

/// Area 18 over clusters built in code: applications, hosts, and what goes with each node and zone.
struct SurvivalTests {
    /// Workers a1, a2 in zone a, b1 in zone b, c1 in zone c.
    private static func workers() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for (name, zone) in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("c1", "c")] { cluster.node(name, zone: zone) }
        return cluster
    }

    /// A Deployment of the application `suite` with pods and a Service of its name.
    private static func part(
        _ cluster: inout ClusterBuilder,
        _ name: String,
        on nodes: [String],
        replicas: Int32? = nil
    ) {
        let workload = cluster.deployment("chat", name, replicas: replicas ?? Int32(nodes.count)) { _ in }
        cluster.label(workload, ["app.kubernetes.io/part-of": "suite"])
        cluster.pods(of: workload, on: nodes)
        cluster.publish(workload, as: name, on: nodes)
    }

    // MARK: Applications

    @Test func applicationsCountTheirWorkloads() {
        var cluster = Self.workers()
        Self.part(&cluster, "main", on: ["a1"])
        Self.part(&cluster, "cache", on: ["a1"])
        Self.part(&cluster, "web", on: ["a1", "a2"])
        Self.part(&cluster, "api", on: ["a1", "b1"])
        Self.part(&cluster, "off", on: [], replicas: 0)
        let agent = cluster.daemonSet("chat", "agent") { _ in }
        cluster.label(agent, ["app.kubernetes.io/part-of": "suite"])
        let found = cluster.collect()
        func value(_ family: String) -> Double? {
            found.value("kube_ha_application_\(family)", ["application": "suite"])
        }
        #expect(value("workloads") == 4)
        #expect(value("workloads_unavailable") == 0)
        #expect(value("single_points") == 2)
        #expect(value("node_loss_workloads_unavailable") == 2)
        // web is in zone a as a whole too.
        #expect(value("zone_loss_workloads_unavailable") == 3)
        func lost(_ place: String, _ name: String) -> Double? {
            found.value(
                "kube_ha_\(place)_loss_applications_degraded",
                [place == "node" ? "node" : "topology_zone": name]
            )
        }
        #expect(lost("node", "a1") == 1 && lost("node", "a2") == 0 && lost("zone", "a") == 1 && lost("zone", "b") == 0)
        #expect(found.table.samples(of: "kube_ha_workload_application_info").count == 6)
        #expect(found.found("application-single-points") == ["chat/suite"])
        #expect(
            found.message("application-single-points")
                == "2 of 4 workloads on one node each: Deployment cache, Deployment main"
        )
    }

    /// Own labels go before the template's, in the order of the labels asked for.
    @Test func theFirstLabelOfAWorkloadNamesItsApplication() {
        var cluster = Self.workers()
        let both = cluster.deployment("shop", "both", labels: ["app.kubernetes.io/part-of": "of-template"])
        cluster.label(both, ["app.kubernetes.io/instance": "of-object", "app.kubernetes.io/component": "db"])
        cluster.deployment("shop", "template", labels: ["app.kubernetes.io/part-of": "of-template"])
        cluster.deployment("shop", "none")
        let found = cluster.collect()
        func application(_ workload: String) -> [String] {
            found.table.samples(of: "kube_ha_workload_application_info").filter { $0["workload"] == workload }
                .map { "\($0["application"] ?? "") \($0["component"] ?? "")" }
        }
        #expect(application("both") == ["of-object db"])
        #expect(application("template") == ["of-template "])
        #expect(application("none").isEmpty)
        cluster.settings.applicationLabels = ["team"]
        #expect(cluster.collect().table.samples(of: "kube_ha_workload_application_info").isEmpty)
    }

    /// A pod on a node without a zone: what a zone takes along of its application cannot be told, unless the others are in
    /// two zones already.
    @Test func unknownZonesTakeAwayWhatHangsOnThem() {
        var cluster = Self.workers()
        cluster.node("x")
        Self.part(&cluster, "main", on: ["x"])
        let found = cluster.collect()
        #expect(found.table.samples(of: "kube_ha_zone_loss_applications_degraded").isEmpty)
        #expect(found.value("kube_ha_application_zone_loss_workloads_unavailable") == nil)
        #expect(found.value("kube_ha_application_node_loss_workloads_unavailable") == 1)
        // The headline is about what wants two or more.
        #expect(found.survival[.zoneLoss].answer == .yes)
        var spread = Self.workers()
        spread.node("x")
        Self.part(&spread, "main", on: ["x", "a1", "b1"])
        #expect(spread.collect().value("kube_ha_application_zone_loss_workloads_unavailable") == 0)
    }

    // MARK: Hosts

    @Test func hostsJoinIngressesAndRoutesToEndpoints() {
        var cluster = Self.workers()
        Self.part(&cluster, "web", on: ["a1", "a2"])
        Self.part(&cluster, "api", on: ["b1"])
        Self.part(&cluster, "down", on: [])
        cluster.ingress("chat", "one", host: "chat.example.com", services: ["web", "missing"])
        cluster.route("chat", "two", parents: [], backends: ["web", "api", "down"]) { _ in }
        cluster.route("chat", "three", parents: [], backends: ["api"]) { _ in }
        cluster.hostnames(of: "two", ["chat.example.com"])
        let found = cluster.collect()
        func values(_ host: String) -> [Double?] {
            ["", "_available", "_surviving_node_loss", "_surviving_zone_loss"]
                .map { found.value("kube_ha_host_backends\($0)", ["host": host]) }
        }
        // web, missing, api, down: web and api are there; with node b1 api goes, with zone a web.
        #expect(values("chat.example.com") == [4, 2, 1, 1])
        // A route without hostnames or listeners takes any host.
        #expect(values("*") == [1, 1, 0, 0])
        func lost(_ family: String, _ name: String) -> Double? {
            found.value("kube_ha_\(family)", [family.hasPrefix("node") ? "node" : "topology_zone": name])
        }
        #expect(lost("node_loss_hosts_degraded", "b1") == 2 && lost("node_loss_hosts_degraded", "a1") == 0)
        #expect(lost("zone_loss_hosts_degraded", "a") == 1 && lost("zone_loss_hosts_degraded", "c") == 0)
        #expect(lost("node_loss_services_without_endpoints", "b1") == 1)
        #expect(lost("node_loss_services_without_endpoints", "a1") == 0)
    }

    /// The default backend answers for a host's paths that no rule takes, and for any host where there is no rule.
    @Test func defaultBackendsStandBehindEveryHost() {
        var cluster = Self.workers()
        for name in ["web", "fallback"] { Self.part(&cluster, name, on: ["a1"]) }
        let fallback = cluster.id("fallback")
        cluster.ingress("chat", "rules", host: "chat.example.com", services: ["web"]) { $0.defaultService = fallback }
        cluster.ingress("chat", "bare") {
            $0.rules = []
            $0.defaultService = fallback
        }
        let found = cluster.collect()
        #expect(found.value("kube_ha_host_backends", ["host": "chat.example.com"]) == 2)
        #expect(found.value("kube_ha_host_backends", ["host": "*"]) == 1)
    }

    /// Of the listeners those that the route is attached to.
    @Test func routesTakeTheHostsOfTheirListeners() {
        var cluster = Self.workers()
        Self.part(&cluster, "web", on: ["a1"])
        let names = ["one", "two", "a.example.com", "b.example.com"].map { cluster.id($0) }
        cluster.gateway("edge", "public") {
            $0.listeners = [
                Gateway.Listener(name: names[0], hostname: names[2], port: 443),
                Gateway.Listener(name: names[1], hostname: names[3], port: 8443),
            ]
        }
        var parent = cluster.parent("edge", "public")
        parent.section = names[1]
        cluster.route("chat", "r", parents: [parent], backends: ["web"])
        let found = cluster.collect()
        #expect(
            found.table.samples(of: "kube_ha_host_backends").map { [$0["namespace"], $0["host"]] }
                == [["chat", "b.example.com"]]
        )
    }

    /// Addresses that name neither node nor pod are outside: no node takes them along. An endpoint of a pod that is not
    /// known may be on any.
    @Test func endpointsOutsideTheClusterStay() {
        var cluster = Self.workers()
        cluster.service("chat", "legacy")
        cluster.slice("chat", "legacy", [cluster.endpoint(address: "192.0.2.1")])
        cluster.ingress("chat", "one", host: "old.example.com", services: ["legacy"])
        let found = cluster.collect()
        #expect(found.value("kube_ha_host_backends_surviving_node_loss", ["host": "old.example.com"]) == 1)
        #expect(found.value("kube_ha_node_loss_hosts_degraded", ["node": "a1"]) == 0)
        cluster.service("chat", "other", selector: ["app": "other"])
        cluster.slice("chat", "other", [Endpoint(target: UID("pod/not/seen"))])
        cluster.ingress("chat", "two", host: "new.example.com", services: ["other"])
        let later = cluster.collect()
        #expect(later.value("kube_ha_host_backends_surviving_node_loss", ["host": "new.example.com"]) == nil)
        #expect(later.table.samples(of: "kube_ha_node_loss_hosts_degraded").isEmpty)
        #expect(later.survival[.nodeLoss].answer == .unknown)
        #expect(later.survival[.nodeLoss].reason == "the node of a ready endpoint is not known")
    }

    @Test func hostSeriesFollowTheSetting() {
        var cluster = Self.workers()
        Self.part(&cluster, "web", on: ["a1", "b1"])
        Self.part(&cluster, "api", on: ["b1"])
        cluster.ingress("chat", "good", host: "good.example.com", services: ["web"])
        cluster.ingress("chat", "bad", host: "bad.example.com", services: ["api"])
        #expect(cluster.collect().table.samples(of: "kube_ha_host_backends").count == 2)
        cluster.settings.hostMetrics = .atRisk
        #expect(cluster.collect().table.samples(of: "kube_ha_host_backends").first?["host"] == "bad.example.com")
        #expect(cluster.collect().table.samples(of: "kube_ha_host_backends").count == 1)
        cluster.settings.hostMetrics = HostMetrics.none
        #expect(cluster.collect().table.samples(of: "kube_ha_host_backends").isEmpty)
        cluster.settings.hostMetrics = nil
        for number in 0..<HostMetrics.mostListed {
            cluster.ingress("chat", "more-\(number)", host: "\(number).example.com", services: ["web"])
        }
        #expect(cluster.collect().table.samples(of: "kube_ha_host_backends").count == 1)
        #expect(cluster.collect().value("kube_ha_node_loss_hosts_degraded", ["node": "b1"]) == 1)
    }

    // MARK: Rules

    @Test func backendsOnOneNodeOrInOneZoneAreTold() {
        var cluster = Self.workers()
        Self.part(&cluster, "node", on: ["a1", "a1"])
        Self.part(&cluster, "zone", on: ["a1", "a2"])
        Self.part(&cluster, "single", on: ["b1"])
        Self.part(&cluster, "spread", on: ["a1", "b1"])
        for host in 1...7 {
            cluster.ingress(
                "chat",
                "i\(host)",
                host: "h\(host).example.com",
                services: ["node", "zone", "single", "spread"]
            )
        }
        let found = cluster.collect()
        #expect(found.found("host-lost-with-node") == ["chat/node"])
        #expect(found.found("host-lost-with-zone") == ["chat/zone"])
        #expect(found.found("host-single-replica") == ["chat/single"])
        // At most five hosts by name.
        #expect(
            found.message("host-lost-with-node")
                == "all 2 ready endpoints are on a1; behind h1.example.com, h2.example.com, h3.example.com, "
                + "h4.example.com, h5.example.com and 2 more"
        )
        #expect(
            found.message("host-lost-with-zone")?
                .hasPrefix("all 2 ready endpoints are in a, of 3 zones that its workload could run in") == true
        )
    }

    /// Where one node is usable, or one zone eligible, nothing could be spread.
    @Test func nothingIsToldThatCouldNotBeOtherwise() {
        var cluster = ClusterBuilder()
        cluster.node("a1", zone: "a")
        cluster.node("b1", zone: "b") { $0.isCordoned = true }
        Self.part(&cluster, "web", on: ["a1", "a1"])
        cluster.ingress("chat", "one", host: "chat.example.com", services: ["web"])
        let found = cluster.collect()
        #expect(found.found("host-lost-with-node").isEmpty && found.found("host-lost-with-zone").isEmpty)
        #expect(found.found("application-single-points").isEmpty)
    }

    /// A Service that selects one pod of a StatefulSet by its name stands for that pod alone.
    @Test func servicesOfSinglePodsWantOne() {
        var cluster = Self.workers()
        let store = cluster.statefulSet("chat", "store", replicas: 3)
        for (number, node) in ["a1", "b1", "c1"].enumerated() {
            cluster.pod("chat", "store-\(number)", of: store, on: node, labels: ["pod": "store-\(number)"])
        }
        cluster.service("chat", "store-0", selector: ["pod": "store-0"])
        cluster.slice("chat", "store-0", [cluster.endpoint(on: "a1")])
        cluster.ingress("chat", "one", host: "store.example.com", services: ["store-0"])
        let found = cluster.collect()
        #expect(found.found("host-lost-with-node").isEmpty)
        #expect(found.found("host-single-replica") == ["chat/store-0"])
    }
}
