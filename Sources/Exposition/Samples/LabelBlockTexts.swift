import Glibc

/// The texts of all label blocks, escaped and in braces, one after another in one buffer.
struct LabelBlockTexts: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each block ends. Block 0 is the empty text of a sample without labels.
    private(set) var ends: [UInt32] = [0]

    /// Makes room for texts like those of an earlier collection, and a sixteenth of them more, which ``compacted()`` leaves:
    /// growing to it would copy all of it some twenty times.
    mutating func makeRoom(like texts: LabelBlockTexts) {
        bytes.reserveCapacity(texts.bytes.count + texts.bytes.count / 16)
        ends.reserveCapacity(texts.ends.count + texts.ends.count / 16)
    }

    /// The number of blocks, the empty one included.
    var count: Int { ends.count }

    /// Where block `id` lies in `bytes`.
    func range(of id: UInt32) -> Range<Int> {
        id == 0 ? 0..<0 : Int(ends[Int(id) - 1])..<Int(ends[Int(id)])
    }

    /// Appends to the text after the last block, which `commit` makes a block.
    mutating func append(_ text: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: text) }

    /// Appends one byte likewise.
    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Where the text after the last block begins.
    var pendingStart: Int { Int(ends[ends.count - 1]) }

    /// Makes the pending text a block and returns its id.
    mutating func commit() -> UInt32 {
        ends.append(UInt32(bytes.count))
        return UInt32(ends.count - 1)
    }

    /// Whether block `id` has the same text as what is pending.
    func isPending(equalTo id: UInt32) -> Bool {
        let range = range(of: id)
        let count = bytes.count - pendingStart
        guard range.count == count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return true }
            return memcmp(start + range.lowerBound, start + pendingStart, count) == 0
        }
    }

    /// Drops the pending text.
    mutating func discard() { bytes.removeLast(bytes.count - pendingStart) }

    /// The same texts in buffers that are no larger than they need be.
    consuming func compacted() -> LabelBlockTexts {
        bytes = bytes.compacted()
        ends = ends.compacted()
        return self
    }

    /// What the buffers take, in bytes.
    var memory: Int { bytes.capacity + ends.capacity * MemoryLayout<UInt32>.stride }
}

extension Array {
    /// The same elements in a buffer of the right size, where growing has left one that is much larger.
    func compacted() -> [Element] {
        guard capacity > count + count / 8 + 64 else { return self }
        var copy: [Element] = []
        copy.reserveCapacity(count)
        copy.append(contentsOf: self)
        return copy
    }
}
