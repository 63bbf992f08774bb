import ClusterState
import Exposition
import HASignals
import Testing

/// Area 1 over clusters built in code: masters, their parts, and the API servers. Leases: ``LeaderLeaseTests``.
struct ControlPlaneTests {
    @Test func countsMastersByReadiness() {
        var cluster = ClusterBuilder.threeZones()
        #expect(cluster.signals().raised("master-not-ready").isEmpty)
        cluster.node("cp-b", zone: "b", role: .controlPlane, ready: .isFalse)
        let signals = cluster.signals()
        #expect(signals["control_plane_visible"] == 1)
        #expect(signals["control_plane_nodes"] == 3)
        #expect(signals["control_plane_nodes_ready"] == 2)
        #expect(signals["control_plane_zones"] == 2)
        #expect(signals["control_plane_node_ready", ["node": "cp-a", "topology_zone": "a"]] == 1)
        #expect(signals["control_plane_node_ready", ["node": "cp-b", "topology_zone": "b"]] == 0)
        #expect(signals.raised("master-not-ready") == ["Node cp-b"])
        #expect(signals.messages("master-not-ready") == ["2 of 3 control-plane nodes are Ready"])
        #expect(signals.status(.controlPlane) == .warning)
    }

    /// What a provider runs cannot be judged from its customers' nodes, and is no fault of theirs.
    @Test func managedControlPlaneIsNotApplicable() {
        var cluster = ClusterBuilder()
        cluster.node("w-a", zone: "a")
        cluster.node("w-b", zone: "b")
        cluster.state.sources[.apiserver]?.state = .disabled
        cluster.state.sources[.etcd]?.state = .disabled
        let signals = cluster.signals()
        #expect(signals["control_plane_visible"] == 0)
        #expect(signals["control_plane_nodes"] == 0)
        #expect(signals.count("control_plane_node_ready") == 0)
        #expect(signals["control_plane_failure_tolerance"] == nil)
        #expect(signals.status(.controlPlane) == .notApplicable)
        #expect(signals.status(.etcd) == .notApplicable)
        #expect(signals.status(.nodes) == .ok)
        #expect(signals.rules(.critical).isEmpty && signals.rules(.warning).isEmpty)
    }

    /// Nothing is raised in an area that is not applicable, and its rules have no count: an API server of a provider
    /// that is not ready is not the customer's to mend.
    @Test func rulesOfAnAreaThatIsNotApplicableAreNotEvaluated() {
        var cluster = ClusterBuilder.workers(2)
        cluster.apiServer("10.0.0.1:6443", isReady: false)
        let managed = cluster.signals()
        #expect(managed.status(.controlPlane) == .notApplicable)
        #expect(!managed.isEvaluated("apiserver-not-ready"))
        #expect(managed.raised("apiserver-not-ready").isEmpty)
        #expect(managed.count("finding", ["area": "control_plane"]) == 0)
        cluster.node("cp", zone: "", role: .controlPlane, ready: .isTrue)
        #expect(!cluster.signals().raised("apiserver-not-ready").isEmpty)
    }

    /// k3s labels its masters with either key and any value, and taints them not at all.
    @Test(arguments: ["node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"])
    func eitherRoleLabelMakesAMaster(_ label: String) {
        var cluster = ClusterBuilder.workers(1)
        cluster.node("server-1", labels: [label: "true"])
        let signals = cluster.signals()
        #expect(signals["control_plane_nodes"] == 1)
        #expect(signals.raised("control-plane-single-node") == ["Cluster"])
        #expect(signals.messages("control-plane-single-node") == ["server-1 is the only control-plane node"])
    }

    /// A cluster of one node could not have a second master; three masters are no gap.
    @Test func singleMasterIsNoFindingWhereNothingElseWasPossible() {
        var single = ClusterBuilder()
        single.node("only", role: .controlPlane, ready: .isTrue)
        #expect(single.signals().raised("control-plane-single-node").isEmpty)
        #expect(ClusterBuilder.threeZones().signals().raised("control-plane-single-node").isEmpty)
    }

    @Test func mastersInOneOfSeveralZones() {
        var cluster = ClusterBuilder()
        for name in ["cp-1", "cp-2"] { cluster.node(name, zone: "a", role: .controlPlane, ready: .isTrue) }
        // The only zone there is: nothing could have been better.
        #expect(cluster.signals().raised("control-plane-single-zone").isEmpty)
        cluster.node("w-b", zone: "b")
        #expect(cluster.signals().raised("control-plane-single-zone") == ["Cluster"])
        #expect(cluster.signals().messages("control-plane-single-zone") == ["all 2 are in a"])
        // With one master left, that it is in one zone says nothing.
        cluster.node("cp-2", zone: "a", role: .controlPlane, ready: .unknown)
        #expect(cluster.signals().raised("control-plane-single-zone").isEmpty)
        #expect(ClusterBuilder.threeZones().signals().raised("control-plane-single-zone").isEmpty)
    }

    /// Instances are told by either label; a pod on a node that is gone, or that went silent, is not healthy whatever
    /// its own condition still says. A component of which no pod is seen has no series, rather than a zero.
    @Test func componentsAreCountedByTheirPods() {
        var cluster = ClusterBuilder.threeZones()
        cluster.staticPod("kube-scheduler", on: "cp-a")
        cluster.staticPod("kube-scheduler", on: "cp-gone")
        cluster.pod("kube-system", "sched-x", on: "w-a", labels: ["k8s-app": "kube-scheduler"])
        cluster.pod("default", "sched-y", on: "w-a", labels: ["component": "kube-scheduler"])
        let signals = cluster.signals()
        #expect(signals["control_plane_component_instances", ["component": "kube-scheduler"]] == 3)
        #expect(signals["control_plane_component_instances_ready", ["component": "kube-scheduler"]] == 2)
        #expect(signals.count("control_plane_component_instances") == 1)
        cluster.node("cp-a", zone: "a", role: .controlPlane, ready: .unknown)
        #expect(
            cluster.signals()["control_plane_component_instances_ready", ["component": "kube-scheduler"]] == 1
        )
    }

    @Test func apiServersThatDoNotServeAreNamedWithTheReason() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        let before = cluster.signals()
        #expect(before["apiserver_endpoints"] == 3)
        #expect(before["apiserver_expected"] == 3)
        for rule in ["apiserver-missing", "apiserver-not-ready", "apiserver-none-serving"] {
            #expect(before.isEvaluated(rule) && before.raised(rule).isEmpty, "\(rule)")
        }
        cluster.apiServer("10.0.0.2:6443", isReachable: false)
        cluster.apiServer("10.0.0.3:6443", isEtcdReady: false) { $0.seconds = 0.25 }
        cluster.apiServer("10.0.0.4:6443", isReady: false, isEtcdReady: nil)
        let signals = cluster.signals()
        #expect(signals["apiserver_ready", ["apiserver": "10.0.0.1:6443"]] == 1)
        #expect(signals["apiserver_ready", ["apiserver": "10.0.0.2:6443"]] == 0)
        // A real /readyz says 200 with etcd gone: ready, yet not serving.
        #expect(signals["apiserver_ready", ["apiserver": "10.0.0.3:6443"]] == 1)
        #expect(signals["apiserver_etcd_ready", ["apiserver": "10.0.0.3:6443"]] == 0)
        #expect(signals["apiserver_etcd_ready", ["apiserver": "10.0.0.4:6443"]] == nil)
        #expect(signals["apiserver_probe_duration_seconds", ["apiserver": "10.0.0.3:6443"]] == 0.25)
        #expect(signals.count("apiserver_probe_duration_seconds") == 1)
        #expect(
            signals.raised("apiserver-not-ready") == [
                "APIServer 10.0.0.2:6443", "APIServer 10.0.0.3:6443", "APIServer 10.0.0.4:6443",
            ]
        )
        #expect(
            signals.messages("apiserver-not-ready") == [
                "cannot be reached", "does not reach etcd", "/readyz does not answer 200",
            ]
        )
        #expect(signals.messages("apiserver-missing") == ["1 of 3 API servers serve"])
        #expect(signals.raised("apiserver-none-serving").isEmpty)
    }

    /// Nobody answers and no list is ok: down where connections are refused, unknown where certificates are.
    @Test(arguments: [false, true])
    func instancesThatAreNotTrustedAreNotDown(isTrustLacking: Bool) {
        var cluster = ClusterBuilder.threeZones()
        for source in Source.allCases { cluster.state.sources[source]?.state = .unreachable }
        cluster.apiServer("10.0.0.1:6443", isReachable: false)
        cluster.apiServer("10.0.0.2:6443", isReachable: false) { $0.isTrustLacking = isTrustLacking }
        let signals = cluster.signals()
        #expect(signals.isEvaluated("apiserver-none-serving") == !isTrustLacking)
        #expect(signals.raised("apiserver-none-serving") == (isTrustLacking ? [] : ["Cluster"]))
        #expect(signals.count("apiserver_ready") == (isTrustLacking ? 0 : 2))
        #expect(signals.status(.controlPlane) == (isTrustLacking ? .unknown : .critical))
    }

    @Test func noneServingIsCritical() {
        var cluster = ClusterBuilder.threeZones()
        cluster.apiServer("10.0.0.1:6443", isEtcdReady: false)
        cluster.apiServer("10.0.0.2:6443", isReady: false)
        let signals = cluster.signals()
        #expect(signals.raised("apiserver-none-serving") == ["Cluster"])
        #expect(signals.messages("apiserver-none-serving") == ["none of 2 API servers serves"])
        #expect(signals.status(.controlPlane) == .critical)
    }

    /// SIGNALS: two rounds in a row; where none was ever seen to serve, the first round is enough.
    @Test func noneServingTakesTwoRounds() {
        var cluster = ClusterBuilder.threeZones()
        cluster.apiServer("10.0.0.1:6443", isReady: false)
        cluster.probes.hasServed = true
        cluster.probes.roundsWithoutServing = 1
        #expect(cluster.signals().raised("apiserver-none-serving").isEmpty)
        // What may be frozen is not called well meanwhile.
        #expect(cluster.signals().status(.nodes) == .unknown)
        cluster.probes.roundsWithoutServing = 2
        #expect(cluster.signals().raised("apiserver-none-serving") == ["Cluster"])
    }

    /// A load balancer that the configuration names answers for those that are left: it is no instance too many.
    @Test func theConfiguredAddressHidesNoDeadInstance() {
        var cluster = ClusterBuilder.threeZones()
        cluster.apiServer("10.0.0.1:6443")
        cluster.apiServer("10.0.0.2:6443", isReachable: false)
        cluster.apiServer("lb.example:6443") { $0.isConfiguredOnly = true }
        cluster.settings.expectedAPIServers = 2
        let signals = cluster.signals()
        #expect(signals.messages("apiserver-missing") == ["1 of 2 API servers serve"])
        #expect(signals["apiserver_ready", ["apiserver": "lb.example:6443"]] == 1)
        #expect(signals["control_plane_failure_tolerance"] == 0)
    }

    /// SIGNALS, the critical rules: more than 60 s without success, and at least three failures.
    @Test func requestsThatFailAreCriticalAfterAMinute() {
        var cluster = ClusterBuilder.threeZones()
        func raised(_ count: Int, _ seconds: Double) -> [String] {
            cluster.state.failingRequests.count = count
            cluster.state.failingRequests.seconds = seconds
            return cluster.signals().raised("apiserver-requests-failing")
        }
        #expect(raised(3, 60) == [])
        #expect(raised(2, 300) == [])
        #expect(raised(3, 61) == ["Cluster"])
        #expect(cluster.signals().status(.nodes) == .unknown)
        #expect(!cluster.signals(isRecording: true).isEvaluated("apiserver-requests-failing"))
    }

    /// SIGNALS: a managed control plane takes away the rules about masters, instances and components, not those that need
    /// leases alone; a flag that names an instance brings them back.
    @Test func aManagedControlPlaneIsJudgedByItsLeases() {
        var cluster = ClusterBuilder()
        cluster.node("w-a", zone: "a")
        cluster.apiServer("10.0.0.1:6443", isReady: false)
        cluster.lease("kube-scheduler", renewedAgo: 1)
        cluster.observe(uptime: 0)
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 2)
        let signals = cluster.signals()
        #expect(signals.status(.controlPlane) == .ok)
        #expect(signals.isEvaluated("cluster-writes-stalled"))
        #expect(signals.isEvaluated("leader-lease-expired"))
        for rule in ["apiserver-none-serving", "apiserver-not-ready", "master-not-ready", "control-plane-single-node"] {
            #expect(!signals.isEvaluated(rule), "\(rule)")
        }
        #expect(signals.status(.etcd) == .notApplicable)
        cluster.observe(uptime: 70)
        #expect(cluster.signals().raised("cluster-writes-stalled") == ["Cluster"])
        cluster.settings.namesControlPlane = true
        #expect(cluster.signals().raised("apiserver-none-serving") == ["Cluster"])
        #expect(cluster.signals().status(.etcd) == .unknown)
    }

    /// Nobody answers, yet lists succeed: the exporter stands where it cannot reach the instances. That is no outage.
    @Test func silentAPIServersAreUnreachableWhileListsSucceed() {
        var cluster = ClusterBuilder.threeZones()
        for number in 1...3 { cluster.apiServer("10.0.0.\(number):6443", isReachable: false) }
        let signals = cluster.signals()
        #expect(signals.count("apiserver_ready") == 0)
        #expect(!signals.isEvaluated("apiserver-none-serving"))
        #expect(!signals.isEvaluated("apiserver-not-ready"))
        // SIGNALS, area status: of area 1 only pods are optional. What is not seen is not healthy.
        #expect(signals.status(.controlPlane) == .unknown)
    }

    /// Nobody answers and no list succeeds either: it is the API servers that are down.
    @Test func silentAPIServersAreDownWhenNothingElseAnswers() {
        var cluster = ClusterBuilder.threeZones()
        for number in 1...3 { cluster.apiServer("10.0.0.\(number):6443", isReachable: false) }
        for source in Source.allCases where ![.apiserver, .etcd, .version].contains(source) {
            cluster.state.sources[source]?.state = .unreachable
        }
        let signals = cluster.signals()
        #expect(signals["apiserver_ready", ["apiserver": "10.0.0.1:6443"]] == 0)
        #expect(signals.raised("apiserver-none-serving") == ["Cluster"])
        #expect(signals.status(.controlPlane) == .critical)
        #expect(signals.status(.nodes) == .unknown)
    }

    /// A dead API server leaves the slices within seconds: the most addresses of a day tell that it is missing.
    @Test func expectedAPIServersAreTheMostOfTheLast24Hours() {
        var cluster = ClusterBuilder.threeZones()
        cluster.servingMasters()
        let start = 3_590.0
        cluster.observe(uptime: start)
        cluster.apiServerAddresses("10.0.0.1", "10.0.0.2")
        cluster.probes.apiServers.removeLast()
        cluster.observe(uptime: start + 60)
        cluster.observe(uptime: start + 86_390)
        #expect(cluster.signals()["apiserver_endpoints"] == 2)
        #expect(cluster.signals()["apiserver_expected"] == 3)
        #expect(cluster.signals().messages("apiserver-missing") == ["2 of 3 API servers serve"])
        cluster.observe(uptime: start + 86_410)
        #expect(cluster.signals()["apiserver_expected"] == 2)
        #expect(cluster.signals().raised("apiserver-missing").isEmpty)
        cluster.settings.expectedAPIServers = 5
        #expect(cluster.signals()["apiserver_expected"] == 5)
        #expect(cluster.signals().messages("apiserver-missing") == ["2 of 5 API servers serve"])
    }

    @Test(arguments: [
        (hours: -1.0, rule: "certificate-expiring", message: "its certificate has expired"),
        (hours: 23.5, rule: "certificate-expiring", message: "its certificate expires in 23 h"),
        (hours: 24.0, rule: "certificate-expiring-soon", message: "its certificate expires in 1 days"),
        (hours: 167.0, rule: "certificate-expiring-soon", message: "its certificate expires in 6 days"),
    ])
    func certificatesThatRunOut(_ hours: Double, _ rule: String, _ message: String) {
        var cluster = ClusterBuilder.threeZones()
        cluster.apiServer("10.0.0.1:6443", certificateHours: hours)
        let expiry = cluster.now.seconds + hours * 3_600
        cluster.etcd([.up(1, "cp-a") { $0.certificateExpiry = Timestamp(seconds: expiry) }])
        let signals = cluster.signals()
        #expect(signals["apiserver_certificate_expiry_timestamp_seconds"] == expiry)
        #expect(signals["etcd_member_certificate_expiry_timestamp_seconds"] == expiry)
        #expect(signals.raised(rule) == ["APIServer 10.0.0.1:6443", "EtcdMember cp-a"])
        #expect(signals.messages(rule) == [message, message])
        let other = rule == "certificate-expiring" ? "certificate-expiring-soon" : "certificate-expiring"
        #expect(signals.raised(other).isEmpty)
    }

    @Test func certificatesGoodForAWeekAreNoFinding() {
        var cluster = ClusterBuilder.threeZones()
        cluster.apiServer("10.0.0.1:6443", certificateHours: 168)
        cluster.apiServer("10.0.0.2:6443")
        let signals = cluster.signals()
        #expect(signals.count("apiserver_certificate_expiry_timestamp_seconds") == 1)
        #expect(signals.raised("certificate-expiring").isEmpty)
        #expect(signals.raised("certificate-expiring-soon").isEmpty)
    }
}
