import ClusterState

@testable import HASignals

/// What draining a node would meet, worked out the slow way: each pod is tried on each node, each budget's selector held
/// against each pod. ``DrainPlan`` has to come to the same.
struct DrainReference {
    let context: CollectionContext

    /// The obstacles that the drain of the node at a position would meet.
    func obstacles(_ node: Int) -> Set<DrainObstacle> {
        var found: Set<DrainObstacle> = []
        let moved = pods(on: node).filter { isMoved($0) }
        if moved.contains(where: { isBare($0) }) { found.insert(.barePod) }
        if moved.contains(where: isRefused) { found.insert(.refused) }
        let needing = moved.filter { !$0.pod.flags.contains(.placeholder) }
        if needing.contains(where: { isPinned($0.pod, to: node) }) { found.insert(.pinned) }
        let others = context.index.nodes.indices.filter { $0 != node }
        let isAlone = needing.contains { entry in
            !others.contains { admits($0, entry.pod) && fits($0, entry.pod) }
        }
        if isAlone || !haveRoomTogether(needing.map(\.pod), besides: node) { found.insert(.noRoom) }
        for position in context.index.workloads.indices where loses(position, with: node) {
            found.insert(wanted(position) >= 2 ? .outage : .singleReplica)
        }
        return found
    }

    private typealias Entry = (number: Int, pod: Pod)

    private func pods(on node: Int) -> [Entry] {
        var found: [Entry] = []
        let name = context.index.nodes[node].meta.name
        context.state.pods.forEach { number, pod in
            if pod.node == name, !pod.flags.contains(.succeeded), !pod.flags.contains(.failed) {
                found.append((number, pod))
            }
        }
        return found
    }

    private func isMoved(_ entry: Entry) -> Bool {
        if entry.pod.deletion.isSet { return false }
        guard let owner = context.state.interner.owner(entry.pod.owner) else {
            return !entry.pod.flags.contains(.mirror)
        }
        if context.state.daemonSets.all.contains(where: { $0.uid == owner.uid }) { return false }
        return !context.index.nodes.contains { $0.uid == owner.uid && $0.meta.name == entry.pod.node }
    }

    private func isBare(_ entry: Entry) -> Bool {
        entry.pod.owner == .none && !entry.pod.flags.contains(.mirror)
    }

    private func budgets(of entry: Entry) -> [PodDisruptionBudget] {
        let interner = context.state.interner
        return context.state.podDisruptionBudgets.all.filter {
            $0.meta.namespace == entry.pod.namespace(interner)
                && $0.selector?.matches(entry.pod.labels, interner) ?? false
        }
    }

    /// As the eviction subresource decides: see SIGNALS, area 9.
    private func isRefused(_ entry: Entry) -> Bool {
        let budgets = budgets(of: entry)
        guard entry.pod.flags.contains(.running), let budget = budgets.first else { return false }
        if budgets.count > 1 { return true }
        let allowsNone = budget.observedGeneration < budget.meta.generation || budget.disruptionsAllowed <= 0
        if entry.pod.flags.contains(.ready) { return allowsNone }
        let isHealthyEnough = budget.desiredHealthy > 0 && budget.currentHealthy >= budget.desiredHealthy
        return allowsNone && !budget.evictsUnhealthyAlways && !isHealthyEnough
    }

    // MARK: Places

    private func volumes(_ pod: Pod) -> [PersistentVolume] {
        let interner = context.state.interner
        return interner.strings(pod.claims)
            .compactMap { name in
                context.state.persistentVolumeClaims.all.first {
                    $0.meta.name == name && $0.meta.namespace == pod.namespace(interner) && $0.phase == .bound
                }
            }
            .compactMap { claim in context.state.persistentVolumes.all.first { $0.meta.name == claim.volume } }
    }

    private func nodes(of volume: PersistentVolume) -> [Node]? {
        volume.nodeAffinity.map { terms in
            context.index.nodes.filter { node in
                terms.contains {
                    $0.matches(labels: node.meta.labels, name: node.meta.name, context.state.interner)
                }
            }
        }
    }

    /// Whether node selector, required affinity and the affinity of bound volumes admit the node.
    private func isWithinConstraints(_ node: Node, _ pod: Pod) -> Bool {
        let interner = context.state.interner
        guard
            interner.placement(pod.placement(interner))
                .admits(labels: node.meta.labels, name: node.meta.name, interner)
        else { return false }
        return volumes(pod).compactMap { nodes(of: $0) }
            .allSatisfy { own in own.contains { $0.uid == node.uid } }
    }

    private func admits(_ position: Int, _ pod: Pod) -> Bool {
        let node = context.index.nodes[position]
        let interner = context.state.interner
        return node.isReady && !node.isCordoned && !node.meta.isTerminating && isWithinConstraints(node, pod)
            && interner.placement(pod.placement(interner)).tolerates(node.taints)
    }

    private func isPinned(_ pod: Pod, to position: Int) -> Bool {
        if volumes(pod).contains(where: { nodes(of: $0)?.count == 1 }) { return true }
        let interner = context.state.interner
        let placement = interner.placement(pod.placement(interner))
        let isFree = placement.nodeSelector.isEmpty && placement.requiredAffinity == nil
        guard context.index.nodes.count > 1, !isFree || volumes(pod).contains(where: { $0.nodeAffinity != nil }) else {
            return false
        }
        return context.index.nodes.indices.filter { isWithinConstraints(context.index.nodes[$0], pod) } == [position]
    }

    // MARK: Room

    private func requests(_ pod: Pod) -> (cpu: Int64, memory: Int64) {
        let requests = context.state.interner.requests(pod.requests(context.state.interner))
        return (requests.milliCPU, requests.memoryBytes)
    }

    private func left(_ node: Int) -> (cpu: Int64, memory: Int64, pods: Int64) {
        let row = context.index.nodes[node]
        var left = (row.allocatable.milliCPU, row.allocatable.memoryBytes, row.allocatablePods)
        for entry in pods(on: node) where !entry.pod.flags.contains(.placeholder) {
            let own = requests(entry.pod)
            left = (left.0 - own.cpu, left.1 - own.memory, left.2 - 1)
        }
        return left
    }

    private func fits(_ node: Int, _ pod: Pod) -> Bool {
        let left = left(node)
        let wanted = requests(pod)
        return left.pods >= 1 && (wanted.cpu == 0 || wanted.cpu <= left.cpu)
            && (wanted.memory == 0 || wanted.memory <= left.memory)
    }

    /// Whether all of the pods, and those that the nodes of one set admit or some of these, need no more than the nodes have
    /// left but for the one that is drained.
    private func haveRoomTogether(_ pods: [Pod], besides drained: Int) -> Bool {
        let admitting = pods.map { pod in Set(context.index.nodes.indices.filter { admits($0, pod) }) }
        var sets = Set(admitting).map { outer in Set(admitting).filter { $0.isSubset(of: outer) }.map(\.self) }
        sets.append(Array(Set(admitting)))
        for own in sets {
            let nodes = own.reduce(into: Set<Int>()) { $0.formUnion($1) }
            var room: (cpu: Int64, memory: Int64, pods: Int64) = (0, 0, 0)
            for node in nodes where node != drained {
                let left = left(node)
                room = (room.cpu + max(0, left.cpu), room.memory + max(0, left.memory), room.pods + max(0, left.pods))
            }
            var need: (cpu: Int64, memory: Int64, pods: Int64) = (0, 0, 0)
            for (pod, admitted) in zip(pods, admitting) where own.contains(admitted) {
                let wanted = requests(pod)
                need = (need.cpu + wanted.cpu, need.memory + wanted.memory, need.pods + 1)
            }
            if need.cpu > room.cpu || need.memory > room.memory || need.pods > room.pods { return false }
        }
        return true
    }

    // MARK: Workloads

    private func members(_ workload: Int) -> [Entry] {
        var found: [Entry] = []
        context.state.pods.forEach { number, pod in
            if Int(context.index.pods[number].workload) == workload, !pod.flags.isTerminal {
                found.append((number, pod))
            }
        }
        return found
    }

    private func wanted(_ workload: Int) -> Int {
        context.index.workloads[workload].desired ?? members(workload).filter { !$0.pod.deletion.isSet }.count
    }

    /// Whether every healthy pod of a workload that wants replicas is on the node.
    private func loses(_ workload: Int, with node: Int) -> Bool {
        guard context.index.workloads[workload].kind != .daemonSet, wanted(workload) > 0 else { return false }
        let pods = members(workload)
        if pods.allSatisfy({ $0.pod.flags.contains(.placeholder) }) { return false }
        let healthy = pods.filter { context.index.pods[$0.number].isHealthy }
        if wanted(workload) >= 2, isEvictedInTurns(healthy, of: workload) { return false }
        return !healthy.isEmpty && healthy.allSatisfy { $0.pod.node == context.index.nodes[node].meta.name }
    }

    /// Whether each of the healthy pods is selected by the same budget alone, which wants one of them healthy and counts no
    /// healthy pod of anything else: its eviction waits until another one is healthy elsewhere.
    private func isEvictedInTurns(_ healthy: [Entry], of workload: Int) -> Bool {
        let selecting = Set(healthy.map { budgets(of: $0).map(\.uid) })
        guard let only = selecting.first, selecting.count == 1, only.count == 1,
            let budget = context.state.podDisruptionBudgets.all.first(where: { $0.uid == only[0] }),
            budget.desiredHealthy > 0, budget.observedGeneration >= budget.meta.generation
        else { return false }
        var isAlone = true
        context.state.pods.forEach { number, pod in
            let facts = context.index.pods[number]
            guard facts.isHealthy, Int(facts.workload) != workload else { return }
            if budgets(of: (number, pod)).contains(where: { $0.uid == budget.uid }) { isAlone = false }
        }
        return isAlone
    }
}
