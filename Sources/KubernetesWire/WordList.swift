import ClusterState

/// The words of a list while it is read: on the stack up to 64 of them, which is more than label sets have.
struct WordList {
    private var words = InlineArray<64, UInt32>(repeating: 0)
    private var overflow: [UInt32] = []
    private(set) var count = 0

    subscript(position: Int) -> UInt32 {
        get { overflow.isEmpty ? words[position] : overflow[position] }
        set {
            if overflow.isEmpty {
                words[position] = newValue
            } else {
                overflow[position] = newValue
            }
        }
    }

    mutating func append(_ word: UInt32) {
        if count < words.count {
            words[count] = word
        } else {
            if overflow.isEmpty { overflow = (0..<count).map { words[$0] } }
            overflow.append(word)
        }
        count += 1
    }

    /// The id of the list.
    func interned<ID: ListID>(_ interner: inout Interner, as _: ID.Type) -> ID {
        guard overflow.isEmpty else {
            return overflow.withUnsafeBufferPointer { interner.intern(words: $0, as: ID.self) }
        }
        return words.span.withUnsafeBufferPointer {
            interner.intern(words: UnsafeBufferPointer(rebasing: $0[0..<count]), as: ID.self)
        }
    }
}
