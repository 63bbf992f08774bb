import ClusterState

/// Evaluates the selectors of a namespace over its label sets: each distinct requirement becomes the bits of the sets
/// that meet it, from the lists of sets that have each value of the key (`NotIn` and `DoesNotExist` are complements),
/// and a selector the intersection of its requirements' bits.
struct SelectorEvaluator {
    private let interner: Interner
    /// By string id: the number of the column of a key, −1 for a key that nothing asks for. Made once: it is as long as
    /// there are strings.
    private var columnOfKey: ContiguousArray<Int32>
    /// By string id: the number of a value in the column that is worked on, −1 for none.
    private var numberOfValue: ContiguousArray<Int32>
    /// How many requirements were evaluated so far.
    private(set) var evaluations = 0

    /// A requirement with the selectors that have it, by their position in the batch.
    private struct Wanted {
        var requirement: LabelRequirement
        var users: [Int]
    }

    /// What the sets have under one key, and what is asked of it.
    private struct Column {
        var key: StringID
        var wanted: [Wanted] = []
        var entries: [(value: StringID, set: Int32)] = []
    }

    init(_ interner: Interner) {
        self.interner = interner
        columnOfKey = ContiguousArray(repeating: -1, count: interner.stringCapacity)
        numberOfValue = ContiguousArray(repeating: -1, count: interner.stringCapacity)
    }

    /// Calls the body with the number of each selector that selects something, and the positions that it selects.
    mutating func evaluate(
        _ batch: [(number: Int, selector: LabelSelector)],
        over sets: ArraySlice<LabelsID>,
        _ body: (Int, SelectedSets) -> Void
    ) {
        let width = (sets.count + 63) / 64
        var all = [UInt64](repeating: ~0, count: width)
        if sets.count % 64 > 0 { all[width - 1] = (1 << UInt64(sets.count % 64)) - 1 }
        var selected: [UInt64] = []
        selected.reserveCapacity(batch.count * width)
        for _ in batch { selected += all }
        var columns = gather(batch)
        fill(&columns, sets)
        for column in columns {
            columnOfKey[Int(column.key.value)] = -1
            let postings = Postings(column.entries, width: width, &numberOfValue)
            for wanted in column.wanted {
                let bits = bits(wanted.requirement, postings)
                for user in wanted.users {
                    let start = user * width
                    for offset in 0..<width { selected[start + offset] &= bits[offset] }
                }
            }
            for value in postings.values { numberOfValue[Int(value.value)] = -1 }
        }
        for (user, entry) in batch.enumerated() {
            let bits = selected[user * width..<(user + 1) * width]
            if bits.contains(where: { $0 != 0 }) {
                body(entry.number, SelectedSets(base: sets.startIndex, words: bits))
            }
        }
    }

    /// The distinct requirements by their keys.
    private mutating func gather(_ batch: [(number: Int, selector: LabelSelector)]) -> [Column] {
        var columns: [Column] = []
        var known: [LabelRequirement: Int] = [:]
        for (user, entry) in batch.enumerated() {
            for requirement in entry.selector.requirements {
                var column = Int(columnOfKey[Int(requirement.key.value)])
                if column < 0 {
                    column = columns.count
                    columnOfKey[Int(requirement.key.value)] = Int32(column)
                    columns.append(Column(key: requirement.key))
                }
                let number = known[requirement, default: columns[column].wanted.count]
                if number == columns[column].wanted.count {
                    known[requirement] = number
                    columns[column].wanted.append(Wanted(requirement: requirement, users: [user]))
                } else {
                    columns[column].wanted[number].users.append(user)
                }
            }
        }
        return columns
    }

    /// Reads the labels of every set once. A key that a set has twice counts where it stands first.
    private func fill(_ columns: inout [Column], _ sets: ArraySlice<LabelsID>) {
        for (set, id) in sets.enumerated() {
            for position in stride(from: 1, to: interner.count(id) - 1, by: 2) {
                let column = Int(columnOfKey[Int(interner.word(id, position))])
                guard column >= 0, columns[column].entries.last?.set != Int32(set) else { continue }
                columns[column].entries.append((StringID(value: interner.word(id, position + 1)), Int32(set)))
            }
        }
    }

    /// The sets that meet a requirement, a bit each. See ``LabelRequirement/matches(_:_:)``.
    private mutating func bits(_ requirement: LabelRequirement, _ postings: Postings) -> [UInt64] {
        evaluations += 1
        var bits = [UInt64](repeating: 0, count: postings.width)
        switch requirement.op {
        case .in, .notIn:
            for value in requirement.values where numberOfValue[Int(value.value)] >= 0 {
                postings.add(Int(numberOfValue[Int(value.value)]), to: &bits)
            }
        case .exists, .doesNotExist:
            for number in postings.values.indices { postings.add(number, to: &bits) }
        case .greaterThan, .lessThan, .unknown:
            for (number, value) in postings.values.enumerated() where requirement.matches(value, interner) {
                postings.add(number, to: &bits)
            }
        }
        // Bits beyond the last set are 0 in every selector's own.
        if requirement.op == .notIn || requirement.op == .doesNotExist {
            for offset in bits.indices { bits[offset] = ~bits[offset] }
        }
        return bits
    }
}

/// The sets that have each value of one key.
private struct Postings {
    /// The distinct values; the number of a value is its position here.
    private(set) var values: [StringID] = []
    /// The words that the bits of all sets take.
    let width: Int
    private var sets = Groups(count: 0) { _ in }
    /// The same as bits, for values that so many sets have that bits are fewer words; empty for the others.
    private var bits: [[UInt64]] = []

    /// Creates the lists, and leaves the number of each value in `numbers`, by string id.
    init(_ entries: [(value: StringID, set: Int32)], width: Int, _ numbers: inout ContiguousArray<Int32>) {
        self.width = width
        for entry in entries where numbers[Int(entry.value.value)] < 0 {
            numbers[Int(entry.value.value)] = Int32(values.count)
            values.append(entry.value)
        }
        let numbers = numbers
        sets = Groups(count: values.count) { add in
            for entry in entries { add(Int(numbers[Int(entry.value.value)]), entry.set) }
        }
        bits = values.indices.map { number in
            guard sets.count(of: number) > width else { return [] }
            var bits = [UInt64](repeating: 0, count: width)
            sets.forEach(in: number) { bits[$0 >> 6] |= 1 << UInt64($0 & 63) }
            return bits
        }
    }

    /// Adds the sets that have a value.
    func add(_ number: Int, to result: inout [UInt64]) {
        if bits[number].isEmpty {
            sets.forEach(in: number) { result[$0 >> 6] |= 1 << UInt64($0 & 63) }
        } else {
            for offset in 0..<width { result[offset] |= bits[number][offset] }
        }
    }
}
