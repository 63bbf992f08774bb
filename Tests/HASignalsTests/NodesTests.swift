import ClusterState
import HASignals
import Testing

/// Area 8 over clusters built in code: nodes, their heartbeats, and pods that nodes hold up.
struct NodesTests {
    @Test func rolesAndUsability() {
        var cluster = ClusterBuilder.threeZones()
        cluster.node("etcd-1", role: .etcd, ready: .isTrue)
        cluster.node("w-b", zone: "b") { $0.isCordoned = true }
        let deletion = cluster.ago(5)
        cluster.node("w-c", zone: "c") { $0.meta.deletion = deletion }
        cluster.node("w-d", zone: "c") { $0.ready = .isFalse }
        let signals = cluster.signals()
        #expect(signals["nodes", ["role": "control-plane"]] == 3)
        #expect(signals["nodes", ["role": "etcd"]] == 1)
        #expect(signals["nodes", ["role": "worker"]] == 4)
        #expect(signals["nodes_ready", ["role": "worker"]] == 3)
        #expect(signals["nodes_usable", ["role": "worker"]] == 1)
        // A cordoned node is Ready and takes no pods.
        #expect(signals["node_ready", ["node": "w-b", "topology_zone": "b"]] == 1)
        #expect(signals["node_usable", ["node": "w-b"]] == 0)
        #expect(signals["node_usable", ["node": "w-c"]] == 0)
        #expect(signals["node_ready", ["node": "etcd-1", "topology_zone": ""]] == 1)
        #expect(signals.raised("node-not-ready") == ["Node w-d"])
    }

    /// A role of which there is no node has no series: zero workers is a layout, not a loss.
    @Test func zeroWorkers() {
        var cluster = ClusterBuilder()
        for name in ["cp-1", "cp-2", "cp-3"] { cluster.node(name, role: .controlPlane, ready: .isTrue) }
        let signals = cluster.signals()
        #expect(signals["nodes", ["role": "control-plane"]] == 3)
        #expect(signals["nodes", ["role": "worker"]] == nil)
        #expect(signals.rules(.warning).isEmpty && signals.rules(.critical).isEmpty)
    }

    @Test(arguments: [
        (status: ConditionStatus.isFalse, message: "condition Ready is False"),
        (status: ConditionStatus.unknown, message: "condition Ready is Unknown"),
        (status: ConditionStatus.absent, message: "condition Ready is missing"),
    ])
    func notReady(_ status: ConditionStatus, _ message: String) {
        var cluster = ClusterBuilder.workers(2)
        let since = cluster.ago(600)
        cluster.node("w-2") {
            $0.ready = status
            $0.readySince = status == .absent ? .none : since
        }
        let signals = cluster.signals()
        #expect(signals["node_not_ready_seconds", ["node": "w-1"]] == 0)
        // A node that never told has no time since when: absent, not 0.
        #expect(signals["node_not_ready_seconds", ["node": "w-2"]] == (status == .absent ? nil : 600))
        #expect(signals.messages("node-not-ready") == [message])
        #expect(signals.status(.nodes) == .warning)
    }

    /// The kubelet's clock is ahead: no negative time.
    @Test func notReadySinceTheFutureIsZero() {
        var cluster = ClusterBuilder.workers(2)
        let since = cluster.ago(-30)
        cluster.node("w-2") {
            $0.ready = .isFalse
            $0.readySince = since
        }
        #expect(cluster.signals()["node_not_ready_seconds", ["node": "w-2"]] == 0)
    }

    // MARK: Heartbeats

    /// Node leases are listed once a minute: both ends of their age are times of lists, or it would grow in between.
    @Test func heartbeatAgeIsAsOfTheLastList() {
        var cluster = ClusterBuilder.workers(2)
        cluster.nodeLease("w-1", renewedAgo: 5)
        cluster.nodeLease("w-2", renewedAgo: -40)
        cluster.listNodeLeases()
        cluster.observe(uptime: 0)
        #expect(cluster.signals()["node_lease_age_seconds", ["node": "w-1"]] == 5)
        // A heartbeat of the future is a clock that is ahead.
        #expect(cluster.signals()["node_lease_age_seconds", ["node": "w-2"]] == 0)
        cluster.observe(uptime: 45)
        #expect(cluster.signals()["node_lease_age_seconds", ["node": "w-1"]] == 5)
        cluster.nodeLease("w-2", renewedAgo: 1)
        cluster.listNodeLeases()
        cluster.observe(uptime: 60)
        #expect(cluster.signals()["node_lease_age_seconds", ["node": "w-1"]] == 65)
        #expect(cluster.signals()["node_lease_age_seconds", ["node": "w-2"]] == 0)
        #expect(cluster.signals().raised("node-heartbeat-stale").isEmpty)
        cluster.listNodeLeases()
        cluster.observe(uptime: 120)
        let signals = cluster.signals()
        #expect(signals["node_lease_age_seconds", ["node": "w-1"]] == 125)
        #expect(signals.raised("node-heartbeat-stale") == ["Node w-1"])
        #expect(signals.messages("node-heartbeat-stale") == ["last heartbeat seen 125 s ago while Ready"])
        // Not Ready any more: that says it all.
        cluster.node("w-1") { $0.ready = .unknown }
        #expect(cluster.signals().raised("node-heartbeat-stale").isEmpty)
    }

    @Test(arguments: [(90.0, false), (91.0, true)])
    func heartbeatIsStaleAfter90Seconds(_ age: Double, _ isStale: Bool) {
        var cluster = ClusterBuilder.workers(2)
        cluster.nodeLease("w-1", renewedAgo: age)
        cluster.listNodeLeases()
        #expect(cluster.signals(isRecording: true).raised("node-heartbeat-stale").isEmpty != isStale)
    }

    /// How old a heartbeat is when first seen is a matter of two machines' clocks: live, it has to be seen standing still.
    @Test func heartbeatsOfAnotherClockAreNotStale() {
        var cluster = ClusterBuilder.workers(1)
        cluster.nodeLease("w-1", renewedAgo: 3_600)
        for (round, isStale) in [false, false, true].enumerated() {
            cluster.listNodeLeases()
            cluster.observe(uptime: Double(round) * 60)
            #expect(cluster.signals()["node_lease_age_seconds"] == 3_600 + Double(round) * 60)
            #expect(cluster.signals().raised("node-heartbeat-stale").isEmpty != isStale)
        }
        cluster.nodeLease("w-1", renewedAgo: 3_595)
        cluster.listNodeLeases()
        cluster.observe(uptime: 180)
        #expect(cluster.signals()["node_lease_age_seconds"] == 0)
        #expect(cluster.signals().raised("node-heartbeat-stale").isEmpty)
    }

    /// SIGNALS, area 8: only a list younger than the node's last Ready transition tells. A node that was away for minutes
    /// comes back between two lists: the lease that is held is that of before.
    @Test func aNodeThatComesBackIsJudgedByTheNextList() {
        var cluster = ClusterBuilder.workers(2)
        func raised() -> [String] { cluster.signals().raised("node-heartbeat-stale") }
        cluster.nodeLease("w-1", renewedAgo: 5)
        let gone = cluster.ago(60)
        for uptime in [0.0, 60, 120] {
            if uptime > 0 {
                cluster.node("w-1") {
                    $0.ready = .unknown
                    $0.readySince = gone
                }
            }
            cluster.nodeLease("w-2", renewedAgo: -uptime)
            cluster.listNodeLeases()
            cluster.observe(uptime: uptime)
        }
        let back = cluster.ago(2)
        cluster.node("w-1") { $0.readySince = back }
        for uptime in [135.0, 150, 165] {
            cluster.observe(uptime: uptime)
            #expect(raised() == [], "\(uptime)")
        }
        // It is called Ready, and yet its heartbeat is not renewed.
        cluster.listNodeLeases()
        cluster.observe(uptime: 180)
        #expect(raised() == ["Node w-1"])
    }

    /// A start just after the node came back: its lease is older than its condition Ready, as is the whole list.
    @Test func aListOlderThanTheNodesReadinessTellsNothingAtTheStart() {
        var cluster = ClusterBuilder.workers(2)
        let back = cluster.ago(2)
        cluster.node("w-1") { $0.readySince = back }
        cluster.nodeLease("w-1", renewedAgo: 300)
        cluster.nodeLease("w-2", renewedAgo: 4)
        cluster.listNodeLeases()
        cluster.observe(uptime: 0)
        let uid = cluster.state.nodes.all.first { cluster.state.interner.string($0.meta.name) == "w-1" }?.uid
        #expect(uid.map { cluster.observations.hasListedNodeLeases(sinceReadinessOf: $0) } == false)
    }

    /// Leases are optional to the area: forbidden, they take their family and rule away and make nothing unknown.
    @Test func heartbeatsThatCannotBeRead() {
        var cluster = ClusterBuilder.workers(2)
        cluster.nodeLease("w-1", renewedAgo: 500)
        cluster.listNodeLeases()
        cluster.state.sources[.nodeleases]?.state = .forbidden
        let signals = cluster.signals()
        #expect(signals.count("node_lease_age_seconds") == 0)
        #expect(!signals.isEvaluated("node-heartbeat-stale"))
        #expect(signals.status(.nodes) == .ok)
    }

    // MARK: Pressure

    @Test func pressure() {
        var cluster = ClusterBuilder.workers(2)
        cluster.node("w-1") {
            $0.memoryPressure = .isTrue
            $0.diskPressure = .isFalse
            $0.pidPressure = .unknown
            $0.networkUnavailable = .isTrue
        }
        let signals = cluster.signals()
        #expect(signals["node_pressure", ["node": "w-1", "condition": "MemoryPressure"]] == 1)
        #expect(signals["node_pressure", ["node": "w-1", "condition": "DiskPressure"]] == 0)
        // Unknown is neither; a condition that is not there is neither.
        #expect(signals["node_pressure", ["node": "w-1", "condition": "PIDPressure"]] == nil)
        #expect(signals.count("node_pressure", ["node": "w-2"]) == 0)
        #expect(signals.raised("node-pressure") == ["Node w-1"])
        #expect(signals.messages("node-pressure") == ["MemoryPressure, NetworkUnavailable"])
    }

    // MARK: Pods

    /// What is bound to a node that is not Ready waits for it; what has ended does not.
    @Test func podsOnUnreadyNodes() {
        var cluster = ClusterBuilder.workers(2)
        let web = cluster.deployment("shop", "web", replicas: 4)
        cluster.pods(of: web, on: ["w-1", "w-2", "w-2"])
        cluster.pods(of: web, on: ["w-2"], from: 3) { $0.flags = [.succeeded, .restartsAlways] }
        cluster.pods(of: web, on: ["w-2"], from: 4) { $0.flags = [.failed, .restartsAlways] }
        cluster.pods(of: web, on: ["w-2"], from: 5) { $0.flags = [.pending, .restartsAlways] }
        #expect(cluster.signals()["pods_on_unready_nodes", ["node": "w-2"]] == 0)
        cluster.node("w-2") { $0.ready = .unknown }
        #expect(cluster.signals()["pods_on_unready_nodes", ["node": "w-2"]] == 3)
        #expect(cluster.signals()["pods_on_unready_nodes", ["node": "w-1"]] == 0)
        #expect(cluster.signals()["workload_nodes", ["workload": "web"]] == 1)
    }

    @Test func unschedulablePods() {
        var cluster = ClusterBuilder.workers(1)
        let web = cluster.deployment("shop", "web", replicas: 3)
        cluster.pods(of: web, on: ["", "", "", "w-1"]) { $0.flags = [.pending, .restartsAlways] }
        for number in 0...1 {
            cluster.pods(of: web, on: [""], from: number) { $0.flags = [.pending, .unschedulable, .restartsAlways] }
        }
        // Bound since, or failed: what its condition said before no longer matters.
        cluster.pods(of: web, on: ["w-1"], from: 5) { $0.flags.insert(.unschedulable) }
        cluster.pods(of: web, on: [""], from: 6) { $0.flags = [.failed, .unschedulable] }
        cluster.pod("calm", "x", on: "w-1")
        let signals = cluster.signals()
        #expect(signals["pods_unschedulable", ["namespace": "shop"]] == 2)
        #expect(signals["pods_unschedulable", ["namespace": "calm"]] == 0)
        #expect(signals.raised("pods-unschedulable") == ["Namespace shop/shop"])
        #expect(signals.messages("pods-unschedulable") == ["2 pods are unschedulable"])
    }

    /// deletionTimestamp is when the pod is to be gone; two minutes later it is stuck.
    @Test(arguments: [(-30.0, false), (120.0, false), (121.0, true)])
    func stuckTerminatingPods(_ seconds: Double, _ isStuck: Bool) {
        var cluster = ClusterBuilder.workers(2)
        let deletion = cluster.ago(seconds)
        cluster.pods(of: cluster.deployment("shop", "web"), on: ["w-1"]) { $0.deletion = deletion }
        let signals = cluster.signals()
        #expect(signals["pods_stuck_terminating", ["namespace": "shop"]] == (isStuck ? 1 : 0))
        #expect(signals.raised("pod-stuck-terminating") == (isStuck ? ["Pod shop/web-0"] : []))
        // Terminating, it is not healthy whatever its conditions say.
        #expect(signals["workload_nodes", ["workload": "web"]] == 0)
    }
}
