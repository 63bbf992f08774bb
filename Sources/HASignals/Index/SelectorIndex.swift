import ClusterState

/// Finds the Services that select a label set without trying each of them: by the first label that each asks for. Those
/// of type ExternalName and those without selector select nothing.
package struct SelectorIndex: Sendable {
    private struct Pair: Hashable {
        var namespace: StringID
        var key: StringID
        var value: StringID
    }

    private var selectors: [LabelSelector] = []
    private var byPair: [Pair: [Int]] = [:]

    init() {}

    /// Indexes what Services select; their positions are what is found.
    init(_ services: [Service]) {
        for service in services {
            // Every requirement of a Service's selector is `key=value`.
            if service.type != .externalName, let first = service.selector.requirements.first {
                let pair = Pair(namespace: service.meta.namespace, key: first.key, value: first.values.first ?? .empty)
                byPair[pair, default: []].append(selectors.count)
            }
            selectors.append(service.selector)
        }
    }

    /// Whether nothing is selected at all.
    var isEmpty: Bool { byPair.isEmpty }

    /// The positions of the Services that select an object with those labels.
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
        return found
    }
}
