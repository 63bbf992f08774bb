import ClusterState

/// The pods by their distinct (namespace, label set) pairs: selectors are matched against those, not against pods.
package struct LabelGroups: Sendable {
    /// The label set of each group; the number of a group is its position.
    package private(set) var sets = LabelSets()
    private var pods = Groups(count: 0) { _ in }
    /// The groups with a pod that is neither Succeeded nor Failed.
    private var unfinished: [Bool] = []

    init() {}

    /// Groups the pods of a state.
    init(_ state: ClusterState) {
        guard state.status(of: .pods).state.givesFamilies else { return }
        let sets = LabelSets(state.interner) { add in state.pods.forEach { add($1.labels) } }
        pods = Groups(count: sets.labels.count) { add in
            state.pods.forEach { number, pod in add(sets.position(of: pod.labels) ?? 0, Int32(number)) }
        }
        var unfinished = Array(repeating: false, count: sets.labels.count)
        state.pods.forEach { _, pod in
            if !pod.flags.isTerminal, let group = sets.position(of: pod.labels) { unfinished[group] = true }
        }
        self.unfinished = unfinished
        self.sets = sets
    }

    /// Whether a pod of the groups is neither Succeeded nor Failed.
    func haveUnfinishedPod(_ groups: SelectedSets) -> Bool {
        var found = false
        groups.forEach { if unfinished[$0] { found = true } }
        return found
    }

    /// Whether a pod of that namespace that is not finished has labels that a selector selects.
    func hasUnfinishedPod(in namespace: StringID, _ selector: LabelSelector, _ interner: Interner) -> Bool {
        sets.range(of: namespace).contains { unfinished[$0] && selector.matches(sets.labels[$0], interner) }
    }

    /// Calls the body with the row number of each pod of a group.
    @inline(__always)
    package func forEachPod(in group: Int, _ body: (Int) -> Void) {
        pods.forEach(in: group, body)
    }
}
