import ClusterState
import Testing

@testable import HASignals

struct StorageClassesTests {
    private static let zoneKey = "topology.kubernetes.io/zone"

    private static func cluster(zones: [String]) -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for zone in zones { cluster.node("\(zone)1", zone: zone) }
        return cluster
    }

    @Test func classesAreDescribed() {
        var cluster = Self.cluster(zones: ["a"])
        let retain = cluster.id("Retain")
        cluster.storageClass("zonal") { $0.isDefault = true }
        cluster.storageClass("kept") {
            $0.bindingMode = .immediate
            $0.reclaimPolicy = retain
            $0.allowsVolumeExpansion = true
        }
        let found = cluster.collect()
        #expect(found.value("kube_ha_storageclasses") == 2)
        #expect(found.value("kube_ha_storageclasses_default") == 1)
        #expect(found.value("kube_ha_storageclass_immediate_binding", ["storageclass": "kept"]) == 1)
        let kept = [
            "storageclass": "kept", "provisioner": "ebs.csi.aws.com", "volume_binding_mode": "Immediate",
            "reclaim_policy": "Retain", "allow_volume_expansion": "true",
        ]
        #expect(found.value("kube_ha_storageclass_info", kept) == 1)
        let zonal = ["storageclass": "zonal", "reclaim_policy": "Delete", "allow_volume_expansion": "false"]
        #expect(found.value("kube_ha_storageclass_info", zonal) == 1)
    }

    /// Making a volume at once does harm where volumes are tied to a place and there is more than one place.
    @Test func immediateBindingMattersForZonalVolumes() {
        var cluster = Self.cluster(zones: ["a", "b"])
        for name in ["zonal", "shared", "restricted", "unused", "patient"] {
            cluster.storageClass(name) {
                if name != "patient" { $0.bindingMode = .immediate }
                $0.hasAllowedTopologies = name == "restricted"
            }
        }
        cluster.volume("pv-zonal", class: "zonal", affinity: [[Self.zoneKey: ["a"]]])
        cluster.volume("pv-free", class: "unused", affinity: [[Self.zoneKey: ["a"]]]) { $0.phase = .available }
        cluster.volume("pv-shared", class: "shared")
        cluster.volume("pv-patient", class: "patient", affinity: [[Self.zoneKey: ["a"]]])
        #expect(cluster.collect().found("storageclass-immediate-binding") == ["/restricted", "/zonal"])
    }

    /// In one zone every volume is where its pod runs.
    @Test func immediateBindingDoesNoHarmInOneZone() {
        var cluster = Self.cluster(zones: ["a"])
        cluster.storageClass("zonal") { $0.bindingMode = .immediate }
        cluster.volume("pv", class: "zonal", affinity: [[Self.zoneKey: ["a"]]])
        #expect(cluster.collect().found("storageclass-immediate-binding").isEmpty)
    }

    /// No default class is a choice until a claim waits for one; a claim of the empty class asks for none.
    @Test func defaultClassIsMissedByAClaimOnly() {
        var cluster = Self.cluster(zones: ["a"])
        cluster.storageClass("zonal")
        cluster.claim("shop", "static", class: "")
        #expect(cluster.collect().found("default-storageclass-missing").isEmpty)
        cluster.claim("shop", "waiting")
        #expect(cluster.collect().found("default-storageclass-missing") == ["/"])
        cluster.storageClass("zonal") { $0.isDefault = true }
        #expect(cluster.collect().found("default-storageclass-missing").isEmpty)
    }

    @Test func severalDefaultClassesAreTold() {
        var cluster = Self.cluster(zones: ["a"])
        for name in ["one", "two"] { cluster.storageClass(name) { $0.isDefault = true } }
        #expect(cluster.collect().message("default-storageclass-several") == "2 default classes: one, two")
    }
}
