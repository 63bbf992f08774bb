import ClusterState
import Testing

@testable import HASignals

struct StorageTests {
    private static let zoneBound = "kube_ha_workload_zone_bound_volumes"
    private static let nodeBound = "kube_ha_workload_node_bound_volumes"
    private static let zoneKey = "topology.kubernetes.io/zone"
    private static let hostKey = "kubernetes.io/hostname"

    private static func threeZones() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for zone in ["a", "b", "c"] {
            cluster.node("\(zone)1", zone: zone)
            cluster.node("\(zone)2", zone: zone)
        }
        return cluster
    }

    /// A StatefulSet of one pod whose claim is bound to a volume of that affinity.
    private static func mounted(_ affinity: [[String: [String]]]?) -> SignalSnapshot {
        var cluster = threeZones()
        cluster.volume("pv", affinity: affinity)
        cluster.claim("shop", "data-db-0", volume: "pv")
        let db = cluster.statefulSet("shop", "db", replicas: 1)
        cluster.pod("shop", "db-0", of: db, on: "a1", claims: ["data-db-0"])
        return cluster.collect()
    }

    /// A zone's disk goes wherever the zone's nodes are; a local one goes nowhere, which is in one zone too.
    @Test(
        arguments: [
            ([[zoneKey: ["a"]]], 1.0, 0.0),
            ([[zoneKey: ["a", "b"]]], 0, 0),
            ([[zoneKey: ["a"]], [zoneKey: ["b"]]], 0, 0),
            ([[hostKey: ["a1"]]], 1, 1),
            ([[hostKey: ["a1", "a2"]]], 1, 0),
            ([[zoneKey: ["a"], hostKey: ["a1"]]], 1, 1),
            // A zone that has no node any more is told by the affinity's own words, whatever the vendor's key.
            ([["topology.gke.io/zone": ["z"]]], 1, 0),
            // Azure writes an empty zone for what is in none.
            ([["topology.disk.csi.azure.com/zone": [""]]], 0, 0),
            // A node that is gone binds its volume all the same, by whatever key it is named; several do not.
            ([[hostKey: ["gone"]]], 0, 1),
            ([["topology.topolvm.io/node": ["gone"]]], 0, 1),
            ([[hostKey: ["gone"]], [hostKey: ["gone"]]], 0, 1),
            ([[hostKey: ["gone", "too"]]], 0, 0),
            ([[hostKey: ["gone"]], [hostKey: ["too"]]], 0, 0),
            ([[hostKey: ["gone"]], ["disk": ["ssd"]]], 0, 0),
        ] as [([[String: [String]]], Double, Double)]
    )
    func affinityTellsWhatCanAttach(affinity: [[String: [String]]], zone: Double, node: Double) {
        let found = Self.mounted(affinity)
        #expect(found.value(Self.zoneBound) == zone)
        #expect(found.value(Self.nodeBound) == node)
    }

    /// Without affinity the scheduler obeys the zone label (`VolumeZone.Filter` in
    /// pkg/scheduler/framework/plugins/volumezone/volume_zone.go); beside an affinity that speaks.
    @Test(
        arguments: [
            (["a"], nil, 1.0), (["a", "b"], nil, 0), ([], nil, 0), (["a"], ["a", "b"], 0),
        ] as [([String], [String]?, Double)]
    )
    func labelTellsTheZones(zones: [String], affinity: [String]?, expected: Double) {
        var cluster = Self.threeZones()
        let labelZones = zones.map { cluster.id($0) }
        cluster.volume("pv", affinity: affinity.map { [[Self.zoneKey: $0]] }) { $0.labelZones = labelZones }
        cluster.claim("shop", "data", volume: "pv")
        cluster.pod("shop", "db-0", of: cluster.statefulSet("shop", "db", replicas: 1), on: "a1", claims: ["data"])
        let found = cluster.collect()
        #expect(found.value(Self.zoneBound) == expected)
        #expect(found.value(Self.nodeBound) == 0)
        #expect(found.value("kube_ha_zone_loss_pods_pinned", ["topology_zone": "a"]) == expected)
    }

    /// A volume that many nodes may mount (RWX on NFS) has no affinity, and binds nothing.
    @Test func volumeWithoutAffinityBindsNothing() {
        let found = Self.mounted(nil)
        #expect(found.value(Self.zoneBound) == 0)
        #expect(found.value(Self.nodeBound) == 0)
    }

    /// Two pods that share a volume hold one volume.
    @Test func sharedVolumeCountsOnce() {
        var cluster = Self.threeZones()
        cluster.volume("pv", affinity: [[Self.zoneKey: ["a"]]])
        cluster.claim("shop", "shared", volume: "pv")
        let web = cluster.deployment("shop", "web")
        for number in 1...2 { cluster.pod("shop", "web-\(number)", of: web, on: "a\(number)", claims: ["shared"]) }
        #expect(cluster.collect().value(Self.zoneBound) == 1)
    }

    /// Claims of volumeClaimTemplates are named in the pods, one each; a pod that has ended holds nothing.
    @Test func claimTemplatesAreSeenThroughThePods() {
        var cluster = Self.threeZones()
        let db = cluster.statefulSet("shop", "db", replicas: 3)
        for (number, zone) in ["a", "b", "c"].enumerated() {
            cluster.volume("pv-\(zone)", affinity: [[Self.zoneKey: [zone]]])
            cluster.claim("shop", "data-db-\(number)", volume: "pv-\(zone)")
            cluster.pod("shop", "db-\(number)", of: db, on: "\(zone)1", claims: ["data-db-\(number)"]) {
                if zone == "c" { $0.flags = [.failed, .restartsAlways] }
            }
        }
        let found = cluster.collect()
        #expect(found.value(Self.zoneBound) == 2)
        #expect(found.found("workload-volumes-single-zone").isEmpty)
    }

    @Test func volumesOfSeveralReplicasInOneZoneAreTold() {
        var cluster = Self.threeZones()
        let db = cluster.statefulSet("shop", "db", replicas: 2)
        for number in 0..<2 {
            cluster.volume("pv-\(number)", affinity: [[Self.zoneKey: ["a"]]])
            cluster.claim("shop", "data-db-\(number)", volume: "pv-\(number)")
            cluster.pod("shop", "db-\(number)", of: db, on: "a\(number + 1)", claims: ["data-db-\(number)"])
        }
        let found = cluster.collect()
        #expect(found.found("workload-volumes-single-zone") == ["shop/db"])
        #expect(found.value("kube_ha_zone_loss_pods_pinned", ["topology_zone": "a"]) == 2)
        #expect(found.value("kube_ha_zone_loss_pods_pinned", ["topology_zone": "b"]) == 0)
    }

    @Test func claimsAndVolumesCountByPhase() {
        var cluster = Self.threeZones()
        cluster.volume("used")
        cluster.volume("free") { $0.phase = .available }
        cluster.claim("shop", "bound", volume: "used", class: "zonal")
        cluster.claim("shop", "waiting", class: "zonal")
        let found = cluster.collect()
        #expect(found.value("kube_ha_persistentvolumes", ["phase": "Available"]) == 1)
        #expect(found.value("kube_ha_persistentvolumes", ["phase": "Failed"]) == 0)
        #expect(found.value("kube_ha_persistentvolumeclaims", ["phase": "Pending"]) == 1)
        #expect(found.value("kube_ha_persistentvolumeclaims", ["phase": "Lost"]) == 0)
    }

    /// A WaitForFirstConsumer claim rightly waits until a pod wants it; a pod on its way out does not.
    @Test func claimWithoutConsumerMayWait() {
        var cluster = Self.threeZones()
        cluster.storageClass("zonal")
        cluster.storageClass("at-once") { $0.bindingMode = .immediate }
        for name in ["unused", "wanted", "left"] { cluster.claim("shop", name, class: "zonal") }
        cluster.claim("shop", "immediate", class: "at-once")
        cluster.claim("shop", "no-such-class", class: "gone")
        cluster.pod("shop", "one", claims: ["wanted"]) { $0.flags = [.pending] }
        cluster.pod("shop", "two", claims: ["left"]) { $0.flags = [.succeeded] }
        let found = cluster.collect()
        #expect(found.found("claim-pending") == ["shop/immediate", "shop/no-such-class", "shop/wanted"])
        let unbound = "kube_ha_persistentvolumeclaim_unbound"
        #expect(found.value(unbound, ["persistentvolumeclaim": "wanted", "storageclass": "zonal"]) == 1)
        #expect(found.value(unbound, ["persistentvolumeclaim": "unused"]) == nil)
    }

    @Test func lostVolumeIsFoundThoughNoPodWantsIt() {
        var cluster = Self.threeZones()
        cluster.storageClass("zonal")
        cluster.claim("shop", "data", volume: "pv", class: "zonal") { $0.phase = .lost }
        let found = cluster.collect()
        #expect(found.found("volume-lost") == ["shop/data"])
        #expect(found.found("claim-pending").isEmpty)
    }

    @Test func volumeThatFailedIsTold() {
        var cluster = Self.threeZones()
        cluster.volume("pv") { $0.phase = .failed }
        #expect(cluster.collect().found("volume-failed") == ["/pv"])
    }

    /// Volumes come off a node six minutes after it was last Ready; what is attached longer is held, on a node that is
    /// gone at once.
    @Test func volumesHeldByDeadNodesAreFound() {
        var cluster = Self.threeZones()
        for (name, age) in [("just-now", 60.0), ("long-ago", 400)] {
            let moment = cluster.ago(age)
            cluster.node(name, zone: "a") {
                $0.ready = .unknown
                $0.readySince = moment
            }
        }
        for node in ["a1", "just-now", "long-ago", "deleted"] { cluster.attachment("pv-\(node)", on: node) }
        let found = cluster.collect()
        let family = "kube_ha_volume_attachments_on_unready_nodes"
        #expect(found.value(family, ["node": "a1"]) == 0)
        #expect(found.value(family, ["node": "just-now"]) == 1)
        #expect(found.value(family, ["node": "deleted"]) == 1)
        #expect(found.found("volume-held-by-dead-node") == ["/deleted", "/long-ago"])
    }

    @Test func attachmentErrorsCountByNode() {
        var cluster = Self.threeZones()
        cluster.attachment("good", on: "a1")
        cluster.attachment("bad", on: "a1") {
            $0.hasError = true
            $0.isAttached = false
        }
        let found = cluster.collect()
        #expect(found.value("kube_ha_volume_attachment_errors", ["node": "a1"]) == 1)
        #expect(found.value("kube_ha_volume_attachment_errors", ["node": "b1"]) == 0)
        #expect(found.found("volume-attachment-error") == ["/a1"])
    }
}
