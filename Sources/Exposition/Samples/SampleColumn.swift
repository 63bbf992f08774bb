/// The samples of one family: label block ids and values, in two arrays of the same length.
struct SampleColumn: Sendable {
    private(set) var blocks: [UInt32] = []
    private(set) var values: [Double] = []

    mutating func append(_ block: UInt32, _ value: Double) {
        blocks.append(block)
        values.append(value)
    }

    /// Drops the samples whose block is not in the set.
    mutating func keepOnly(_ wanted: Set<UInt32>) {
        var kept = SampleColumn()
        for (block, value) in zip(blocks, values) where wanted.contains(block) { kept.append(block, value) }
        self = kept
    }

    /// The same samples in buffers that are no larger than they need be.
    consuming func compacted() -> SampleColumn {
        blocks = blocks.compacted()
        values = values.compacted()
        return self
    }

    /// What the buffers take, in bytes.
    var memory: Int { blocks.capacity * MemoryLayout<UInt32>.stride + values.capacity * MemoryLayout<Double>.stride }
}

/// A column being filled, and what is needed to refuse a second sample with the same labels.
struct SampleColumnBuilder {
    private(set) var column = SampleColumn()
    var isEnabled = true
    /// The highest block id so far. While ids rise, no sample can be a duplicate.
    private var highest: Int64 = -1
    /// A bit for each block id present, kept from the first id on that is not the highest.
    private var present: [UInt64]?

    /// Adds a sample; false where the family already has one with that block.
    mutating func append(_ block: UInt32, _ value: Double) -> Bool {
        if Int64(block) > highest {
            highest = Int64(block)
            if present != nil { mark(block) }
        } else {
            if present == nil {
                present = []
                for earlier in column.blocks { mark(earlier) }
            }
            if isPresent(block) { return false }
            mark(block)
        }
        column.append(block, value)
        return true
    }

    /// Drops the samples whose block is not in the set. They still count as present: after filtering nothing more is
    /// to add.
    mutating func keepOnly(_ wanted: Set<UInt32>) {
        column.keepOnly(wanted)
    }

    private func isPresent(_ block: UInt32) -> Bool {
        guard let present, Int(block / 64) < present.count else { return false }
        return present[Int(block / 64)] & (1 << UInt64(block % 64)) != 0
    }

    private mutating func mark(_ block: UInt32) {
        let word = Int(block / 64)
        let missing = word + 1 - (present?.count ?? 0)
        if missing > 0 { present?.append(contentsOf: repeatElement(0, count: missing)) }
        present?[word] |= 1 << UInt64(block % 64)
    }
}
