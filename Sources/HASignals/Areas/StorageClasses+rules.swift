import ClusterState

extension StorageClasses {
    static let immediateBinding = Rule(
        "storageclass-immediate-binding",
        .warning,
        needs: [.one(.storageclasses), .volumes, .nodes],
        summary:
            "A class of zonal volumes creates them before their pod is scheduled: pods may stay Pending, or all run in one zone.",
        remedy:
            "Create a class with volumeBindingMode: WaitForFirstConsumer (the field cannot be changed) and use it for new claims."
    )
    static let defaultMissing = Rule(
        "default-storageclass-missing",
        .warning,
        needs: [.one(.storageclasses), .claims],
        summary: "Claims without a class wait for a default StorageClass, and there is none.",
        remedy: "Annotate one StorageClass with storageclass.kubernetes.io/is-default-class: \"true\"."
    )
    static let defaultSeveral = Rule(
        "default-storageclass-several",
        .info,
        needs: [.one(.storageclasses)],
        summary: "Several StorageClasses are marked default: claims without a class get the newest of them.",
        remedy: "Remove the annotation storageclass.kubernetes.io/is-default-class from all but one."
    )

    package static let rules = [immediateBinding, defaultMissing, defaultSeveral]

    static func evaluateDefaults(_ rows: [StorageClass], _ context: CollectionContext, _ output: inout SignalOutput) {
        let defaults = rows.filter(\.isDefault).map { context.text($0.meta.name) }.sorted()
        if defaults.count > 1 {
            output.raise(
                defaultSeveral,
                .cluster,
                "\(defaults.count) default classes: \(defaults.joined(separator: ", "))"
            )
        }
        guard defaults.isEmpty, output.isEvaluated(defaultMissing) else { return }
        var waiting = 0
        context.state.persistentVolumeClaims.forEach { _, row in
            if row.phase == .pending && !row.namesStorageClass && !row.meta.isTerminating { waiting += 1 }
        }
        guard waiting > 0 else { return }
        output.raise(
            defaultMissing,
            .cluster,
            "\(waiting) pending \(waiting == 1 ? "claim names" : "claims name") no class, and none is the default"
        )
    }

    /// A class whose volumes any zone can attach may make them at once; so may every class where there is one zone.
    static func evaluateBinding(_ rows: [StorageClass], _ context: CollectionContext, _ output: inout SignalOutput) {
        let immediate = rows.filter { $0.bindingMode == .immediate }
        guard output.isEvaluated(immediateBinding), context.index.zones.count > 1, !immediate.isEmpty else { return }
        var bound: [StringID: Int] = [:]
        for row in immediate { bound[row.meta.name] = 0 }
        context.state.persistentVolumes.forEach { number, volume in
            guard volume.phase == .bound, bound[volume.storageClass] != nil else { return }
            let reach = context.index.volumes.reach(ofRow: number)
            if reach.isZoneBound || reach.isNodeBound { bound[volume.storageClass, default: 0] += 1 }
        }
        for row in immediate {
            let count = bound[row.meta.name] ?? 0
            guard row.hasAllowedTopologies || count > 0 else { continue }
            let reasons = [
                row.hasAllowedTopologies ? "allowedTopologies is set" : nil,
                count > 0 ? "\(count) bound \(count == 1 ? "volume is" : "volumes are") tied to a zone or node" : nil,
            ]
            output.raise(
                immediateBinding,
                context.object("StorageClass", row.meta),
                ignored: row.meta.ignoredRules,
                "volumeBindingMode is Immediate, and \(reasons.compactMap { $0 }.joined(separator: ", "))"
            )
        }
    }
}
