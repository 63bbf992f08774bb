import ClusterState
import TestFixtures
import Testing

@testable import HASignals

/// Selectors are evaluated all together; what comes out is what `LabelSelector.matches` says of each, after
/// apimachinery's `labels.Requirement.Matches`.
struct SelectorEvaluationTests {
    /// Label sets and selectors of a few namespaces, keys and values, so that most selectors select something.
    struct Sample {
        var interner = Interner()
        var sets: [LabelsID] = []
        var selectors: [(namespace: StringID, selector: LabelSelector?)] = []

        init(seed: UInt64, sets: Int, selectors: Int) {
            var random = TestRandom(seed: seed)
            let namespaces = ["a", "b", "c"].map { interner.intern($0) }
            let keys = (0..<6).map { interner.intern("key-\($0)") }
            let values = (0..<8).map { interner.intern("\($0 * 10)") }
            for _ in 0..<sets {
                let namespace = random.next() % 4 > 0 ? namespaces[0] : namespaces[1]
                var words = [namespace.value]
                for key in keys where Bool.random(using: &random) {
                    let value = values.randomElement(using: &random) ?? .empty
                    words += [key.value, value.value]
                    // A map that names a key twice: the first counts.
                    if random.next() % 16 == 0 { words += [key.value, values[0].value] }
                }
                self.sets.append(interner.intern(words, as: LabelsID.self))
            }
            let operators: [LabelRequirement.Operator] = [
                .in, .notIn, .exists, .doesNotExist, .greaterThan, .lessThan, .unknown, .in, .notIn, .notIn,
            ]
            for _ in 0..<selectors {
                let namespace = namespaces.randomElement(using: &random) ?? .empty
                var requirements: [LabelRequirement] = []
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let op = operators.randomElement(using: &random) ?? .in
                    let isNumber = op == .greaterThan || op == .lessThan
                    let count = isNumber ? 1 : Int.random(in: 0...5, using: &random)
                    requirements.append(
                        LabelRequirement(
                            key: keys.randomElement(using: &random) ?? .empty,
                            op: op,
                            values: (0..<count).map { _ in values.randomElement(using: &random) ?? .empty }
                        )
                    )
                }
                let selector = LabelSelector(requirements: requirements)
                self.selectors.append((namespace, random.next() % 12 == 0 ? nil : selector))
            }
        }

        /// What each selector selects, one set after the other.
        var expected: [Set<LabelsID>] {
            selectors.map { entry in
                guard let selector = entry.selector else { return [] }
                return Set(
                    sets.filter { interner.namespace($0) == entry.namespace && selector.matches($0, interner) }
                )
            }
        }

        func found(batchBytes: Int = 16 << 20) -> (sets: [Set<LabelsID>], evaluations: Int) {
            let label = LabelSets(interner) { add in for id in sets { add(id) } }
            var found = Array(repeating: Set<LabelsID>(), count: selectors.count)
            let evaluations = label.evaluate(selectors, interner, batchBytes: batchBytes) { number, selected in
                selected.forEach { found[number].insert(label.labels[$0]) }
            }
            return (found, evaluations)
        }
    }

    /// Sizes around a word of 64 sets, and batches of one selector.
    @Test(arguments: [(1, 3, 40), (2, 64, 40), (3, 65, 40), (4, 700, 300), (5, 129, 200)])
    func selectsWhatEachSelectorSelects(_ seed: UInt64, _ sets: Int, _ selectors: Int) {
        let sample = Sample(seed: seed, sets: sets, selectors: selectors)
        let expected = sample.expected
        #expect(expected.contains { !$0.isEmpty })
        #expect(sample.found().sets == expected)
        #expect(sample.found(batchBytes: 1).sets == expected)
    }

    /// The work grows with the distinct requirements, not with selectors times requirements, nor with label sets.
    @Test func evaluatesEachDistinctRequirementOnceANamespace() {
        let sample = Sample(seed: 7, sets: 200, selectors: 3_000)
        var distinct: Set<[LabelRequirement]> = []
        var all = 0
        let populated = Set(sample.sets.map { sample.interner.namespace($0) })
        for (namespace, selector) in sample.selectors where populated.contains(namespace) {
            for requirement in selector?.requirements ?? [] {
                all += 1
                distinct.insert([LabelRequirement(key: namespace, op: .exists), requirement])
            }
        }
        #expect(sample.found().evaluations == distinct.count)
        #expect(distinct.count < all)
    }

    /// A union of selections whose first bits lie within a word.
    @Test(arguments: [UInt64(11), 12, 13])
    func unionsAreThoseOfThePositions(_ seed: UInt64) {
        let sample = Sample(seed: seed, sets: 300, selectors: 30)
        let sets = LabelSets(sample.interner) { add in for id in sample.sets { add(id) } }
        var union = PositionSet(count: sets.labels.count)
        var expected: Set<Int> = []
        sets.evaluate(sample.selectors.map { ($0.namespace, $0.selector) }, sample.interner) { number, selected in
            guard number % 3 == 0 else { return }
            union.formUnion(selected)
            selected.forEach { expected.insert($0) }
        }
        #expect(!expected.isEmpty)
        #expect(sets.labels.indices.filter(union.contains) == expected.sorted())
    }
}
