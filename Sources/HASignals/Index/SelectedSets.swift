/// Positions of ``LabelSets`` that a selector selects: a list where they are few, otherwise a bit each.
package struct SelectedSets: Sendable {
    /// The position of the first bit.
    private var base = 0
    private var words: [UInt64] = []
    private var list: [Int32] = []

    /// No positions.
    package init() {}

    /// Creates a selection of bits, of which the first is that of the position `base`.
    init(base: Int, words bits: ArraySlice<UInt64>) {
        self.base = base
        let count = bits.reduce(0) { $0 + $1.nonzeroBitCount }
        if count <= bits.count * 2 {
            list.reserveCapacity(count)
            Self.forEach(bits, base) { list.append(Int32($0)) }
        } else {
            words = Array(bits)
        }
    }

    /// The bytes that the bits of so many positions take.
    static func bytes(count: Int) -> Int { (count + 63) / 64 * 8 }

    /// Whether nothing is selected.
    package var isEmpty: Bool { words.isEmpty && list.isEmpty }

    /// Calls the body with each position, in order.
    package func forEach(_ body: (Int) -> Void) {
        for position in list { body(Int(position)) }
        Self.forEach(words[...], base, body)
    }

    private static func forEach(_ words: ArraySlice<UInt64>, _ base: Int, _ body: (Int) -> Void) {
        var start = base
        for word in words {
            var rest = word
            while rest != 0 {
                body(start + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
            start += 64
        }
    }

    /// Adds the positions to a set.
    fileprivate func add(to set: inout [UInt64]) {
        for position in list { set[Int(position) >> 6] |= 1 << UInt64(position & 63) }
        // The first bit may lie inside a word of the set.
        let shift = UInt64(base & 63)
        for (offset, word) in words.enumerated() {
            set[base >> 6 + offset] |= word << shift
            if shift > 0 { set[base >> 6 + offset + 1] |= word >> (64 - shift) }
        }
    }
}

/// A set of positions, those of ``LabelSets`` or others, as bits.
struct PositionSet {
    private var words: [UInt64]

    /// Creates an empty set for positions below `count`.
    init(count: Int) {
        words = Array(repeating: 0, count: count / 64 + 2)
    }

    /// Adds a position.
    mutating func insert(_ position: Int) {
        words[position >> 6] |= 1 << UInt64(position & 63)
    }

    /// Adds all of a selection, in a word's work for 64 positions.
    mutating func formUnion(_ selected: SelectedSets) {
        selected.add(to: &words)
    }

    /// Whether the position is in it.
    func contains(_ position: Int) -> Bool {
        words[position >> 6] & (1 << UInt64(position & 63)) != 0
    }

    /// Whether nothing is in it.
    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// How many positions are in it.
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether no position is in both; of sets for as many positions.
    func isDisjoint(with other: PositionSet) -> Bool {
        !words.indices.contains { words[$0] & other.words[$0] != 0 }
    }

    /// The lowest positions, so many at most.
    func first(_ limit: Int) -> [Int] {
        var found: [Int] = []
        for (number, word) in words.enumerated() {
            var rest = word
            while rest != 0, found.count < limit {
                found.append(number * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
            if found.count == limit { break }
        }
        return found
    }
}
