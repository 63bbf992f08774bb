import ClusterState

extension Replicas {
    static let down = Rule(
        "workload-down",
        .critical,
        needs: [.workloads, .services],
        for: .minutes(5),
        keepFiringFor: .minutes(5),
        summary:
            "A workload that was available has no available replica, and a Service selects it or it is in kube-system.",
        remedy:
            "Check its pods and their events for the node, image, configuration or volume that they wait for."
    )
    static let neverUp = Rule(
        "workload-never-up",
        .warning,
        needs: [.workloads, .services],
        summary:
            "A workload has no available replica, and either none is known to have been available or no Service depends on it.",
        remedy:
            "Check the events of its pods for the reason why they do not start, or scale it to 0 if it is not needed."
    )
    static let lacking = Rule(
        "workload-deficit",
        .warning,
        needs: [.workloads, .nodes, .pods],
        keepFiringFor: .minutes(5),
        summary: "Fewer replicas are available than desired, and no rollout explains it.",
        remedy:
            "Check the pods that are not ready, and the events of its controller for pods that cannot be created or scheduled."
    )
    static let cannotCreate = Rule(
        "workload-cannot-create-pods",
        .warning,
        needs: [.workloads],
        summary: "The controller reports that it cannot create pods.",
        remedy:
            "Read the condition ReplicaFailure: most often a ResourceQuota, an admission webhook or a missing service account refuses them."
    )
    static let heldByUnreachableNode = Rule(
        "statefulset-held-by-dead-node",
        .critical,
        needs: [.one(.statefulsets), .pods, .nodes],
        for: .minutes(5),
        summary:
            "A StatefulSet waits for a pod that cannot terminate because its node is not Ready, and creates no replacement.",
        remedy:
            "Make sure that the node is shut down, then taint it node.kubernetes.io/out-of-service or delete it, so that the pod is deleted."
    )
    static let single = Rule(
        "workload-single-replica",
        .info,
        needs: [.workloads],
        summary: "A workload has one desired replica: the loss of its pod is an outage until a new one runs.",
        remedy: "Scale it to two or more replicas if the application allows it, and spread them over nodes and zones."
    )
    static let barePod = Rule(
        "bare-pod",
        .info,
        needs: [.pods],
        summary: "A pod has no controller.",
        remedy: "Use a Deployment, StatefulSet or DaemonSet instead, so that the pod is recreated on another node."
    )

    static let withoutProbe = Rule(
        "workload-without-readiness-probe",
        .info,
        needs: [.workloads, .services],
        summary: "A Service sends requests to a workload as soon as it runs: a container has no readinessProbe.",
        remedy:
            "Add a readinessProbe that answers only when the container can serve; until then a rollout replaces working pods by broken ones."
    )

    package static let rules = [
        down, neverUp, lacking, cannotCreate, heldByUnreachableNode, single, barePod, withoutProbe,
    ]

    static func evaluate(
        _ workload: Workload,
        at position: Int,
        isFailing: Bool,
        _ context: CollectionContext,
        _ services: inout ServicesOfWorkloads,
        _ output: inout SignalOutput
    ) {
        if isFailing {
            output.raise(
                cannotCreate,
                context.object(workload),
                ignored: workload.ignoredRules,
                "its controller reports that it cannot create pods (ReplicaFailure)"
            )
        }
        if workload.kind == .statefulSet { evaluateHeld(workload, at: position, context, &output) }
        guard let desired = workload.desired, let available = workload.available else { return }
        if desired == 1 && workload.kind != .daemonSet {
            output.raise(single, context.object(workload), ignored: workload.ignoredRules, "one replica is wanted")
        }
        guard available < desired, !context.isPlaceholder(position) else { return }
        let rollout = context.rollout(of: workload, at: position)
        let isRolling = rollout.map { $0.isInProgress && !$0.isStuck } ?? false
        var onUnreadyNodes = 0
        if workload.kind == .daemonSet, let row = context.state.daemonSets[workload.uid] {
            onUnreadyNodes = context.unreadyNodes(admittedBy: row)
        }
        if available < desired - onUnreadyNodes - (isRolling ? rollout?.maxUnavailable ?? 0 : 0) {
            output.raise(
                lacking,
                context.object(workload),
                ignored: workload.ignoredRules,
                "\(available) of \(desired) replicas are available"
            )
        }
        // A DaemonSet whose every node is down is covered by the nodes' findings; what a rollout replaces will come back.
        if available == 0 && desired > onUnreadyNodes && !isRolling {
            evaluateOutage(workload, at: position, desired: desired, context, &services, &output)
        }
    }

    /// Of what counts as ready nothing is known to work where a Service selects the workload and a container has no
    /// readinessProbe.
    static func evaluateProbes(
        _ workload: Workload,
        at position: Int,
        _ context: CollectionContext,
        _ services: inout ServicesOfWorkloads,
        _ output: inout SignalOutput
    ) {
        guard output.isEvaluated(withoutProbe), workload.desired ?? 1 > 0, let template = workload.template,
            context.state.interner.template(template).lacksReadinessProbe
        else { return }
        guard services.isSelected(position) else { return }
        output.raise(
            withoutProbe,
            context.object(workload),
            ignored: workload.ignoredRules,
            "a container has no readinessProbe, and a Service selects its pods"
        )
    }

    private static func evaluateOutage(
        _ workload: Workload,
        at position: Int,
        desired: Int,
        _ context: CollectionContext,
        _ services: inout ServicesOfWorkloads,
        _ output: inout SignalOutput
    ) {
        let wasUp = hasServed(workload, at: position, context)
        let unserved = services.unserved(position)
        let consequence =
            unserved.isEmpty
            ? "" : "; \(unserved.count == 1 ? "Service" : "Services") \(unserved.text) without endpoints"
        if wasUp && (services.isSelected(position) || context.text(workload.namespace) == "kube-system") {
            output.raise(
                down,
                context.object(workload),
                ignored: workload.ignoredRules,
                "none of \(desired) replicas is available" + consequence
            )
        } else {
            output.raise(
                neverUp,
                context.object(workload),
                ignored: workload.ignoredRules,
                wasUp
                    ? "none of \(desired) replicas is available; no Service selects it"
                    : "none of \(desired) replicas is available" + consequence
            )
        }
    }

    /// Whether there is evidence that the workload was available before. See SIGNALS, «served before».
    private static func hasServed(_ workload: Workload, at position: Int, _ context: CollectionContext) -> Bool {
        if context.observations.hasServed(workload.uid) { return true }
        if workload.kind == .deployment, context.state.deployments[workload.uid]?.hasCompletedRollout == true {
            return true
        }
        var wasReady = false
        context.index.podsByWorkload.forEach(in: position) { number in
            if context.pod(number)?.flags.hasBeenReady == true { wasReady = true }
        }
        return wasReady
    }

    private static func evaluateHeld(
        _ workload: Workload,
        at position: Int,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard output.isEvaluated(heldByUnreachableNode) else { return }
        var held: [(pod: Pod, isNodeGone: Bool)] = []
        context.index.podsByWorkload.forEach(in: position) { number in
            guard let pod = context.pod(number), context.isStuckTerminating(pod), !pod.node.isEmpty else { return }
            let node = Int(context.index.pods[number].node)
            // Of a node that was deleted the pod garbage collector lets go only after 40 s (quarantineTime in
            // kubernetes pkg/controller/podgc/gc_controller.go).
            if node < 0 || !context.index.nodes[node].isReady { held.append((pod, node < 0)) }
        }
        guard let first = held.first else { return }
        let more = held.count > 1 ? ", and \(held.count - 1) more" : ""
        output.raise(
            heldByUnreachableNode,
            context.object(workload),
            ignored: workload.ignoredRules,
            "pod \(first.pod.name(context.state.interner)) is terminating on \(context.text(first.pod.node)), "
                + "which \(first.isNodeGone ? "was deleted" : "is not Ready")\(more)"
        )
    }
}

extension CollectionContext {
    /// Seconds past its deletion time after which a pod is stuck terminating.
    static var terminationAllowance: Double { 120 }

    /// Whether the pod is past its deletion time by more than the allowance.
    func isStuckTerminating(_ pod: Pod) -> Bool {
        pod.deletion.isSet && now.seconds - pod.deletion.timestamp.seconds > Self.terminationAllowance
    }
}
