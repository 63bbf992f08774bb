package import ClusterState

/// Distinct label sets, over which selectors are evaluated. The sets of a namespace are adjacent; a set is identified by
/// its position.
package struct LabelSets: Sendable {
    /// The label set at each position.
    package private(set) var labels: [LabelsID] = []
    private var ranges: [StringID: Range<Int>] = [:]
    /// By list id; −1 for a list that is none of the sets.
    private var positions: ContiguousArray<Int32> = []

    /// No sets.
    init() {}

    /// Creates the sets of what is given, each once.
    ///
    /// - Parameters:
    ///   - interner: The interner that the ids are of.
    ///   - each: Calls its argument with each label set.
    package init(_ interner: Interner, _ each: ((LabelsID) -> Void) -> Void) {
        var positions = ContiguousArray<Int32>(repeating: -1, count: interner.listCapacity)
        var found: [StringID: [LabelsID]] = [:]
        each { id in
            guard positions[Int(id.value)] < 0 else { return }
            positions[Int(id.value)] = 0
            found[interner.namespace(id), default: []].append(id)
        }
        for (namespace, own) in found.sorted(by: { $0.key.value < $1.key.value }) {
            ranges[namespace] = labels.count..<labels.count + own.count
            for id in own {
                positions[Int(id.value)] = Int32(labels.count)
                labels.append(id)
            }
        }
        self.positions = positions
    }

    /// The positions of a namespace's sets.
    package func range(of namespace: StringID) -> Range<Int> {
        ranges[namespace] ?? 0..<0
    }

    /// The position of a label set; nil where it is none of these.
    package func position(of id: LabelsID) -> Int? {
        guard Int(id.value) < positions.count, positions[Int(id.value)] >= 0 else { return nil }
        return Int(positions[Int(id.value)])
    }

    /// Finds the sets that each selector selects, all selectors together: as `LabelSelector.matches` for every selector
    /// and set, with the work of each distinct requirement done once for all selectors of a namespace.
    ///
    /// - Parameters:
    ///   - selectors: Each with its namespace; nil selects nothing.
    ///   - interner: The interner that the ids are of.
    ///   - batchBytes: The memory that the selections of one batch may take. A namespace whose selections take more is
    ///     worked through in batches, each of which evaluates its own requirements.
    ///   - body: Called with the number of each selector that selects something, and what it selects.
    /// - Returns: How many requirements were evaluated.
    @discardableResult
    package func evaluate(
        _ selectors: [(namespace: StringID, selector: LabelSelector?)],
        _ interner: Interner,
        batchBytes: Int = 16 << 20,
        _ body: (Int, SelectedSets) -> Void
    ) -> Int {
        var numbers: [StringID: [Int]] = [:]
        for (number, entry) in selectors.enumerated() where entry.selector != nil {
            numbers[entry.namespace, default: []].append(number)
        }
        var evaluator = SelectorEvaluator(interner)
        for (namespace, own) in numbers {
            let range = range(of: namespace)
            guard !range.isEmpty else { continue }
            let size = max(1, batchBytes / SelectedSets.bytes(count: range.count))
            for start in stride(from: 0, to: own.count, by: size) {
                let batch = own[start..<min(start + size, own.count)]
                    .map { (number: $0, selector: selectors[$0].selector ?? LabelSelector()) }
                evaluator.evaluate(batch, over: labels[range], body)
            }
        }
        return evaluator.evaluations
    }
}
