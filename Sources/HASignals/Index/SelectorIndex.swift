import ClusterState

/// Finds the selectors that select a label set without trying each of them: by the first label that each asks for.
package struct SelectorIndex: Sendable {
    private struct Pair: Hashable {
        var namespace: StringID
        var key: StringID
        var value: StringID
    }

    private var selectors: [LabelSelector] = []
    private var byPair: [Pair: [Int]] = [:]
    /// Selectors that ask for no label of one value, by namespace: they have to be tried.
    private var others: [StringID: [Int]] = [:]

    init() {}

    /// Indexes selectors; their positions are what is found. nil selects nothing.
    init(_ entries: some Sequence<(namespace: StringID, selector: LabelSelector?)>) {
        for entry in entries {
            if let selector = entry.selector {
                let first = selector.requirements.first { $0.op == .in && $0.values.count == 1 }
                if let first {
                    let pair = Pair(namespace: entry.namespace, key: first.key, value: first.values[0])
                    byPair[pair, default: []].append(selectors.count)
                } else {
                    others[entry.namespace, default: []].append(selectors.count)
                }
            }
            selectors.append(entry.selector ?? LabelSelector())
        }
    }

    /// Indexes what Services select: those of type ExternalName and those without selector select nothing.
    init(_ services: [Service]) {
        self.init(
            services.lazy.map {
                ($0.meta.namespace, $0.type == .externalName || $0.selector.isEmpty ? nil : $0.selector)
            }
        )
    }

    /// Whether nothing is selected at all.
    var isEmpty: Bool { byPair.isEmpty && others.isEmpty }

    /// The positions of the selectors that select an object with those labels.
    func matching(_ labels: LabelsID, _ interner: Interner) -> [Int] {
        guard !isEmpty else { return [] }
        let namespace = interner.namespace(labels)
        var found: [Int] = []
        for position in stride(from: 1, to: interner.count(labels) - 1, by: 2) {
            let pair = Pair(
                namespace: namespace,
                key: StringID(value: interner.word(labels, position)),
                value: StringID(value: interner.word(labels, position + 1))
            )
            for position in byPair[pair] ?? [] where selectors[position].matches(labels, interner) {
                found.append(position)
            }
        }
        for position in others[namespace] ?? [] where selectors[position].matches(labels, interner) {
            found.append(position)
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
                names.insert(index.selectingServices[service])
            }
        }
        return names
    }

    /// The label sets that a workload's pods have: its template's, without a template those of its pods.
    func labelSets(of workload: Workload, at position: Int) -> [LabelsID] {
        if let template = workload.template { return [state.interner.template(template).labels] }
        var sets: Set<LabelsID> = []
        index.podsByWorkload.forEach(in: position) { number in
            if let labels = pod(number)?.labels { sets.insert(labels) }
        }
        return Array(sets)
    }
}
