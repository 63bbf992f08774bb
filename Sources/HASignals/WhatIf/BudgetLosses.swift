import ClusterState

/// The budgets that would fall below desiredHealthy with the loss of a zone or node.
struct BudgetLosses {
    private(set) var byZone: [Int: Int] = [:]
    private(set) var byNode: [Int: Int] = [:]

    init(_ context: CollectionContext) {
        let index = context.index
        // Counted by position in arrays that are made once: dictionaries a budget would take ten times as long.
        var perNode = Array(repeating: 0, count: index.nodes.count)
        var perZone = Array(repeating: 0, count: index.zones.count)
        var nodes: [Int] = []
        for position in index.budgets.indices {
            var healthy = 0
            index.budgets[position].labelGroups
                .forEach { group in
                    index.labelGroups.forEachPod(in: group) { number in
                        guard index.pods[number].isHealthy else { return }
                        healthy += 1
                        let node = Int(index.pods[number].node)
                        if perNode[node] == 0 { nodes.append(node) }
                        perNode[node] += 1
                    }
                }
            let needed = Int(index.budgets[position].budget.desiredHealthy)
            for node in nodes {
                if healthy - perNode[node] < needed { byNode[node, default: 0] += 1 }
                if index.zoneOfNode[node] >= 0 { perZone[index.zoneOfNode[node]] += perNode[node] }
                perNode[node] = 0
            }
            // A zone in which none of its pods is takes none of them along.
            for zone in perZone.indices where perZone[zone] > 0 {
                if healthy - perZone[zone] < needed { byZone[zone, default: 0] += 1 }
                perZone[zone] = 0
            }
            nodes.removeAll(keepingCapacity: true)
        }
    }
}
