import ClusterState
import HASignals
import Testing

struct UpgradesTests {
    static func cluster(server minor: String, kubelets: [String]) -> ClusterBuilder {
        var cluster = ClusterBuilder()
        cluster.state.version = ServerVersion(major: "1", minor: minor, gitVersion: "v0.0.0-master+$Format:%H$")
        for (index, version) in kubelets.enumerated() { add(&cluster, "node-\(index)", kubelet: version) }
        return cluster
    }

    static func add(_ cluster: inout ClusterBuilder, _ name: String, kubelet: String, ignore: String = "") {
        let version = cluster.id(kubelet)
        cluster.node(name, ready: .isTrue, ignore: ignore) { $0.kubeletVersion = version }
    }

    /// Vendors append to both; only leading digits of `minor` count, never gitVersion, which may be anything.
    @Test(arguments: [
        ("33", "v1.33.1-gke.100", 0.0), ("33+", "v1.32.3+k3s1", 1), ("31+", "v1.31.0-eks-abc", 0),
        ("34", "v1.31.0-eks-abc", 3), ("33", "1.30.2", 3), ("33", "v1.29", 4),
    ])
    func vendorsVersionsAreRead(_ minor: String, _ kubelet: String, _ skew: Double) {
        let snapshot = Self.cluster(server: minor, kubelets: [kubelet]).collect()
        #expect(snapshot.value("kube_ha_kubelet_version_skew_minor") == skew)
        #expect(snapshot.value("kube_ha_kubelet_nodes", ["kubelet_version": kubelet]) == 1)
        #expect(snapshot.value("kube_ha_kubernetes_info", ["version": "v0.0.0-master+$Format:%H$"]) == 1)
    }

    /// A version that cannot be read is unknown, not old: it takes no part in the skew.
    @Test func unreadableVersionsTakeNoPart() {
        let some = Self.cluster(server: "33", kubelets: ["v1.33.1", "devel", ""]).collect()
        #expect(some.value("kube_ha_kubelet_version_skew_minor") == 0)
        #expect(some.value("kube_ha_kubelet_nodes", ["kubelet_version": "devel"]) == 1)
        let none = Self.cluster(server: "33", kubelets: ["devel"]).collect()
        #expect(none.value("kube_ha_kubelet_version_skew_minor") == nil)
        #expect(none.value("kube_ha_kubelet_ahead_of_apiserver") == nil)
        let unknownServer = Self.cluster(server: "", kubelets: ["v1.20.0"]).collect()
        #expect(unknownServer.value("kube_ha_kubelet_version_skew_minor") == nil)
        #expect(unknownServer.objects("kubelet-version-skew") == [])
    }

    /// Kubernetes supports kubelets three minor versions older from 1.28 on, two before.
    @Test(arguments: [
        ("28", "v1.25.0", false), ("28", "v1.24.0", true), ("27", "v1.25.0", false), ("27", "v1.24.9", true),
        ("36", "v1.33.0", false), ("36", "v1.32.0", true),
    ])
    func skewBeyondWhatIsSupportedIsAWarning(_ minor: String, _ kubelet: String, _ isTooOld: Bool) {
        let snapshot = Self.cluster(server: minor, kubelets: ["v1.\(minor).0", kubelet]).collect()
        #expect(snapshot.objects("kubelet-version-skew") == (isTooOld ? ["Node /node-1"] : []))
        // What is within the limits is an upgrade under way: told once, as information.
        #expect(snapshot.objects("kubelet-behind-apiserver") == (isTooOld ? [] : ["Cluster /"]))
    }

    @Test func kubeletsAheadAreCounted() {
        let snapshot = Self.cluster(server: "33", kubelets: ["v1.34.0", "v1.33.9", "v1.35.0-gke.1"]).collect()
        #expect(snapshot.value("kube_ha_kubelet_ahead_of_apiserver") == 2)
        #expect(snapshot.objects("kubelet-ahead-of-apiserver") == ["Node /node-0", "Node /node-2"])
        // The oldest of them is of the API server's own minor version: nobody is behind.
        #expect(snapshot.value("kube_ha_kubelet_version_skew_minor") == 0)
        #expect(snapshot.objects("kubelet-behind-apiserver") == [])
    }

    @Test func annotatedNodesAreQuiet() {
        var cluster = Self.cluster(server: "36", kubelets: [])
        Self.add(&cluster, "old", kubelet: "v1.30.0", ignore: "kubelet-version-skew")
        #expect(cluster.collect().objects("kubelet-version-skew") == [])
    }

    /// Half-way through an upgrade of the control plane the newest instance sets the skew, the oldest who is ahead.
    @Test func oldestAndNewestAPIServerCount() {
        var cluster = Self.cluster(server: "33", kubelets: ["v1.33.0", "v1.31.0"])
        for (name, minor) in [("10.0.0.1:6443", 33), ("10.0.0.2:6443", 32)] {
            var probe = APIServerProbe(name: name)
            probe.isReachable = true
            probe.isReady = true
            probe.version = "v1.\(minor).1"
            probe.minor = minor
            cluster.probes.apiServers.append(probe)
        }
        let snapshot = cluster.collect()
        #expect(snapshot.value("kube_ha_kubelet_version_skew_minor") == 2)
        #expect(snapshot.value("kube_ha_kubelet_ahead_of_apiserver") == 1)
        #expect(snapshot.value("kube_ha_apiserver_versions") == 2)
        #expect(snapshot.objects("apiserver-versions-differ") == ["Cluster /"])
        // One that did not tell may be of any version.
        cluster.probes.apiServers[1].version = nil
        #expect(cluster.collect().value("kube_ha_apiserver_versions") == nil)
    }

    @Test func cordonedAndBlockedNodesAreCounted() {
        var cluster = ClusterBuilder()
        cluster.node("worker-1")
        cluster.node("worker-2")
        cluster.node("worker-3") { $0.isCordoned = true }
        cluster.pod("shop", "db-0", on: "worker-2", labels: ["app": "db"])
        cluster.pod("shop", "db-1", on: "gone", labels: ["app": "db"])
        cluster.budget("db", expected: 2)
        let snapshot = cluster.collect()
        #expect(snapshot.value("kube_ha_nodes_cordoned") == 1)
        // A pod on a node that is deleted blocks no node's drain.
        #expect(snapshot.value("kube_ha_nodes_drain_blocked") == 1)
    }

    // MARK: Deprecated APIs

    /// Removed in the next minor version or before: a warning; later, or nobody knows when: information.
    @Test func deprecatedAPIsAreFoundByTheirEnd() {
        func api(_ resource: String, _ removed: String) -> DeprecatedAPI {
            DeprecatedAPI(group: "example.com", version: "v1beta1", resource: resource, removedRelease: removed)
        }
        var cluster = Self.cluster(server: "31", kubelets: ["v1.31.0"])
        cluster.state.sources[.apiservermetrics] = SourceStatus(state: .ok)
        cluster.state.deprecatedAPIs.note([api("now", "1.31"), api("soon", "1.32")], of: "a:6443", startedAt: 1)
        cluster.state.deprecatedAPIs.note(
            [api("soon", "1.32"), api("later", "1.33"), api("ever", "")],
            of: "b:6443",
            startedAt: 1
        )
        let snapshot = cluster.collect()
        let labels = ["group": "example.com", "version": "v1beta1", "resource": "soon", "removed_release": "1.32"]
        #expect(snapshot.value("kube_ha_deprecated_api_info", labels) == 1)
        #expect(
            snapshot.objects("deprecated-api-requested") == [
                "APIResource /now.v1beta1.example.com", "APIResource /soon.v1beta1.example.com",
            ]
        )
        #expect(
            snapshot.objects("deprecated-api-requested-later") == [
                "APIResource /ever.v1beta1.example.com", "APIResource /later.v1beta1.example.com",
            ]
        )
    }

    /// A right that was not given takes the family away and makes nothing unknown.
    @Test(arguments: [SourceState.absent, .disabled, .unreachable])
    func theAreaIsKnownWithoutMetrics(state: SourceState) {
        var cluster = Self.cluster(server: "31", kubelets: ["v1.31.0"])
        cluster.state.sources[.apiservermetrics] = SourceStatus(state: state)
        cluster.state.deprecatedAPIs.note(
            [DeprecatedAPI(group: "", version: "v1", resource: "endpoints", removedRelease: "")],
            of: "a:6443",
            startedAt: 1
        )
        let snapshot = cluster.collect()
        #expect(snapshot.areas.first { $0.name == .upgrades }?.status != .unknown)
        #expect(snapshot.objects("deprecated-api-requested-later").isEmpty)
        #expect(snapshot.areas.first { $0.name == .upgrades }?.findings["deprecated-api-requested"] == nil)
    }
}
