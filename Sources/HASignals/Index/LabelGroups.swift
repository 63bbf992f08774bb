import ClusterState

/// The pods by their distinct (namespace, label set) pairs: selectors are matched against those, not against pods.
package struct LabelGroups: Sendable {
    /// The label set of each group; the number of a group is its position.
    package private(set) var sets = LabelSets()
    private var pods = Groups(count: 0) { _ in }

    init() {}

    /// Groups the pods of a state.
    init(_ state: ClusterState) {
        guard state.status(of: .pods).state.givesFamilies else { return }
        let sets = LabelSets(state.interner) { add in state.pods.forEach { add($1.labels) } }
        pods = Groups(count: sets.labels.count) { add in
            state.pods.forEach { number, pod in add(sets.position(of: pod.labels) ?? 0, Int32(number)) }
        }
        self.sets = sets
    }

    /// Calls the body with the row number of each pod of a group.
    @inline(__always)
    package func forEachPod(in group: Int, _ body: (Int) -> Void) {
        pods.forEach(in: group, body)
    }
}
