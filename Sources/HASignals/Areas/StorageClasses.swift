import ClusterState
package import Exposition

/// Area 11: are volumes made where their pods can run, and is there one class to fall back on?
package enum StorageClasses: Area {
    package static let name = AreaName.storageClasses

    static let classes = Family(
        "kube_ha_storageclasses",
        .gauge,
        sources: ["storageclasses"],
        help: "StorageClasses."
    )
    static let defaults = Family(
        "kube_ha_storageclasses_default",
        .gauge,
        sources: ["storageclasses"],
        help: "StorageClasses marked default."
    )
    static let info = Family(
        "kube_ha_storageclass_info",
        .info,
        labels: "storageclass",
        "provisioner",
        "volume_binding_mode",
        "reclaim_policy",
        "allow_volume_expansion",
        sources: ["storageclasses"],
        help: "A StorageClass with what it does."
    )
    static let immediate = Family(
        "kube_ha_storageclass_immediate_binding",
        .gauge,
        labels: "storageclass",
        sources: ["storageclasses"],
        help: "1 where volumes are made before it is known where their pod runs (volumeBindingMode Immediate)."
    )

    package static let families: [any AnyFamily] = [classes, defaults, info, immediate]

    package static func collect(_ cluster: Cluster, into output: inout SignalOutput) {
        guard cluster.isOK(.storageclasses) else { return }
        let rows = cluster.state.storageClasses.all
        output.sink.add(classes, rows.count)
        output.sink.add(defaults, rows.count { $0.isDefault })
        for row in rows {
            let name = cluster.text(row.meta.name)
            let labels = output.sink.labels(
                "storageclass",
                name,
                "provisioner",
                cluster.text(row.provisioner),
                "volume_binding_mode",
                row.bindingMode.name,
                "reclaim_policy",
                row.reclaimPolicy.isEmpty ? "Delete" : cluster.text(row.reclaimPolicy),
                "allow_volume_expansion",
                row.allowsVolumeExpansion ? "true" : "false"
            )
            output.sink.add(info, labels, 1)
            output.sink.add(immediate, output.sink.labels("storageclass", name), row.bindingMode == .immediate)
        }
        judgeDefaults(rows, cluster, &output)
        judgeBinding(rows, cluster, &output)
    }
}
