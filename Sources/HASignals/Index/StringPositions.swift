import ClusterState

/// Positions of strings in a list, by string id: an array as long as there are strings, which is asked for every pod and
/// every endpoint. A dictionary takes ten times as long.
struct StringPositions: Sendable {
    private var positions: ContiguousArray<Int32> = []

    /// No strings.
    init() {}

    /// The positions of distinct strings.
    init(_ strings: [StringID], _ interner: Interner) {
        positions = ContiguousArray(repeating: -1, count: interner.stringCapacity)
        for (position, string) in strings.enumerated() { positions[Int(string.value)] = Int32(position) }
    }

    /// The position of a string; nil where it is none of them.
    subscript(string: StringID) -> Int? {
        let slot = Int(string.value)
        guard slot < positions.count, positions[slot] >= 0 else { return nil }
        return Int(positions[slot])
    }
}
