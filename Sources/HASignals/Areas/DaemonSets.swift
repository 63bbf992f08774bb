import ClusterState
package import Exposition

/// Area 5: does every node that should run a pod of a DaemonSet run one?
package enum DaemonSets: Area {
    package static let name = AreaName.daemonsets

    static let daemonSetLabels = LabelNames(["namespace", "daemonset"])

    static let desired = Family(
        "kube_ha_daemonset_nodes_desired",
        .gauge,
        labels: daemonSetLabels,
        sources: ["daemonsets"],
        help: "Nodes that should run a pod of the DaemonSet."
    )
    static let ready = Family(
        "kube_ha_daemonset_nodes_ready",
        .gauge,
        labels: daemonSetLabels,
        sources: ["daemonsets"],
        help: "Nodes with a ready pod of it."
    )
    static let unavailable = Family(
        "kube_ha_daemonset_nodes_unavailable",
        .gauge,
        labels: daemonSetLabels,
        sources: ["daemonsets"],
        help: "Nodes that should run a pod of it and have none available."
    )
    static let misscheduled = Family(
        "kube_ha_daemonset_nodes_misscheduled",
        .gauge,
        labels: daemonSetLabels,
        sources: ["daemonsets"],
        help: "Nodes that run a pod of it and should not."
    )
    static let coverage = Family(
        "kube_ha_daemonset_coverage_ratio",
        .gauge,
        labels: daemonSetLabels,
        sources: ["daemonsets"],
        help: "Nodes with a ready pod over nodes that should run one; absent where none should."
    )

    package static let families: [any AnyFamily] = [desired, ready, unavailable, misscheduled, coverage]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        guard context.isOK(.daemonsets) else { return }
        var services = ServicesOfWorkloads(context)
        for (position, workload) in context.index.workloads.enumerated() where workload.kind == .daemonSet {
            guard let row = context.state.daemonSets[workload.uid] else { continue }
            let labels = context.labels(daemonSetLabels, row.meta, &output.sink)
            output.sink.add(desired, labels, row.desired)
            output.sink.add(ready, labels, row.ready)
            output.sink.add(unavailable, labels, row.unavailable)
            output.sink.add(misscheduled, labels, row.misscheduled)
            if row.desired > 0 { output.sink.add(coverage, labels, Double(row.ready) / Double(row.desired)) }
            evaluate(row, at: position, context, &services, &output)
        }
    }
}
