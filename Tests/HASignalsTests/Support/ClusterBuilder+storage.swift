import ClusterState

@testable import HASignals

extension ClusterBuilder {
    mutating func storageClass(_ name: String, _ change: (inout StorageClass) -> Void = { _ in }) {
        var row = StorageClass(meta: meta("StorageClass", "", name))
        row.provisioner = id("ebs.csi.aws.com")
        row.bindingMode = .waitForFirstConsumer
        change(&row)
        state.storageClasses.upsert(row)
    }

    /// A volume with the node affinity given: alternatives of which each asks for labels to have one of some values.
    mutating func volume(
        _ name: String,
        class storageClass: String = "",
        affinity: [[String: [String]]]? = nil,
        _ change: (inout PersistentVolume) -> Void = { _ in }
    ) {
        var row = PersistentVolume(meta: meta("PersistentVolume", "", name))
        row.phase = .bound
        row.storageClass = id(storageClass)
        row.nodeAffinity = affinity?
            .map { term in
                NodeSelectorTerm(
                    expressions: term.sorted(by: { $0.key < $1.key })
                        .map {
                            LabelRequirement(key: id($0.key), op: .in, values: $0.value.map { id($0) })
                        }
                )
            }
        change(&row)
        state.persistentVolumes.upsert(row)
    }

    /// A claim; with a volume it is bound to it, without it is pending.
    mutating func claim(
        _ namespace: String,
        _ name: String,
        volume: String = "",
        class storageClass: String? = nil,
        _ change: (inout PersistentVolumeClaim) -> Void = { _ in }
    ) {
        var row = PersistentVolumeClaim(meta: meta("PersistentVolumeClaim", namespace, name))
        row.volume = id(volume)
        row.phase = volume.isEmpty ? .pending : .bound
        if let storageClass {
            row.storageClass = id(storageClass)
            row.namesStorageClass = true
        }
        change(&row)
        state.persistentVolumeClaims.upsert(row)
    }

    mutating func attachment(_ volume: String, on node: String, _ change: (inout VolumeAttachment) -> Void = { _ in }) {
        var row = VolumeAttachment(meta: meta("VolumeAttachment", "", "\(volume)-\(node)"))
        row.node = id(node)
        row.volume = id(volume)
        row.isAttached = true
        change(&row)
        state.volumeAttachments.upsert(row)
    }
}
