import ClusterState

extension DaemonSets {
    static let misplaced = Rule(
        "daemonset-misscheduled",
        .info,
        needs: [.one(.daemonsets), .nodes, .pods],
        summary: "Nodes run a pod of a DaemonSet that should not run there.",
        remedy:
            "Compare its node selector and tolerations with the nodes' labels and taints; delete the pods, or let the DaemonSet tolerate the taint."
    )
    static let everywhereAtOnce = Rule(
        "daemonset-update-takes-all",
        .info,
        needs: [.one(.daemonsets), .services],
        summary: "A DaemonSet behind a Service may be updated on every node at the same time.",
        remedy:
            "Set updateStrategy.rollingUpdate.maxUnavailable to 1 or a small percentage, so that the Service keeps endpoints."
    )

    package static let rules = [misplaced, everywhereAtOnce]

    static func evaluate(
        _ row: DaemonSet,
        at position: Int,
        _ context: CollectionContext,
        _ services: inout ServicesOfWorkloads,
        _ output: inout SignalOutput
    ) {
        let object = context.object("DaemonSet", row.meta)
        let ignored = row.meta.ignoredRules
        // Pods on nodes that are not Ready are covered by node-not-ready.
        let misscheduled = Int(row.misscheduled) - context.unreadyNodesMisscheduled(row, at: position)
        if misscheduled > 0 {
            output.raise(
                misplaced,
                object,
                ignored: ignored,
                "\(misscheduled) \(misscheduled == 1 ? "node runs" : "nodes run") a pod and should not"
            )
        }
        if !row.isOnDelete, row.desired >= 2,
            let most = row.maxUnavailable.resolved(of: Int(row.desired), rounding: .up), most >= Int(row.desired),
            services.isSelected(position)
        {
            output.raise(
                everywhereAtOnce,
                object,
                ignored: ignored,
                "maxUnavailable comes to \(most) of \(row.desired) nodes, and a Service selects its pods"
            )
        }
    }
}
