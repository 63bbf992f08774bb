import ClusterSimulator
import Testing

/// Parts of the cluster go: what `/metrics` says meanwhile, while all its sources are ok, and that it recovers.
///
/// Three zones, each with a master (`cp-1` in zone-a and so on) and two workers (`worker-00001` in zone-a, `worker-00002`
/// in zone-b). A node is called not Ready 40 s after its last heartbeat.
struct ClusterLossTests {
    @Test func aLostZone() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        #expect(healthy.value("kube_ha_zone_nodes_ready", ["topology_zone": "zone-b"]) == 3)
        try bench.cluster.inject(.zoneLost("zone-b"))
        bench.pass(60)
        let said = try await bench.metrics()
        #expect(said.unknownSources == [:])
        #expect(said.critical == ["zone-lost", "etcd-no-tolerance"])
        #expect(said.raised("zone-lost") == ["Zone zone-b"])
        #expect(said.raised("zone-missing") == ["Cluster"])
        #expect(said.raised("node-not-ready") == ["Node cp-2", "Node worker-00002", "Node worker-00005"])
        #expect(said.value("kube_ha_zone_nodes", ["topology_zone": "zone-b"]) == 3)
        #expect(said.value("kube_ha_zone_nodes_ready", ["topology_zone": "zone-b"]) == 0)
        #expect(said.value("kube_ha_zone_nodes_usable", ["topology_zone": "zone-b"]) == 0)
        #expect(said.value("kube_ha_zone_healthy_pods", ["topology_zone": "zone-b"]) == 0)
        #expect(said.value("kube_ha_zone_nodes_ready", ["topology_zone": "zone-a"]) == 3)
        #expect(said.value("kube_ha_zones_expected") == 3)
        #expect(said.status("zones") == "critical")
        #expect(said.status("etcd") == "critical")
        #expect(said.status("nodes") == "warning")
        #expect(said.status("replicas") == "warning")
        // Spread cannot be judged while a zone is gone.
        #expect(!said.isEvaluated("workload-single-zone"))
        try await bench.expectRecovery(to: healthy)
    }

    @Test func aLostNode() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.nodeLost("worker-00001"))
        bench.pass(20)
        // Nothing but its heartbeat tells yet.
        let first = try await bench.metrics()
        #expect(first.findings == [])
        bench.pass(130)
        let said = try await bench.metrics()
        let node = ["node": "worker-00001"]
        #expect(said.unknownSources == [:])
        #expect(said.critical == [])
        #expect(said.raised("node-not-ready") == ["Node worker-00001"])
        #expect(said.value("kube_ha_node_ready", node) == 0)
        #expect(said.value("kube_ha_node_usable", node) == 0)
        #expect((100...115).contains(said.value("kube_ha_node_not_ready_seconds", node) ?? -1))
        // The heartbeat's age is that of the last list: 90 s at least, and no more than what has passed.
        #expect((90...160).contains(said.value("kube_ha_node_lease_age_seconds", node) ?? -1))
        #expect((said.value("kube_ha_pods_on_unready_nodes", node) ?? 0) > 0)
        #expect(said.value("kube_ha_nodes", ["role": "worker"]) == 6)
        #expect(said.value("kube_ha_nodes_ready", ["role": "worker"]) == 5)
        #expect(said.value("kube_ha_zone_nodes_ready", ["topology_zone": "zone-a"]) == 2)
        #expect(!said.raised("workload-deficit").isEmpty)
        #expect(said.status("nodes") == "warning")
        #expect(said.status("replicas") == "warning")
        #expect(said.status("zones") == "ok")
        #expect(said.status("control_plane") == "ok")
        try await bench.expectRecovery(to: healthy)
    }

    /// The one that leads: another takes over within the lease's 15 s, and no more is said of it than that.
    @Test func aLostMaster() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        #expect(healthy.value("kube_ha_control_plane_failure_tolerance") == 1)
        let transitions = healthy.value("kube_ha_leader_transitions_total", ["component": "kube-scheduler"]) ?? -1
        try bench.cluster.inject(.nodeLost("cp-1"))
        bench.pass(60)
        let said = try await bench.metrics()
        #expect(said.unknownSources == [:])
        #expect(said.critical == ["etcd-no-tolerance"])
        #expect(said.raised("master-not-ready") == ["Node cp-1"])
        #expect(said.raised("apiserver-missing") == ["Cluster"])
        #expect(said.raised("apiserver-not-ready") == ["APIServer 192.0.2.11:6443"])
        #expect(said.raised("etcd-member-unhealthy") == ["EtcdMember cp-1"])
        #expect(said.value("kube_ha_control_plane_nodes_ready") == 2)
        #expect(said.value("kube_ha_control_plane_failure_tolerance") == 0)
        #expect(said.value("kube_ha_apiserver_ready", ["apiserver": "192.0.2.11:6443"]) == 0)
        #expect(said.value("kube_ha_apiserver_ready", ["apiserver": "192.0.2.12:6443"]) == 1)
        #expect(said.value("kube_ha_apiserver_endpoints") == 2)
        #expect(said.value("kube_ha_apiserver_expected") == 3)
        #expect(said.value("kube_ha_etcd_failure_tolerance") == 0)
        let taken = ["component": "kube-scheduler"]
        #expect(said.value("kube_ha_leader_transitions_total", taken) == transitions + 1)
        #expect(said.value("kube_ha_leader_lease_expired", taken) == 0)
        #expect(said.status("control_plane") == "warning")
        #expect(said.status("etcd") == "critical")
        try await bench.expectRecovery(to: healthy)
    }

    @Test func aLostEtcdMember() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.etcdMemberLost("cp-3"))
        bench.pass(20)
        let said = try await bench.metrics()
        #expect(said.unknownSources == [:])
        #expect(said.findings == ["etcd-member-unhealthy EtcdMember cp-3", "etcd-no-tolerance EtcdCluster main"])
        #expect(said.value("kube_ha_etcd_members") == 3)
        #expect(said.value("kube_ha_etcd_members_healthy") == 2)
        #expect(said.value("kube_ha_etcd_has_quorum") == 1)
        #expect(said.value("kube_ha_etcd_failure_tolerance") == 0)
        #expect(said.value("kube_ha_etcd_member_healthy", ["member": "cp-3"]) == 0)
        #expect(said.value("kube_ha_etcd_member_healthy", ["member": "cp-1"]) == 1)
        #expect(said.value("kube_ha_control_plane_failure_tolerance") == 0)
        #expect(said.status("etcd") == "critical")
        #expect(said.status("control_plane") == "ok")
        try await bench.expectRecovery(to: healthy)
    }

    @Test func lostQuorum() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        try bench.cluster.inject(.etcdMemberLost("cp-2"))
        try bench.cluster.inject(.etcdMemberLost("cp-3"))
        bench.pass(30)
        let said = try await bench.metrics()
        #expect(said.critical.isSuperset(of: ["etcd-quorum-lost", "apiserver-none-serving"]))
        #expect(said.raised("etcd-quorum-lost") == ["EtcdCluster main"])
        #expect(said.value("kube_ha_etcd_has_quorum") == 0)
        #expect(said.value("kube_ha_etcd_failure_tolerance") == -2)
        #expect(said.value("kube_ha_control_plane_failure_tolerance") == -1)
        for master in 1...3 {
            let server = ["apiserver": "192.0.2.1\(master):6443"]
            #expect(said.value("kube_ha_apiserver_ready", server) == 1)
            #expect(said.value("kube_ha_apiserver_etcd_ready", server) == 0)
        }
        try await bench.expectRecovery(to: healthy)
    }

    @Test func aCordonedNode() async throws {
        let bench = try FaultBench()
        let healthy = try await bench.start()
        #expect(healthy.value("kube_ha_nodes_cordoned") == 0)
        try bench.cluster.inject(.cordoned("worker-00002"))
        bench.pass(5)
        let said = try await bench.metrics()
        let node = ["node": "worker-00002"]
        #expect(said.unknownSources == [:])
        #expect(said.findings == [])
        #expect(said.value("kube_ha_nodes_cordoned") == 1)
        #expect(said.value("kube_ha_node_ready", node) == 1)
        #expect(said.value("kube_ha_node_usable", node) == 0)
        #expect(said.value("kube_ha_nodes_usable", ["role": "worker"]) == 5)
        #expect(said.value("kube_ha_zone_nodes_usable", ["topology_zone": "zone-b"]) == 2)
        #expect(said.value("kube_ha_node_zone_skew", ["role": "worker"]) == 1)
        try await bench.expectRecovery(to: healthy, within: 5)
        #expect(try await bench.metrics().value("kube_ha_nodes_cordoned") == 0)
    }
}
