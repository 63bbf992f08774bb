import ClusterState

extension Nodes {
    static let notReady = Rule(
        "node-not-ready",
        .warning,
        needs: [.nodes],
        for: .minutes(10),
        keepFiringFor: .minutes(10),
        summary: "A node is not Ready.",
        remedy:
            "Check the machine, its kubelet and its network; if it does not come back, delete the node so that its pods are deleted."
    )
    static let heartbeatStale = Rule(
        "node-heartbeat-stale",
        .warning,
        needs: [.nodes, .nodeLeases],
        keepFiringFor: .minutes(5),
        summary: "A node is marked Ready, but its heartbeat has not been renewed for more than 90 s.",
        remedy:
            "Check the node's kubelet, whether it reaches an API server, and that kube-controller-manager runs: it should have marked the node."
    )
    static let underPressure = Rule(
        "node-pressure",
        .warning,
        needs: [.nodes],
        keepFiringFor: .minutes(5),
        summary: "A node reports memory, disk or PID pressure, or an unavailable network.",
        remedy: "Free or add the resource before the kubelet evicts pods."
    )
    static let podsUnschedulable = Rule(
        "pods-unschedulable",
        .warning,
        needs: [.pods],
        keepFiringFor: .minutes(5),
        summary: "The scheduler finds no node for pods of the namespace.",
        remedy:
            "Read the pods' condition PodScheduled; add nodes, lower requests, or relax their placement constraints."
    )
    static let stuckPod = Rule(
        "pod-stuck-terminating",
        .warning,
        needs: [.pods],
        summary: "A pod is still terminating more than 120 s after its grace period.",
        remedy:
            "If its node is gone, delete the node or taint it node.kubernetes.io/out-of-service; otherwise look for a finalizer or a volume that blocks its deletion."
    )
    static let lossCapacity = Rule(
        "node-loss-capacity",
        .info,
        needs: [.nodes, .pods],
        summary: "After the loss of the largest worker, the other nodes could not hold everything that is requested.",
        remedy: "Add a worker, or lower requests that are too high."
    )

    package static let rules = [notReady, heartbeatStale, underPressure, podsUnschedulable, stuckPod, lossCapacity]

    /// Seconds without a renewal after which a heartbeat is stale: twice the kubelet's default lease duration of 40 s,
    /// and the minute in which node leases are listed.
    static let heartbeatLimit = 90.0

    static func evaluate(
        _ node: Node,
        staleLeaseAge: Double?,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        let object = context.object(node)
        let ignored = node.meta.ignoredRules
        if !node.isReady {
            let word = node.ready == .unknown ? "Unknown" : node.ready == .absent ? "missing" : "False"
            output.raise(notReady, object, ignored: ignored, "condition Ready is \(word)")
        } else if let staleLeaseAge {
            output.raise(
                heartbeatStale,
                object,
                ignored: ignored,
                "last heartbeat seen \(Int64(clamping: staleLeaseAge)) s ago while Ready"
            )
        }
        let bad = node.pressures.filter { $0.1 == .isTrue }.map(\.0)
        if !bad.isEmpty {
            output.raise(underPressure, object, ignored: ignored, bad.joined(separator: ", "))
        }
    }

    static func evaluateStuck(_ pod: Pod, _ context: CollectionContext, _ output: inout SignalOutput) {
        let interner = context.state.interner
        output.raise(
            stuckPod,
            FindingObject(kind: "Pod", namespace: context.text(pod.namespace(interner)), name: pod.name(interner)),
            ignored: pod.ignoredRules(interner),
            "still terminating \(Int64(clamping: context.now.seconds - pod.deletion.timestamp.seconds)) s after its grace period"
        )
    }

    static func evaluateUnschedulable(
        _ namespace: StringID,
        _ count: Int,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard count > 0 else { return }
        let name = context.text(namespace)
        output.raise(
            podsUnschedulable,
            FindingObject(kind: "Namespace", namespace: name, name: name),
            "\(count) \(count == 1 ? "pod is" : "pods are") unschedulable"
        )
    }

    static func evaluateCapacity(_ ratios: [(resource: String, ratio: Double)], _ output: inout SignalOutput) {
        let over = ratios.filter { $0.ratio > 1 }
        guard !over.isEmpty else { return }
        let parts = over.map { "\($0.resource) \($0.ratio == .infinity ? "no room left" : percent($0.ratio))" }
        output.raise(lossCapacity, .cluster, "requested over what would be left: \(parts.joined(separator: ", "))")
    }

    private static func percent(_ ratio: Double) -> String {
        "\(Int64(clamping: (ratio * 100).rounded(.up))) %"
    }
}
