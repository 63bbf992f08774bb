package import ClusterState

/// What several areas ask of the state, worked out once a collection: nodes and zones in order, workloads, and each
/// pod's workload, node and health.
///
/// It holds only what comes from sources that are ok: what a source held before it failed may be outdated.
package struct ClusterIndex: Sendable {
    /// The nodes, by name.
    package private(set) var nodes: [Node] = []
    /// The position in ``nodes`` of each name.
    private(set) var nodePositions = StringPositions()
    /// The zones with a node, by name.
    package private(set) var zones: [StringID] = []
    /// Whether any node has a zone.
    package private(set) var hasZones = false
    /// The position in ``zones`` of each node's zone; −1 where it has none.
    package private(set) var zoneOfNode: [Int] = []
    /// The positions in ``nodes`` of those that are not Ready.
    package private(set) var unreadyNodes: [Int] = []
    /// The workloads whose source is ok.
    package private(set) var workloads: [Workload] = []
    /// By row number of the pods' table.
    package private(set) var pods: ContiguousArray<PodFacts> = []
    /// Row numbers of pods by workload.
    package private(set) var podsByWorkload = Groups(count: 0) { _ in }
    /// Row numbers of pods by node.
    package private(set) var podsByNode = Groups(count: 0) { _ in }
    /// Row numbers of pods by (namespace, label set).
    package private(set) var labelGroups = LabelGroups()
    /// The budgets, in order of namespace and name, with the pods that each selects.
    package private(set) var budgets: [BudgetFacts] = []

    /// The Services that are judged, in order of namespace and name, with their endpoints.
    package private(set) var services: [ServiceFacts] = []
    /// The position in ``services`` of each.
    package private(set) var servicePositions: [ServiceKey: Int] = [:]
    /// The namespaces that exist and are not being deleted; nil where none is known.
    package private(set) var activeNamespaces: Set<StringID>?
    /// Revisions that can be rolled back to.
    package private(set) var revisions = RevisionFacts()
    /// What can attach each volume.
    package private(set) var volumes = VolumeReach()
    /// What nodes have left; nil where nodes or pods are not known.
    private(set) var capacity: Capacity?

    /// Works out the index of a state.
    package init(_ state: ClusterState) {
        indexNodes(state)
        var workloads = WorkloadResolver(state)
        indexPods(state, &workloads)
        self.workloads = workloads.workloads
        group(state)
        if state.status(of: .nodes).state.givesFamilies, state.status(of: .pods).state.givesFamilies {
            capacity = Capacity(state, self)
        }
        labelGroups = LabelGroups(state)
        indexBudgets(state)
        let services = ServiceIndex(state, self)
        self.services = services.services
        servicePositions = services.positions
        if state.status(of: .namespaces).state.givesFamilies, state.namespaces.count > 0 {
            activeNamespaces = Set(state.namespaces.all.filter { !$0.meta.isTerminating }.map(\.meta.name))
        }
        revisions = RevisionFacts(state)
        volumes = VolumeReach(state, nodes: nodes, positions: nodePositions)
    }

    private mutating func indexNodes(_ state: ClusterState) {
        guard state.status(of: .nodes).state.givesFamilies else { return }
        let interner = state.interner
        nodes = state.nodes.all
            .map { (interner.string($0.meta.name), $0) }
            .sorted { $0.0 < $1.0 }
            .map(\.1)
        nodePositions = StringPositions(nodes.map(\.meta.name), interner)
        zones = Set(nodes.map(\.zone).filter { !$0.isEmpty })
            .map { (interner.string($0), $0) }
            .sorted { $0.0 < $1.0 }
            .map(\.1)
        hasZones = !zones.isEmpty
        let positions = StringPositions(zones, interner)
        zoneOfNode = nodes.map { positions[$0.zone] ?? -1 }
        unreadyNodes = nodes.indices.filter { !nodes[$0].isReady }
    }

    private mutating func indexPods(_ state: ClusterState, _ resolver: inout WorkloadResolver) {
        guard state.status(of: .pods).state.givesFamilies else { return }
        pods = ContiguousArray(repeating: PodFacts(), count: state.pods.capacity)
        let areNodesKnown = state.status(of: .nodes).state == .ok
        let areDaemonSetsKnown = state.status(of: .daemonsets).state == .ok
        let interner = state.interner
        state.pods.forEach { number, pod in
            let node = pod.node.isEmpty ? -1 : nodePositions[pod.node] ?? -1
            let isUp =
                pod.flags.contains(.running) && pod.flags.contains(.ready) && !pod.deletion.isSet && node >= 0
            // Anybody who may create a pod may write any controller reference into it: only the UID of an existing node or
            // DaemonSet counts.
            var isMirror = pod.flags.contains(.mirror)
            if isMirror, areNodesKnown, let owner = interner.owner(pod.owner) {
                isMirror = node >= 0 && nodes[node].uid == owner.uid
            }
            var isDaemon = pod.flags.contains(.daemon)
            if isDaemon, areDaemonSetsKnown {
                isDaemon = interner.owner(pod.owner).map { state.daemonSets[$0.uid] != nil } ?? false
            }
            var found: PodFacts.Found = []
            if isUp && nodes[node].ready != .unknown { found.insert(.healthy) }
            if pod.owner != .none { found.insert(.owned) }
            if isMirror { found.insert(.mirror) }
            if isDaemon { found.insert(.daemon) }
            if pod.deletion.isSet { found.insert(.leaving) }
            let workload = resolver.workload(of: pod)
            pods[number] = PodFacts(workload: workload, node: Int32(node), flags: pod.flags, found)
        }
    }

    private mutating func group(_ state: ClusterState) {
        podsByWorkload = Groups(count: workloads.count) { add in
            state.pods.forEach { number, _ in
                guard number < pods.count, pods[number].workload >= 0 else { return }
                add(Int(pods[number].workload), Int32(number))
            }
        }
        podsByNode = Groups(count: nodes.count) { add in
            state.pods.forEach { number, _ in
                guard number < pods.count, pods[number].node >= 0 else { return }
                add(Int(pods[number].node), Int32(number))
            }
        }
    }

    private mutating func indexBudgets(_ state: ClusterState) {
        guard state.status(of: .poddisruptionbudgets).state.givesFamilies else { return }
        let interner = state.interner
        let rows = state.podDisruptionBudgets.all
            .map { (interner.string($0.meta.namespace), interner.string($0.meta.name), $0) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        let arePodsKnown = state.status(of: .pods).state.givesFamilies
        var budgets = rows.map {
            BudgetFacts(budget: $0.2, hasPods: !arePodsKnown && ($0.2.expectedPods > 0 || $0.2.currentHealthy > 0))
        }
        labelGroups.sets.evaluate(budgets.map { ($0.budget.meta.namespace, $0.budget.selector) }, interner) {
            budgets[$0].labelGroups = $1
            budgets[$0].hasPods = labelGroups.haveUnfinishedPod($1)
        }
        self.budgets = budgets
    }

    /// The node of a name.
    package func node(named name: StringID) -> Node? {
        nodePositions[name].map { nodes[$0] }
    }

    /// The zone of the node of a name; empty where the node or its zone is not known.
    func zone(ofNode name: StringID) -> StringID {
        guard let position = nodePositions[name], zoneOfNode[position] >= 0 else { return .empty }
        return zones[zoneOfNode[position]]
    }

    /// The zone of a pod's node as a position in ``zones``; −1 where it is not known.
    package func zone(ofPod number: Int) -> Int {
        let node = Int(pods[number].node)
        return node < 0 ? -1 : zoneOfNode[node]
    }
}

/// A budget with what it selects.
///
/// Loops over many go by position: a copy counts seven references.
package struct BudgetFacts: Sendable {
    package var budget: PodDisruptionBudget
    /// Groups of ``ClusterIndex/labelGroups`` that it selects.
    package var labelGroups = SelectedSets()
    /// It selects a pod that is not finished; where pods are not known, its status counts some.
    package var hasPods: Bool

    /// Its status is of an older generation than its spec.
    package var isStale: Bool { budget.observedGeneration < budget.meta.generation }

    /// It has pods and allows no disruption now.
    package var blocksDrain: Bool { hasPods && (budget.disruptionsAllowed <= 0 || isStale || budget.isSyncFailed) }
}
