extension ScriptedCluster {
    /// Replaces a pod as a controller does: the old one terminates, a new one comes up in steps. A StatefulSet's new
    /// pod waits until the old one, whose name it takes, is gone.
    mutating func replacePod(_ slot: Int, staysUntilNodeReturns: Bool = false) {
        guard pods[slot].exists, !pods[slot].isTerminating else { return }
        let kind = workloads[pods[slot].workload].kind
        guard kind == .deployment || kind == .statefulSet else { return }
        terminatePod(slot, staysUntilNodeReturns: staysUntilNodeReturns)
        if kind == .deployment { createPod(insteadOf: slot) }
    }

    /// Makes a pod terminate; it is gone 2 s later, or when its node is back.
    mutating func terminatePod(_ slot: Int, staysUntilNodeReturns: Bool = false) {
        pods[slot].isTerminating = true
        changedWorkloads.insert(pods[slot].workload)
        writePod(slot) { message, wallTime in
            message.edit(1) { metadata in
                metadata.edit(9) { time in
                    time.set(1, wallTime)
                    time.set(2, Int64(0))
                }
                metadata.set(10, Int64(1))
            }
        }
        if !staysUntilNodeReturns {
            schedule(.removePod(slot: slot, incarnation: pods[slot].incarnation), after: .seconds(2))
        }
    }

    /// Edits a pod's object.
    private mutating func writePod(_ slot: Int, _ change: (inout ProtobufMessage, Int64) -> Void) {
        let (pod, wallTime) = (pods[slot], wallTime)
        store.edit(.pods, namespace: pod.namespace, name: pod.name, at: now) { change(&$0, wallTime) }
    }

    /// Makes a pod of the same workload and zone, pending.
    mutating func createPod(insteadOf slot: Int) {
        let old = pods[slot]
        var fresh = old
        fresh.name = podName(workloads[old.workload], ordinal: old.ordinal, node: 0)
        fresh.uid = random.uid()
        fresh.node = nil
        fresh.address = takeAddress()
        fresh.created = wallTime
        fresh.isReady = false
        fresh.isTerminating = false
        fresh.endpointState = -1
        fresh.revision = workloads[old.workload].revision
        let new = freeSlots.popLast() ?? pods.count
        fresh.incarnation = new < pods.count ? pods[new].incarnation + 1 : 0
        if new < pods.count { pods[new] = fresh } else { pods.append(fresh) }
        workloads[old.workload].pods.append(new)
        writeStage(new, .pending)
        schedule(.bindPod(slot: new, incarnation: fresh.incarnation), after: .milliseconds(200))
    }

    /// A worker of the zone that takes pods, in turn; nil where none does.
    private mutating func usableNode(inZone zone: Int) -> Int? {
        for _ in 0..<max(1, workers[zone].count) {
            let node = nextNode(inZone: zone)
            if !nodes[node].isLost, !nodes[node].isCordoned { return node }
        }
        return nil
    }

    private mutating func writeStage(_ slot: Int, _ stage: ObjectFactory.PodStage) {
        let pod = pods[slot]
        let node = pod.node.map { nodes[$0] }
        var message = factory.pod(pod, of: workloads[pod.workload], on: node, now: wallTime)
        factory.stage(&message, stage)
        store.put(.pods, message, at: now)
    }

    /// Sets a pod's readiness; does nothing where it is so already.
    mutating func setReady(_ slot: Int, _ isReady: Bool, isNodeGone: Bool = false) {
        guard pods[slot].exists, pods[slot].node != nil, pods[slot].isReady != isReady else { return }
        pods[slot].isReady = isReady
        changedWorkloads.insert(pods[slot].workload)
        writePod(slot) { message, wallTime in
            ObjectFactory.setReady(&message, isReady, isNodeGone: isNodeGone, now: wallTime)
        }
    }

    /// Does what has come due.
    mutating func perform(_ action: ScheduledAction) {
        switch action {
        case .bindPod(let slot, let incarnation):
            guard pods[slot].exists, pods[slot].incarnation == incarnation, pods[slot].node == nil else { return }
            guard let node = usableNode(inZone: pods[slot].zone) else {
                schedule(action, after: .seconds(5))
                return
            }
            pods[slot].node = node
            nodes[node].pods.insert(slot)
            writeStage(slot, .bound)
            changedWorkloads.insert(pods[slot].workload)
            schedule(.startPod(slot: slot, incarnation: incarnation), after: .seconds(1))
        case .startPod(let slot, let incarnation):
            guard pods[slot].exists, pods[slot].incarnation == incarnation, !pods[slot].isTerminating,
                let node = pods[slot].node, !nodes[node].isLost
            else { return }
            if isPending(slot) {
                pods[slot].isReady = true
                writeStage(slot, .running)
                changedWorkloads.insert(pods[slot].workload)
            } else {
                setReady(slot, true)
            }
        case .removePod(let slot, let incarnation):
            guard pods[slot].exists, pods[slot].incarnation == incarnation else { return }
            removePod(slot)
        case .markUnreachable(let node, let epoch):
            guard nodes[node].isLost, nodes[node].epoch == epoch else { return }
            markUnreachable(node)
        case .evict(let node, let epoch):
            guard nodes[node].isLost, nodes[node].epoch == epoch else { return }
            for slot in slots(on: node) { replacePod(slot, staysUntilNodeReturns: true) }
        case .refreshAPIServerEndpoints:
            writeAPIServerEndpoints()
        case .rollOut(let workload, let revision):
            continueRollout(workload, revision)
        }
    }

    /// Whether its containers have not started.
    func isPending(_ slot: Int) -> Bool {
        store.message(.pods, namespace: pods[slot].namespace, name: pods[slot].name)?.string(3, 1) == "Pending"
    }

    private mutating func removePod(_ slot: Int) {
        let pod = pods[slot]
        store.delete(.pods, namespace: pod.namespace, name: pod.name, at: now)
        if workloads[pod.workload].kind == .statefulSet { createPod(insteadOf: slot) }
        workloads[pod.workload].pods.removeAll { $0 == slot }
        changedWorkloads.insert(pod.workload)
        pods[slot].exists = false
        if let node = pod.node { nodes[node].pods.remove(slot) }
        freeSlots.append(slot)
    }

    /// The pods that are bound to a node.
    func slots(on node: Int) -> [Int] {
        nodes[node].pods.sorted()
    }

    /// Removes what was waiting for its node.
    mutating func removeTerminatedPods(on node: Int) {
        for slot in slots(on: node) where pods[slot].isTerminating { removePod(slot) }
    }
}
