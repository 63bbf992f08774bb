import ClusterState

/// Says what Services whose selector matches nothing ask for in vain.
struct SelectorHints {
    /// How many requirements are compared with a workload's labels in one collection: those of 50 Services that ask for two
    /// labels in a namespace of 10,000 workloads. Without a bound thousands of Services would be compared with thousands of workloads each.
    static let comparisonLimit = 1_000_000

    /// How many comparisons were made.
    private(set) var comparisons = 0
    private let context: CollectionContext
    /// The positions of workloads by namespace; made when it is first asked for.
    private var workloads: [StringID: [Int]]?

    private let limit: Int

    init(_ context: CollectionContext, limit: Int = Self.comparisonLimit) {
        self.context = context
        self.limit = limit
    }

    /// Says which labels a selector that matches nothing asks for beyond those of the workload in its namespace that
    /// has the most of them; nil where none has any, and where the comparisons are used up. Operators set such labels on
    /// pods alone, by the role that a pod has at the time: a database of one instance has no replica.
    mutating func missingLabels(_ service: Service) -> String? {
        let own = workloads(in: service.meta.namespace)
        let wanted = service.selector.requirements
        guard comparisons + own.count * wanted.count <= limit else { return nil }
        comparisons += own.count * wanted.count
        let interner = context.state.interner
        var most = 0
        var nearest: (name: String, missing: String)?
        for position in own {
            guard let labels = context.labels(ofWorkload: position) else { continue }
            let missing = wanted.filter { !$0.matches(interner.label($0.key, in: labels), interner) }
            let count = wanted.count - missing.count
            guard count > 0, count >= most else { continue }
            let workload = context.index.workloads[position]
            let object = context.object(workload)
            let name = "\(workload.template == nil ? "the pods" : "the template") of \(object.kind) \(object.name)"
            if count == most, let nearest, nearest.name < name { continue }
            most = count
            let pairs = missing.map { requirement in
                ([requirement.key] + requirement.values).map(context.text).joined(separator: "=")
            }
            nearest = (name, pairs.sorted().joined(separator: ", "))
        }
        return nearest.map { "its selector asks for \($0.missing) beyond the labels of \($0.name)" }
    }

    private mutating func workloads(in namespace: StringID) -> [Int] {
        if let workloads { return workloads[namespace] ?? [] }
        let grouped = Dictionary(grouping: context.index.workloads.indices) { context.index.workloads[$0].namespace }
        workloads = grouped
        return grouped[namespace] ?? []
    }
}
