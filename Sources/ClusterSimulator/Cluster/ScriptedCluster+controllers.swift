extension ScriptedCluster {
    /// Brings the objects that describe changed workloads up to what their pods are, as the controllers do.
    mutating func writeChangedWorkloads() {
        for index in changedWorkloads.sorted() {
            let workload = workloads[index]
            let members = workload.pods.map { pods[$0] }.filter { !$0.isTerminating }
            let ready = members.count { $0.isReady }
            writeEndpoints(workload)
            writeStatus(workload, members)
            if workload.hasBudget { writeBudget(workload, ready: ready) }
        }
        changedWorkloads = []
    }

    private mutating func writeStatus(_ workload: WorkloadRecord, _ members: [PodRecord]) {
        let current = Int64(members.count)
        let ready = Int64(members.count { $0.isReady })
        switch workload.kind {
        case .deployment:
            let updated = members.filter { $0.revision == workload.revision }
            let old = members.filter { $0.revision != workload.revision }
            let desired = old.isEmpty ? workload.replicas : updated.count
            writeReplicaSet(workload.namespace, workload.replicaSet, updated, desired: desired)
            if !workload.previousReplicaSet.isEmpty {
                writeReplicaSet(workload.namespace, workload.previousReplicaSet, old, desired: old.count)
            }
            let missing = max(0, Int64(workload.replicas) - ready)
            let counts = [2: current, 3: Int64(updated.count), 4: ready, 5: missing, 7: ready]
            // A quarter, rounded down, may be missing: the default of maxUnavailable.
            let isAvailable = missing <= Int64(workload.replicas / 4)
            writeStatus(.deployments, workload.namespace, workload.name, counts) { status, wallTime in
                status.editAll(6) { condition in
                    guard condition.string(1) == "Available" else { return }
                    guard (condition.string(2) == "True") != isAvailable else { return }
                    condition.set(2, isAvailable ? "True" : "False")
                    condition.set(4, isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable")
                    condition.set(5, "Deployment \(isAvailable ? "has" : "does not have") minimum availability.")
                    condition.edit(6) { $0.set(1, wallTime) }
                    condition.edit(7) { $0.set(1, wallTime) }
                }
            }
        case .statefulSet:
            let counts = [2: current, 3: ready, 4: current, 5: current, 11: ready]
            writeStatus(.statefulSets, workload.namespace, workload.name, counts)
        case .daemonSet:
            let desired = Int64(workload.replicas)
            let counts = [1: current, 3: desired, 4: ready, 6: current, 7: ready, 8: desired - ready]
            writeStatus(.daemonSets, workload.namespace, workload.name, counts)
        case .staticPods:
            break
        }
    }

    private mutating func writeReplicaSet(
        _ namespace: String,
        _ name: String,
        _ members: [PodRecord],
        desired: Int
    ) {
        if let set = store.message(.replicaSets, namespace: namespace, name: name), set.integer(2, 1) != Int64(desired)
        {
            store.edit(.replicaSets, namespace: namespace, name: name, at: now) { message in
                message.edit(2) { $0.set(1, Int64(desired)) }
            }
        }
        let current = Int64(members.count)
        let ready = Int64(members.count { $0.isReady })
        writeStatus(.replicaSets, namespace, name, [1: current, 2: current, 4: ready, 5: ready])
    }

    /// Sets numbers of an object's status; writes nothing where they are as they were.
    private mutating func writeStatus(
        _ resource: SimulatedResource,
        _ namespace: String,
        _ name: String,
        _ counts: [Int: Int64],
        _ change: (inout ProtobufMessage, Int64) -> Void = { _, _ in }
    ) {
        guard var message = store.message(resource, namespace: namespace, name: name) else { return }
        let status = message.message(3) ?? ProtobufMessage()
        guard counts.contains(where: { status.integer($0.key) ?? 0 != $0.value }) else { return }
        let wallTime = wallTime
        message.edit(3) { status in
            for (number, count) in counts.sorted(by: { $0.key < $1.key }) { status.set(number, count) }
            change(&status, wallTime)
        }
        store.put(resource, message, at: now)
    }

    private mutating func writeBudget(_ workload: WorkloadRecord, ready: Int) {
        let expected = Int64(workload.replicas)
        let desired = max(0, expected - 1)
        let allowed = max(0, Int64(ready) - desired)
        let counts = [3: allowed, 4: Int64(ready), 5: desired, 6: expected]
        writeStatus(.podDisruptionBudgets, workload.namespace, workload.name, counts) { status, wallTime in
            status.edit(7) { condition in
                guard (condition.string(2) == "True") != (allowed > 0) else { return }
                condition.set(2, allowed > 0 ? "True" : "False")
                condition.edit(4) { $0.set(1, wallTime) }
                condition.set(5, allowed > 0 ? "SufficientPods" : "InsufficientPods")
            }
        }
    }

    private mutating func writeEndpoints(_ workload: WorkloadRecord) {
        guard !workload.endpointSlice.isEmpty,
            var slice = store.message(
                .endpointSlices,
                namespace: workload.namespace,
                name: workload.endpointSlice
            )
        else { return }
        let endpoints = workload.pods.compactMap { encodedEndpoint($0) }
        let before = slice.encoded
        slice.replaceAll(2, withEncoded: endpoints)
        guard slice.encoded != before else { return }
        slice.edit(1) { $0.set(7, ($0.integer(7) ?? 0) + 1) }
        store.put(.endpointSlices, slice, at: now)
    }

    /// A pod's entry in an EndpointSlice; nil while it has no node.
    private mutating func encodedEndpoint(_ slot: Int) -> [UInt8]? {
        guard let node = pods[slot].node else { return nil }
        let state = node << 2 | (pods[slot].isReady ? 2 : 0) | (pods[slot].isTerminating ? 1 : 0)
        if pods[slot].endpointState != state {
            pods[slot].endpoint = factory.endpoint(pods[slot], on: nodes[node], like: endpointTemplate).encoded
            pods[slot].endpointState = state
        }
        return pods[slot].endpoint
    }
}
