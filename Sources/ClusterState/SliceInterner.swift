import KeyedHash

/// Slices of elements, each kept once in one shared buffer and named by a 4-byte id.
///
/// Id 0 is the empty slice. The index is open-addressed and holds an id and a byte of the hash for each slice, so a slice
/// costs its elements, 8 bytes of entry and about 8 bytes of index. Ids stay valid until a sweep frees those that were not
/// marked.
package struct SliceInterner<Element: BitwiseCopyable & Hashable & Sendable>: Sendable {
    private struct Entry: BitwiseCopyable {
        var offset: UInt32
        var count: UInt32
    }

    private static var freed: UInt32 { .max }

    private var elements: ContiguousArray<Element> = []
    private var entries: ContiguousArray<Entry> = [Entry(offset: 0, count: 0)]
    private var index: ContiguousArray<UInt32> = ContiguousArray(repeating: 0, count: 64)
    /// By slot of the index: 0 where it is free, otherwise seven bits of the slice's hash and the eighth set. Those that a
    /// slice is compared with lie side by side here; their entries and elements are all over memory.
    private var tags: ContiguousArray<UInt8> = ContiguousArray(repeating: 0, count: 64)
    private var free: ContiguousArray<UInt32> = []
    private let keyedHash = KeyedHash.process

    /// Slices added since the last sweep.
    package private(set) var addedSinceSweep = 0

    /// Bytes of slices added since the last sweep.
    package var bytesAddedSinceSweep: Int { bytes - bytesAtSweep }
    /// Bytes of all slices, those included that nothing needs any more.
    package var bytes: Int { elements.count * MemoryLayout<Element>.stride }
    private var bytesAtSweep = 0

    /// Creates an interner that holds the empty slice only.
    package init() {}

    /// How many slices are held, the empty one apart.
    package var count: Int { entries.count - 1 - free.count }

    /// The largest id in use plus one: the size of an array indexed by id.
    package var capacity: Int { entries.count }

    /// Bytes of heap in use.
    package var heapBytes: Int {
        elements.capacity * MemoryLayout<Element>.stride + entries.capacity * MemoryLayout<Entry>.stride
            + (index.capacity + free.capacity) * 4 + tags.capacity
    }

    private func hash(_ slice: UnsafeBufferPointer<Element>) -> UInt64 { keyedHash(UnsafeRawBufferPointer(slice)) }

    /// The seven high bits of a hash, of which the low ones choose the slot.
    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: hash >> 57) | 0x80
    }

    /// The slot of a slice, or the free one where it belongs.
    @inline(__always)
    private func slot(of slice: UnsafeBufferPointer<Element>, _ hash: UInt64) -> Int {
        let mask = tags.count - 1
        let tag = Self.tag(hash)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while tags[slot] != 0 {
            if tags[slot] == tag, equals(index[slot], slice) { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func equals(_ id: UInt32, _ slice: UnsafeBufferPointer<Element>) -> Bool {
        withSlice(id) { held in
            guard held.count == slice.count else { return false }
            let left = UnsafeRawBufferPointer(held)
            let right = UnsafeRawBufferPointer(slice)
            var position = 0
            while left.count - position >= 8 {
                if left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                    != right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                {
                    return false
                }
                position += 8
            }
            while position < left.count {
                if left[position] != right[position] { return false }
                position += 1
            }
            return true
        }
    }

    /// The id of the slice, if it is held.
    package func find(_ slice: UnsafeBufferPointer<Element>) -> UInt32? {
        if slice.isEmpty { return 0 }
        let slot = slot(of: slice, hash(slice))
        return tags[slot] == 0 ? nil : index[slot]
    }

    /// The id of the slice, kept from now on.
    package mutating func intern(_ slice: UnsafeBufferPointer<Element>) -> UInt32 {
        if slice.isEmpty { return 0 }
        let hash = hash(slice)
        let slot = slot(of: slice, hash)
        if tags[slot] != 0 { return index[slot] }
        let entry = Entry(offset: UInt32(elements.count), count: UInt32(slice.count))
        Self.grow(&elements, by: slice.count)
        elements.append(contentsOf: slice)
        let id: UInt32
        if let reused = free.popLast() {
            id = reused
            entries[Int(id)] = entry
        } else {
            id = UInt32(entries.count)
            Self.grow(&entries, by: 1)
            entries.append(entry)
        }
        index[slot] = id
        tags[slot] = Self.tag(hash)
        addedSinceSweep += 1
        if count * 4 > index.count * 3 { rebuildIndex(slots: index.count * 2) }
        return id
    }

    /// The most slots side by side that are taken, which bounds how many a lookup passes.
    var longestRun: Int {
        var (longest, run) = (0, 0)
        for tag in tags {
            run = tag == 0 ? 0 : run + 1
            longest = max(longest, run)
        }
        return longest
    }

    /// Makes room by an eighth at a time: doubling would leave megabytes unused.
    private static func grow<Member>(_ array: inout ContiguousArray<Member>, by count: Int) {
        guard array.count + count > array.capacity else { return }
        array.reserveCapacity(array.count + max(count, 64, array.count / 8))
    }

    /// Calls the body with the elements of the slice.
    @inline(__always)
    package func withSlice<Result>(_ id: UInt32, _ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        let entry = entries[Int(id)]
        return elements.withUnsafeBufferPointer { all in
            body(UnsafeBufferPointer(rebasing: all[Int(entry.offset)..<Int(entry.offset) + Int(entry.count)]))
        }
    }

    /// How many elements the slice has.
    package func length(_ id: UInt32) -> Int {
        Int(entries[Int(id)].count)
    }

    /// One element of a slice.
    @inline(__always)
    package func element(_ id: UInt32, _ position: Int) -> Element {
        elements[Int(entries[Int(id)].offset) + position]
    }

    /// Frees every slice that is not marked, and closes the gaps that they leave in the buffer.
    ///
    /// - Parameter marked: A bit for each id below ``capacity``.
    package mutating func sweep(keeping marked: MarkSet) {
        var kept: ContiguousArray<Element> = []
        var live = 0
        var length = 0
        for id in 1..<max(1, entries.count) where entries[id].offset != Self.freed {
            if marked.contains(UInt32(id)) {
                live += 1
                length += Int(entries[id].count)
            } else {
                entries[id] = Entry(offset: Self.freed, count: 0)
                free.append(UInt32(id))
            }
        }
        kept.reserveCapacity(length)
        for id in 1..<max(1, entries.count) where entries[id].offset != Self.freed {
            let entry = entries[id]
            let offset = UInt32(kept.count)
            kept.append(contentsOf: elements[Int(entry.offset)..<Int(entry.offset) + Int(entry.count)])
            entries[id].offset = offset
        }
        elements = kept
        var slots = 64
        while slots * 3 < live * 4 + 4 { slots *= 2 }
        rebuildIndex(slots: slots)
        addedSinceSweep = 0
        bytesAtSweep = bytes
    }

    private mutating func rebuildIndex(slots: Int) {
        index = ContiguousArray(repeating: 0, count: slots)
        tags = ContiguousArray(repeating: 0, count: slots)
        let mask = slots - 1
        for id in 1..<max(1, entries.count) where entries[id].offset != Self.freed {
            let hash = withSlice(UInt32(id)) { self.hash($0) }
            var slot = Int(truncatingIfNeeded: hash) & mask
            while tags[slot] != 0 { slot = (slot + 1) & mask }
            index[slot] = UInt32(id)
            tags[slot] = Self.tag(hash)
        }
    }
}

/// Which ids of an interner are still in use: one bit an id.
package struct MarkSet: Sendable {
    private var words: ContiguousArray<UInt64>

    /// Creates a set of unmarked ids below the given number.
    package init(capacity: Int) {
        words = ContiguousArray(repeating: 0, count: (capacity + 63) / 64)
    }

    /// Marks an id. Returns false where it was marked before.
    @discardableResult
    package mutating func insert(_ id: UInt32) -> Bool {
        let word = Int(id >> 6)
        let bit: UInt64 = 1 << UInt64(id & 63)
        if words[word] & bit != 0 { return false }
        words[word] |= bit
        return true
    }

    /// Whether the id is marked.
    package func contains(_ id: UInt32) -> Bool {
        words[Int(id >> 6)] & (1 << UInt64(id & 63)) != 0
    }
}
