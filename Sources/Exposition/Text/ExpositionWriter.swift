/// Writes sample tables as text, a slice at a time, so that no whole text ever stands in memory.
///
/// Tables follow one another, families in their table's order; a family without samples leaves no trace. Two tables
/// must not share a family: each format wants all samples of a family together.
package struct ExpositionWriter: Sendable {
    /// What a slice holds at most, in bytes, unless one line alone is longer.
    package static let sliceLimit = 64 * 1024

    private let tables: [SampleTable]
    private let format: ExpositionFormat
    private var endIsDue: Bool
    private var table = 0
    private var family = 0
    private var sample = 0
    /// Whether the current family's header is out: a slice may end right behind it.
    private var headerIsWritten = false
    /// The name of the family being written.
    private var name: [UInt8] = []

    /// A writer at the start of the tables' text.
    /// - Parameters:
    ///   - tables: the tables, in the order of their texts.
    ///   - format: the format to write.
    ///   - endOfExposition: whether this is the end of the whole answer, which OpenMetrics marks by `# EOF`; false
    ///     where another text follows.
    package init(_ tables: [SampleTable], format: ExpositionFormat, endOfExposition: Bool) {
        self.tables = tables
        self.format = format
        endIsDue = endOfExposition && format == .openMetrics100
    }

    /// The next part of the text, whole lines; nil at the end.
    package mutating func nextSlice() -> [UInt8]? {
        var capacity = Self.sliceLimit
        while true {
            var missing = 0
            let slice = [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
                (count, missing) = write(into: memory)
            }
            // A line that is longer than a slice gets one of its own.
            guard slice.isEmpty, missing > 0 else { return slice.isEmpty ? nil : slice }
            capacity = missing
        }
    }

    /// Writes whole lines into the memory until the next one does not fit.
    ///
    /// - Returns: The bytes written, and the length of the line that did not fit; 0 where all is written.
    package mutating func write(into memory: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, missing: Int) {
        var text = TextMemory(memory)
        let missing = write(into: &text)
        return (text.count, missing)
    }

    private mutating func write(into text: inout TextMemory) -> Int {
        while table < tables.count {
            let missing = write(tables[table], into: &text)
            if missing > 0 { return missing }
            table += 1
            family = 0
        }
        if endIsDue {
            let end: StaticString = "# EOF\n"
            guard text.has(roomFor: end.utf8CodeUnitCount) else { return end.utf8CodeUnitCount }
            end.withUTF8Buffer { text.append($0) }
            endIsDue = false
        }
        return 0
    }

    private mutating func write(_ table: SampleTable, into text: inout TextMemory) -> Int {
        while family < table.families.count {
            let column = table.columns[family]
            if !column.blocks.isEmpty {
                if !headerIsWritten {
                    let descriptor = table.families[family]
                    let header = FamilyHeader.bytes(of: descriptor, in: format)
                    guard text.has(roomFor: header.count) else { return header.count }
                    header.withUnsafeBufferPointer { text.append($0) }
                    name = descriptor.name.withUTF8Buffer { Array($0) }
                    headerIsWritten = true
                }
                let missing = writeSamples(of: column, table.texts, into: &text)
                if missing > 0 { return missing }
            }
            family += 1
            sample = 0
            headerIsWritten = false
        }
        return 0
    }

    private mutating func writeSamples(
        of column: SampleColumn,
        _ texts: LabelBlockTexts,
        into text: inout TextMemory
    ) -> Int {
        switch column.values {
        case .bytes(let values):
            writeSamples(column.blocks, values, texts, into: &text) { $1.append(integer: UInt64($0)) }
        case .words(let values):
            writeSamples(column.blocks, values, texts, into: &text) { $1.append(integer: UInt64($0)) }
        case .doubles(let values):
            writeSamples(column.blocks, values, texts, into: &text) { SampleNumber.append($0, to: &$1) }
        }
    }

    @inline(__always)
    private mutating func writeSamples<Value>(
        _ blocks: [UInt32],
        _ values: [Value],
        _ texts: LabelBlockTexts,
        into text: inout TextMemory,
        _ append: (Value, inout TextMemory) -> Void
    ) -> Int {
        var next = sample
        defer { sample = next }
        return self.name.withUnsafeBufferPointer { name in
            texts.bytes.withUnsafeBufferPointer { bytes in
                while next < blocks.count {
                    let block = texts.range(of: blocks[next])
                    // Name, labels, a space, the value, LF.
                    let length = name.count + block.count + SampleNumber.maximumLength + 2
                    guard text.has(roomFor: length) else { return length }
                    text.append(name)
                    text.append(UnsafeBufferPointer(rebasing: bytes[block]))
                    text.append(UInt8(ascii: " "))
                    append(values[next], &text)
                    text.append(UInt8(ascii: "\n"))
                    next += 1
                }
                return 0
            }
        }
    }
}

/// Memory that text is written into from its start. There is a line for each of 300,000 samples: appending to an array
/// takes twice as long.
struct TextMemory {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    /// The bytes written.
    private(set) var count = 0

    /// Nothing is written yet.
    init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        self.memory = memory
    }

    /// Whether so many bytes can still be appended.
    func has(roomFor length: Int) -> Bool { length <= memory.count - count }

    /// Appends a byte, for which there must be room.
    mutating func append(_ byte: UInt8) {
        memory.initializeElement(at: count, to: byte)
        count += 1
    }

    /// Appends text, for which there must be room.
    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        count = memory[count...].initialize(fromContentsOf: text)
    }

    /// Appends the digits of a number, for which there must be room.
    mutating func append(integer number: UInt64) {
        if number < 10 { return append(UInt8(ascii: "0") + UInt8(number)) }
        let start = count
        var rest = number
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        memory[start..<count].reverse()
    }
}
