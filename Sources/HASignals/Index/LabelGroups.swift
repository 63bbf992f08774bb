package import ClusterState

/// The pods by their distinct (namespace, label set) pairs: selectors are matched against those, not against pods.
///
/// Every selector that anything asks about starts from one of its `key=value` requirements. Those are gathered first,
/// and one pass over the label sets finds where each stands, so that matching looks at few sets however many there are.
package struct LabelGroups: Sendable {
    private struct Pair: Hashable {
        var namespace: StringID
        var key: StringID
        var value: StringID
    }

    /// The label set of each group.
    package private(set) var labels: [LabelsID] = []
    private var pods = Groups(count: 0) { _ in }
    private var byNamespace: [StringID: [Int]] = [:]
    private var byPair: [Pair: [Int]] = [:]
    private var groupOfLabels: ContiguousArray<Int32> = []

    init() {}

    /// Groups the pods of a state.
    init(_ state: ClusterState) {
        guard state.status(of: .pods).state.givesFamilies else { return }
        let interner = state.interner
        var groupOf = ContiguousArray<Int32>(repeating: -1, count: interner.listCapacity)
        var found: [LabelsID] = []
        state.pods.forEach { _, pod in
            let slot = Int(pod.labels.value)
            if groupOf[slot] < 0 {
                groupOf[slot] = Int32(found.count)
                found.append(pod.labels)
            }
        }
        labels = found
        groupOfLabels = groupOf
        pods = Groups(count: labels.count) { add in
            state.pods.forEach { number, pod in add(Int(groupOf[Int(pod.labels.value)]), Int32(number)) }
        }
        indexPairs(state)
    }

    private mutating func indexPairs(_ state: ClusterState) {
        let interner = state.interner
        var wanted: [Pair: [Int]] = [:]
        // Most labels of pods are values that no selector asks for: those are passed over without a look-up.
        var isWantedValue = ContiguousArray<Bool>(repeating: false, count: interner.stringCapacity)
        func gather(_ selector: LabelSelector?, _ namespace: StringID) {
            guard let pair = selector.flatMap({ Self.anchor($0, namespace) }) else { return }
            wanted[pair] = []
            isWantedValue[Int(pair.value.value)] = true
        }
        state.podDisruptionBudgets.forEach { gather($1.selector, $1.meta.namespace) }
        state.services.forEach { gather($1.selector, $1.meta.namespace) }
        state.networkPolicies.forEach { gather($1.podSelector, $1.meta.namespace) }
        var namespaces: [StringID: [Int]] = [:]
        for (group, id) in labels.enumerated() {
            let namespace = interner.namespace(id)
            namespaces[namespace, default: []].append(group)
            guard !wanted.isEmpty else { continue }
            for position in stride(from: 1, to: interner.count(id) - 1, by: 2) {
                let value = StringID(value: interner.word(id, position + 1))
                guard isWantedValue[Int(value.value)] else { continue }
                let pair = Pair(
                    namespace: namespace,
                    key: StringID(value: interner.word(id, position)),
                    value: value
                )
                if let position = wanted.index(forKey: pair) { wanted.values[position].append(group) }
            }
        }
        byNamespace = namespaces
        byPair = wanted
    }

    /// The requirement that a search starts from: the first that asks for one value of a key.
    private static func anchor(_ selector: LabelSelector, _ namespace: StringID) -> Pair? {
        for requirement in selector.requirements where requirement.op == .in && requirement.values.count == 1 {
            return Pair(namespace: namespace, key: requirement.key, value: requirement.values[0])
        }
        return nil
    }

    /// The groups of a namespace that a selector selects; an empty selector selects all.
    package func matching(_ selector: LabelSelector, namespace: StringID, _ interner: Interner) -> [Int] {
        let candidates: [Int]
        if let pair = Self.anchor(selector, namespace), let found = byPair[pair] {
            candidates = found
        } else {
            candidates = byNamespace[namespace] ?? []
        }
        return candidates.filter { selector.matches(labels[$0], interner) }
    }

    /// Calls the body with the row number of each pod of a group.
    @inline(__always)
    package func forEachPod(in group: Int, _ body: (Int) -> Void) {
        pods.forEach(in: group, body)
    }

    /// How many pods a group has.
    package func podCount(of group: Int) -> Int {
        pods.count(of: group)
    }

    /// The group of a label set; nil where no pod has it.
    package func group(of labels: LabelsID) -> Int? {
        let slot = Int(labels.value)
        guard slot < groupOfLabels.count, groupOfLabels[slot] >= 0 else { return nil }
        return Int(groupOfLabels[slot])
    }
}
