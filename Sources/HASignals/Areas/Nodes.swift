package import ClusterState
package import Exposition

/// Area 8: are the nodes healthy, and could the pods of a lost node run elsewhere?
package enum Nodes: Area {
    package static let name = AreaName.nodes
    package static let optionalSources: Set<Source> = [.nodeleases]

    static let conditionLabels = LabelNames(["node", "condition"])
    static let resourceLabels = LabelNames(["resource"])

    static let nodes = Family(
        "kube_ha_nodes",
        .gauge,
        labels: .role,
        sources: ["nodes"],
        help: "Nodes by role: control-plane, etcd, worker."
    )
    static let nodesReady = Family(
        "kube_ha_nodes_ready",
        .gauge,
        labels: .role,
        sources: ["nodes"],
        help: "Nodes that are Ready."
    )
    static let nodesUsable = Family(
        "kube_ha_nodes_usable",
        .gauge,
        labels: .role,
        sources: ["nodes"],
        help: "Nodes that are Ready, not cordoned and not being deleted."
    )
    static let ready = Family(
        "kube_ha_node_ready",
        .gauge,
        labels: .nodeAndZone,
        sources: ["nodes"],
        help: "1 where the node's condition Ready is True."
    )
    static let usable = Family(
        "kube_ha_node_usable",
        .gauge,
        labels: .nodeAndZone,
        sources: ["nodes"],
        help: "1 where the node is Ready, not cordoned and not being deleted."
    )
    static let notReadySeconds = Family(
        "kube_ha_node_not_ready_seconds",
        .gauge,
        labels: .nodeAndZone,
        sources: ["nodes"],
        help: "0 while the node is Ready, else seconds since its condition Ready last changed."
    )
    static let leaseAge = Family(
        "kube_ha_node_lease_age_seconds",
        .gauge,
        labels: .nodeAndZone,
        sources: ["nodes", "nodeleases"],
        help: "Seconds since the node's heartbeat lease was last seen to change."
    )
    static let pressure = Family(
        "kube_ha_node_pressure",
        .gauge,
        labels: conditionLabels,
        sources: ["nodes"],
        help:
            "1 where the condition is True, 0 where False: MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable."
    )
    static let podsOnUnready = Family(
        "kube_ha_pods_on_unready_nodes",
        .gauge,
        labels: .node,
        sources: ["nodes", "pods"],
        help: "Pods bound to the node while it is not Ready, 0 while it is."
    )
    static let unschedulable = Family(
        "kube_ha_pods_unschedulable",
        .gauge,
        labels: .namespace,
        sources: ["pods"],
        help: "Pods that the scheduler finds no node for."
    )
    static let stuckTerminating = Family(
        "kube_ha_pods_stuck_terminating",
        .gauge,
        labels: .namespace,
        sources: ["pods"],
        help: "Pods past their deletion time by more than 120 s."
    )
    static let capacityRatio = Family(
        "kube_ha_node_loss_capacity_ratio",
        .gauge,
        labels: resourceLabels,
        sources: ["nodes", "pods"],
        help: "Requests to place over room left after the loss of the largest worker; above 1 they cannot all run."
    )

    package static let families: [any AnyFamily] = [
        nodes, nodesReady, nodesUsable, ready, usable, notReadySeconds, leaseAge, pressure, podsOnUnready,
        unschedulable, stuckTerminating, capacityRatio,
    ]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        addRoles(context, &output.sink)
        let leaseAges = nodeLeaseAges(context)
        let staleLeases = staleNodeLeases(context)
        for (position, node) in context.index.nodes.enumerated() {
            addNode(node, at: position, leaseAge: leaseAges[node.meta.name], context, &output.sink)
            let isStale =
                staleLeases.contains(node.meta.name)
                && context.observations.hasListedNodeLeases(sinceReadinessOf: node.uid)
            evaluate(node, staleLeaseAge: isStale ? leaseAges[node.meta.name] : nil, context, &output)
        }
        addPods(context, &output)
        if context.isOK(.nodes), context.isOK(.pods), let ratios = context.index.capacity?.ratiosAfterNodeLoss() {
            for (resource, ratio) in ratios {
                output.sink.add(capacityRatio, output.sink.labels(resourceLabels, [resource]), ratio)
            }
            evaluateCapacity(ratios, &output)
        }
    }

    private static func addRoles(_ context: CollectionContext, _ sink: inout Sink) {
        for role in NodeRole.allCases {
            let index = context.index
            let own = index.nodes.indices.filter { index.nodes[$0].role == role }
            guard !own.isEmpty else { continue }
            let labels = sink.labels(.role, [role.name])
            sink.add(nodes, labels, own.count)
            sink.add(nodesReady, labels, own.count { index.nodes[$0].isReady })
            sink.add(nodesUsable, labels, own.count { index.nodes[$0].isUsable })
        }
    }

    /// The ages of heartbeat leases by the node's name, which is the lease's.
    private static func nodeLeaseAges(_ context: CollectionContext) -> [StringID: Double] {
        var ages: [StringID: Double] = [:]
        guard context.isOK(.nodeleases) else { return ages }
        context.state.nodeLeases.forEach { _, lease in
            ages[lease.meta.name] = context.observations.nodeLeaseAge(lease.uid)
        }
        return ages
    }

    /// The names of heartbeat leases that were observed unchanged for too long; in a recording, which is a single
    /// observation, those that are too old.
    private static func staleNodeLeases(_ context: CollectionContext) -> Set<StringID> {
        var names: Set<StringID> = []
        guard context.isOK(.nodeleases) else { return names }
        context.state.nodeLeases.forEach { _, lease in
            let seen = context.observations
            let age = context.isRecording ? seen.nodeLeaseAge(lease.uid) : seen.watchedNodeLeaseAge(lease.uid)
            // When first seen, a lease is compared with the others of its list, not with our clock.
            let lag = seen.hasNodeLeaseChanged(lease.uid) ? nil : seen.nodeLeaseLag(lease.uid)
            if max(age ?? 0, lag ?? 0) > heartbeatLimit { names.insert(lease.meta.name) }
        }
        return names
    }

    private static func addNode(
        _ node: Node,
        at position: Int,
        leaseAge age: Double?,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let labels = context.labels(node, &sink)
        sink.add(ready, labels, node.isReady)
        sink.add(usable, labels, node.isUsable)
        // A node that never reported whether it is Ready has no time since when it is not.
        if node.isReady {
            sink.add(notReadySeconds, labels, 0)
        } else if node.readySince.isSet {
            sink.add(notReadySeconds, labels, max(0, context.now.seconds - node.readySince.timestamp.seconds))
        }
        if let age { sink.add(leaseAge, labels, age) }
        for (condition, status) in node.pressures where status == .isTrue || status == .isFalse {
            sink.add(
                pressure,
                sink.labels(conditionLabels, [context.text(node.meta.name), condition]),
                status == .isTrue
            )
        }
        guard context.isOK(.pods) else { return }
        var podsLeft = 0
        if !node.isReady {
            context.index.podsByNode.forEach(in: position) { number in
                if !context.index.pods[number].flags.isTerminal { podsLeft += 1 }
            }
        }
        sink.add(podsOnUnready, sink.labels(.node, [context.text(node.meta.name)]), podsLeft)
    }

    private static func addPods(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.pods) else { return }
        let interner = context.state.interner
        var counts: [(namespace: StringID, unschedulable: Int, placeholders: Int, stuck: Int)] = []
        // By string id of a namespace, its position in `counts`: a dictionary would be asked for every pod.
        var positions = [Int32](repeating: -1, count: interner.stringCapacity)
        context.state.pods.forEach { _, pod in
            let namespace = pod.namespace(interner)
            if positions[Int(namespace.value)] < 0 {
                positions[Int(namespace.value)] = Int32(counts.count)
                counts.append((namespace, 0, 0, 0))
            }
            let position = Int(positions[Int(namespace.value)])
            if pod.isUnschedulable {
                counts[position].unschedulable += 1
                if pod.flags.contains(.placeholder) { counts[position].placeholders += 1 }
            }
            if context.isStuckTerminating(pod) {
                counts[position].stuck += 1
                evaluateStuck(pod, context, &output)
            }
        }
        for count in counts {
            let labels = output.sink.labels(.namespace, [context.text(count.namespace)])
            output.sink.add(unschedulable, labels, count.unschedulable)
            output.sink.add(stuckTerminating, labels, count.stuck)
            // Placeholder pods are meant to be unschedulable when room is needed.
            evaluateUnschedulable(count.namespace, count.unschedulable - count.placeholders, context, &output)
        }
    }
}

extension Node {
    /// The conditions that are bad where True, with their names.
    var pressures: [(String, ConditionStatus)] {
        [
            ("MemoryPressure", memoryPressure), ("DiskPressure", diskPressure), ("PIDPressure", pidPressure),
            ("NetworkUnavailable", networkUnavailable),
        ]
    }
}
