import ClusterState
package import Exposition

/// Area 11: are volumes created where their pods can run, and is there one default class?
package enum StorageClasses: Area {
    package static let name = AreaName.storageClasses

    static let storageClassLabels = LabelNames(["storageclass"])
    static let storageClassInfoLabels = LabelNames([
        "storageclass", "provisioner", "volume_binding_mode", "reclaim_policy", "allow_volume_expansion",
    ])

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
        labels: storageClassInfoLabels,
        sources: ["storageclasses"],
        help: "Properties of a StorageClass."
    )
    static let immediate = Family(
        "kube_ha_storageclass_immediate_binding",
        .gauge,
        labels: storageClassLabels,
        sources: ["storageclasses"],
        help: "1 where volumes are created before their pod is scheduled (volumeBindingMode Immediate)."
    )

    package static let families: [any AnyFamily] = [classes, defaults, info, immediate]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        guard context.isOK(.storageclasses) else { return }
        let rows = context.state.storageClasses.all
        output.sink.add(classes, rows.count)
        output.sink.add(defaults, rows.count { $0.isDefault })
        for row in rows {
            let name = context.text(row.meta.name)
            let labels = output.sink.labels(
                storageClassInfoLabels,
                [
                    name, context.text(row.provisioner), row.bindingMode.name,
                    row.reclaimPolicy.isEmpty ? "Delete" : context.text(row.reclaimPolicy),
                    row.allowsVolumeExpansion ? "true" : "false",
                ]
            )
            output.sink.add(info, labels, 1)
            output.sink.add(immediate, output.sink.labels(storageClassLabels, [name]), row.bindingMode == .immediate)
        }
        evaluateDefaults(rows, context, &output)
        evaluateBinding(rows, context, &output)
    }
}
