/// The rows of one kind: chunks with a free list, and an open-addressed index from UID to row number.
///
/// Chunks of a fixed size grow without copying what is there. A relist is staged beside the rows and swapped in at its
/// end, so that nobody ever sees half of it and objects whose deletion was missed are gone.
///
/// Public and inlinable throughout: other targets decode 150,000 rows into it and walk them several times a collection,
/// and an unspecialized generic costs some 2,000 instructions a row. Swift 6.3 specializes generics of another module
/// only where they are public; what is `package` is not, inlinable or not.
public struct Table<Row: TableRow>: Sendable {
    @usableFromInline var rows = Rows()
    @usableFromInline var staged: Rows?

    /// Creates an empty table.
    @inlinable
    public init() {}

    /// How many objects there are.
    @inlinable
    public var count: Int { rows.count }

    /// The largest row number plus one: the size of an array indexed by row number.
    @inlinable
    public var capacity: Int { rows.capacity }

    /// Bytes of heap in use, what the rows themselves refer to apart.
    @inlinable
    public var heapBytes: Int { rows.heapBytes + (staged?.heapBytes ?? 0) }

    /// The row of a UID.
    @inlinable
    public subscript(uid: UID) -> Row? {
        rows.find(uid).map { rows[$0] }
    }

    /// The number of the row of a UID.
    @inlinable
    public func rowNumber(_ uid: UID) -> Int? {
        rows.find(uid)
    }

    /// The row of a number; nil where the number is free.
    @inlinable
    public func row(at number: Int) -> Row? {
        rows.row(at: number)
    }

    /// Calls the body with every row and its number, in order of the numbers.
    @inlinable @inline(__always)
    public func forEach(_ body: (Int, Row) -> Void) {
        rows.forEach(body)
    }

    /// All rows, in order of their numbers. For kinds of which there are few; pods go through ``forEach(_:)``.
    @inlinable
    public var all: [Row] {
        var result: [Row] = []
        result.reserveCapacity(count)
        forEach { result.append($1) }
        return result
    }

    /// Adds a row, or replaces that of the same UID.
    @inlinable
    public mutating func upsert(_ row: Row) {
        rows.upsert(row)
    }

    /// Removes the row of a UID. Returns false where there was none.
    @discardableResult
    @inlinable
    public mutating func remove(_ uid: UID) -> Bool {
        rows.remove(uid)
    }

    /// Removes all rows.
    @inlinable
    public mutating func removeAll() {
        rows = Rows()
        staged = nil
    }

    /// Begins a list: what is staged so far is dropped.
    @inlinable
    public mutating func beginReplace() {
        staged = Rows()
    }

    /// Adds a row to the list under way; without one, to the table.
    @inlinable
    public mutating func stage(_ row: Row) {
        if staged == nil {
            rows.upsert(row)
        } else {
            staged?.upsert(row)
        }
    }

    /// Puts the list in the place of the rows.
    @inlinable
    public mutating func commitReplace() {
        guard var staged else { return }
        self.staged = nil
        staged.trim()
        rows = staged
    }

    /// Gives up the list under way; the rows stay.
    @inlinable
    public mutating func abandonReplace() {
        staged = nil
    }

    /// Calls the body with every row, and with every row of the list under way.
    @inlinable @inline(__always)
    public func forEachHeld(_ body: (Row) -> Void) {
        rows.forEach { body($1) }
        staged?.forEach { body($1) }
    }
}

extension Table {
    @usableFromInline
    struct Rows: Sendable {
        @inlinable static var chunkSize: Int { 512 }
        @inlinable static var chunkShift: Int { 9 }

        @usableFromInline var chunks: [ContiguousArray<Row>] = []
        /// A bit for each row number that is in use: an optional row would cost 8 bytes more of each.
        @usableFromInline var occupied: ContiguousArray<UInt64> = []
        @usableFromInline var freeNumbers: ContiguousArray<UInt32> = []
        /// Row number plus one, 0 for an empty slot.
        @usableFromInline var index: ContiguousArray<UInt32> = []
        @usableFromInline var count = 0
        @usableFromInline var capacity = 0

        @inlinable
        init() {}

        @inlinable
        var heapBytes: Int {
            chunks.reduce(0) { $0 + $1.capacity * MemoryLayout<Row>.stride }
                + (index.capacity + freeNumbers.capacity) * 4 + occupied.capacity * 8
        }

        @inlinable
        subscript(number: Int) -> Row {
            chunks[number >> Self.chunkShift][number & (Self.chunkSize - 1)]
        }

        @inlinable @inline(__always)
        func isOccupied(_ number: Int) -> Bool {
            occupied[number >> 6] & (1 << UInt64(number & 63)) != 0
        }

        @inlinable
        func row(at number: Int) -> Row? {
            guard number < capacity, isOccupied(number) else { return nil }
            return chunks[number >> Self.chunkShift][number & (Self.chunkSize - 1)]
        }

        @inlinable @inline(__always)
        func forEach(_ body: (Int, Row) -> Void) {
            var base = 0
            for chunk in chunks {
                for offset in 0..<chunk.count where isOccupied(base + offset) {
                    body(base + offset, chunk[offset])
                }
                base += Self.chunkSize
            }
        }

        @inlinable
        static func slot(_ uid: UID, _ mask: Int) -> Int {
            // UIDs are random already (RFC 4122 version 4): folding is enough.
            let folded = (uid.high ^ uid.low) &* 0x9e37_79b9_7f4a_7c15
            return Int(truncatingIfNeeded: folded >> 20) & mask
        }

        @inlinable
        func uid(at number: Int) -> UID {
            chunks[number >> Self.chunkShift][number & (Self.chunkSize - 1)].uid
        }

        @inlinable
        func find(_ uid: UID) -> Int? {
            guard !index.isEmpty else { return nil }
            let mask = index.count - 1
            var slot = Self.slot(uid, mask)
            while index[slot] != 0 {
                let number = Int(index[slot]) - 1
                if self.uid(at: number) == uid { return number }
                slot = (slot + 1) & mask
            }
            return nil
        }

        /// Grows a full chunk by an eighth: appending to it would double what it takes.
        @inlinable
        mutating func makeRoom(inChunk chunk: Int) {
            let count = chunks[chunk].count
            guard chunks[chunk].capacity == count else { return }
            chunks[chunk].reserveCapacity(min(Self.chunkSize, count + max(16, count / 8)))
        }

        /// Gives back what the last chunk has no rows for.
        @inlinable
        mutating func trim() {
            guard let last = chunks.last, last.count < Self.chunkSize else { return }
            var trimmed = ContiguousArray<Row>()
            trimmed.reserveCapacity(last.count)
            trimmed.append(contentsOf: last)
            chunks[chunks.count - 1] = trimmed
        }

        @inlinable
        mutating func upsert(_ row: Row) {
            if let number = find(row.uid) {
                chunks[number >> Self.chunkShift][number & (Self.chunkSize - 1)] = row
                return
            }
            if (count + 1) * 4 > index.count * 3 { grow() }
            let number: Int
            if let free = freeNumbers.popLast() {
                number = Int(free)
                chunks[number >> Self.chunkShift][number & (Self.chunkSize - 1)] = row
            } else {
                number = capacity
                if number & (Self.chunkSize - 1) == 0 {
                    var chunk = ContiguousArray<Row>()
                    // Few objects of a kind take few bytes: only the first chunk starts small.
                    chunk.reserveCapacity(number == 0 ? 0 : Self.chunkSize)
                    chunks.append(chunk)
                } else {
                    makeRoom(inChunk: number >> Self.chunkShift)
                }
                chunks[number >> Self.chunkShift].append(row)
                capacity += 1
                if occupied.count * 64 < capacity { occupied.append(0) }
            }
            occupied[number >> 6] |= 1 << UInt64(number & 63)
            count += 1
            insert(number, row.uid)
        }

        @inlinable
        mutating func insert(_ number: Int, _ uid: UID) {
            let mask = index.count - 1
            var slot = Self.slot(uid, mask)
            while index[slot] != 0 { slot = (slot + 1) & mask }
            index[slot] = UInt32(number) + 1
        }

        @inlinable
        mutating func remove(_ uid: UID) -> Bool {
            guard let number = find(uid) else { return false }
            let mask = index.count - 1
            var hole = Self.slot(uid, mask)
            while Int(index[hole]) - 1 != number { hole = (hole + 1) & mask }
            // Backward shift (Knuth 6.4 R): entries that probed past the hole move up, so no tombstones pile up.
            index[hole] = 0
            var slot = (hole + 1) & mask
            while index[slot] != 0 {
                let home = Self.slot(self.uid(at: Int(index[slot]) - 1), mask)
                if (slot - home) & mask >= (slot - hole) & mask {
                    index[hole] = index[slot]
                    index[slot] = 0
                    hole = slot
                }
                slot = (slot + 1) & mask
            }
            occupied[number >> 6] &= ~(1 << UInt64(number & 63))
            freeNumbers.append(UInt32(number))
            count -= 1
            return true
        }

        @inlinable
        mutating func grow() {
            // Half as much again beyond 64 Ki slots would not be a power of two; the load of 3/4 bounds the waste.
            index = ContiguousArray(repeating: 0, count: max(16, index.count * 2))
            var uids: [(Int, UID)] = []
            uids.reserveCapacity(count)
            forEach { uids.append(($0, $1.uid)) }
            for (number, uid) in uids { insert(number, uid) }
        }
    }
}
