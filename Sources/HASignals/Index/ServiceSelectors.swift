import ClusterState

/// Finds the Services that select a label set without trying each of them: by the first label that each asks for.
package struct ServiceSelectors: Sendable {
    private struct Pair: Hashable {
        var namespace: StringID
        var key: StringID
        var value: StringID
    }

    private var selectors: [LabelSelector] = []
    private var names: [StringID] = []
    private var byPair: [Pair: [Int]] = [:]

    init() {}

    /// Indexes the Services that have a selector; those of type ExternalName select nothing.
    init(_ services: some Sequence<Service>) {
        for service in services {
            if service.type != .externalName, let first = service.selector.requirements.first,
                let value = first.values.first
            {
                let pair = Pair(namespace: service.meta.namespace, key: first.key, value: value)
                byPair[pair, default: []].append(selectors.count)
            }
            selectors.append(service.selector)
            names.append(service.meta.name)
        }
    }

    /// Whether no Service selects anything.
    var isEmpty: Bool { byPair.isEmpty }

    /// The name of the Service at a position.
    func name(at position: Int) -> StringID { names[position] }

    /// The Services that select an object with those labels, by their position in the sequence.
    func matching(_ labels: LabelsID, _ interner: Interner) -> [Int] {
        guard !byPair.isEmpty else { return [] }
        let namespace = interner.namespace(labels)
        var found: [Int] = []
        for label in interner.labels(labels) {
            for position in byPair[Pair(namespace: namespace, key: label.key, value: label.value)] ?? []
            where selectors[position].matches(labels, interner) {
                found.append(position)
            }
        }
        return found
    }
}

extension Cluster {
    /// The names of the Services that select a workload's pods.
    func servicesSelecting(_ workload: Workload, at position: Int) -> Set<StringID> {
        var names: Set<StringID> = []
        for labels in labelSets(of: workload, at: position) {
            for service in index.serviceSelectors.matching(labels, state.interner) {
                names.insert(index.serviceSelectors.name(at: service))
            }
        }
        return names
    }

    /// The label sets that a workload's pods have: its template's, without a template those of its pods.
    func labelSets(of workload: Workload, at position: Int) -> [LabelsID] {
        if let template = workload.template { return [state.interner.template(template).labels] }
        var sets: [LabelsID] = []
        index.podsByWorkload.forEach(in: position) { number in
            if let labels = pod(number)?.labels, !sets.contains(labels) { sets.append(labels) }
        }
        return sets
    }
}
