extension ScriptedCluster {
    /// Powers a node off. Its lease stops at once; after the grace period it is Unknown and its pods are not Ready;
    /// 300 s later its pods are evicted; the new ones stay pending while their zone has no node that takes them.
    mutating func loseNode(_ index: Int) {
        guard !nodes[index].isLost else { return }
        nodes[index].isLost = true
        nodes[index].epoch += 1
        let epoch = nodes[index].epoch
        schedule(.markUnreachable(node: index, epoch: epoch), after: plan.nodeGracePeriod)
        schedule(.evict(node: index, epoch: epoch), after: plan.nodeGracePeriod + .seconds(300))
        if nodes[index].master != nil { schedule(.refreshAPIServerEndpoints, after: .seconds(15)) }
    }

    /// Powers a node on again: everything on it recovers at once.
    mutating func recoverNode(_ index: Int) {
        guard nodes[index].isLost else { return }
        nodes[index].isLost = false
        nodes[index].isUnreachable = false
        nodes[index].epoch += 1
        writeNode(index)
        removeTerminatedPods(on: index)
        for slot in slots(on: index) {
            if isPending(slot) {
                schedule(.startPod(slot: slot, incarnation: pods[slot].incarnation), after: .seconds(1))
            } else {
                setReady(slot, true)
            }
        }
        if nodes[index].master != nil { writeAPIServerEndpoints() }
    }

    /// Cordons or uncordons a node.
    mutating func setCordoned(_ index: Int, _ isCordoned: Bool) {
        guard nodes[index].isCordoned != isCordoned else { return }
        nodes[index].isCordoned = isCordoned
        writeNode(index)
    }

    /// What the node controller does when heartbeats have been missing for the grace period.
    mutating func markUnreachable(_ index: Int) {
        nodes[index].isUnreachable = true
        writeNode(index)
        for slot in slots(on: index) { setReady(slot, false, isNodeGone: true) }
    }

    /// Writes the parts of a node that say whether it is there and takes pods.
    private mutating func writeNode(_ index: Int) {
        let (node, wallTime) = (nodes[index], wallTime)
        let conditions = (try? factory.node(node))?.message(3)?.messages(4) ?? []
        store.edit(.nodes, namespace: "", name: node.name, at: now) { message in
            message.edit(2) { spec in
                spec.set(4, node.isCordoned)
                var taints = spec.messages(5)
                    .filter { taint in
                        let key = taint.string(1) ?? ""
                        return !["node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable"].contains(key)
                    }
                if node.isCordoned { taints.append(Self.taint("unschedulable", "NoSchedule", wallTime)) }
                if node.isUnreachable {
                    taints.append(Self.taint("unreachable", "NoSchedule", wallTime))
                    taints.append(Self.taint("unreachable", "NoExecute", wallTime))
                }
                spec.replaceAll(5, with: taints)
            }
            message.edit(3) { status in
                let wasUnreachable = status.messages(4).contains { $0.string(2) == "Unknown" }
                guard wasUnreachable != node.isUnreachable else { return }
                status.replaceAll(
                    4,
                    with: conditions.map { Self.condition($0, node.isUnreachable, wallTime) }
                )
            }
        }
    }

    private static func condition(
        _ healthy: ProtobufMessage,
        _ isUnreachable: Bool,
        _ wallTime: Int64
    ) -> ProtobufMessage {
        var condition = healthy
        condition.edit(4) { $0.set(1, wallTime) }
        if isUnreachable {
            condition.set(2, "Unknown")
            condition.set(5, "NodeStatusUnknown")
            condition.set(6, "Kubelet stopped posting node status.")
        } else {
            condition.edit(3) { $0.set(1, wallTime) }
        }
        return condition
    }

    private static func taint(_ name: String, _ effect: String, _ wallTime: Int64) -> ProtobufMessage {
        var taint = ProtobufMessage()
        taint.set(1, "node.kubernetes.io/\(name)")
        taint.set(2, "")
        taint.set(3, effect)
        var time = ProtobufMessage()
        time.set(1, wallTime)
        time.set(2, Int64(0))
        taint.set(4, time)
        return taint
    }

    /// Writes the addresses of the API servers that run, as their lease reconciler does; once writes get through.
    mutating func writeAPIServerEndpoints() {
        guard acceptsWrites else { return schedule(.refreshAPIServerEndpoints, after: Self.tickLength) }
        guard var slice = store.message(.endpointSlices, namespace: "default", name: "kubernetes") else { return }
        let before = slice.encoded
        patchAPIServerEndpoints(&slice)
        guard slice.encoded != before else { return }
        store.put(.endpointSlices, slice, at: now)
    }
}
