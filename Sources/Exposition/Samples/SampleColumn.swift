/// The samples of one family: label block ids and values, in two arrays of the same length.
struct SampleColumn: Sendable {
    let blocks: [UInt32]
    let values: SampleValues

    /// What the buffers take, in bytes.
    var memory: Int { blocks.capacity * MemoryLayout<UInt32>.stride + values.memory }
}

/// The values of a column, in the narrowest numbers that hold all of them exactly: of most families a byte is enough, for
/// times and bytes of memory four or eight are needed.
enum SampleValues: Sendable {
    case bytes([UInt8])
    case words([UInt32])
    case doubles([Double])

    /// The same values, in a buffer that is no larger than they need.
    init(_ values: [Double]) {
        var words: [UInt32] = []
        words.reserveCapacity(values.count)
        var largest: UInt32 = 0
        for value in values {
            // A zero below zero is no word: it is written with its sign.
            guard value.sign == .plus, let word = UInt32(exactly: value) else {
                self = .doubles(values.compacted())
                return
            }
            words.append(word)
            largest = max(largest, word)
        }
        self = largest <= UInt8.max ? .bytes(words.map { UInt8(truncatingIfNeeded: $0) }) : .words(words)
    }

    /// The value at a position.
    subscript(position: Int) -> Double {
        switch self {
        case .bytes(let values): Double(values[position])
        case .words(let values): Double(values[position])
        case .doubles(let values): values[position]
        }
    }

    /// What the buffer takes, in bytes.
    var memory: Int {
        switch self {
        case .bytes(let values): values.capacity
        case .words(let values): values.capacity * MemoryLayout<UInt32>.stride
        case .doubles(let values): values.capacity * MemoryLayout<Double>.stride
        }
    }
}

/// A column being filled, and what is needed to refuse a second sample with the same labels.
struct SampleColumnBuilder {
    private(set) var blocks: [UInt32] = []
    private var values: [Double] = []
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
                for earlier in blocks { mark(earlier) }
            }
            if isPresent(block) { return false }
            mark(block)
        }
        blocks.append(block)
        values.append(value)
        return true
    }

    /// The samples, in buffers that are no larger than they need be.
    var column: SampleColumn { SampleColumn(blocks: blocks.compacted(), values: SampleValues(values)) }

    /// Drops the samples whose block is not in the set. They still count as present: after filtering nothing more is
    /// to add.
    mutating func keepOnly(_ wanted: Set<UInt32>) {
        let kept = blocks.indices.filter { wanted.contains(blocks[$0]) }
        blocks = kept.map { blocks[$0] }
        values = kept.map { values[$0] }
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
