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
        var slice: [UInt8] = []
        slice.reserveCapacity(Self.sliceLimit)
        while table < tables.count {
            guard write(tables[table], into: &slice) else { return slice }
            table += 1
            family = 0
        }
        if endIsDue {
            let end = "# EOF\n".utf8
            guard fits(end.count, in: slice) else { return slice }
            slice.append(contentsOf: end)
            endIsDue = false
        }
        return slice.isEmpty ? nil : slice
    }

    /// Writes on in a table; false where the slice is full before the table's end.
    private mutating func write(_ table: SampleTable, into slice: inout [UInt8]) -> Bool {
        while family < table.families.count {
            let column = table.columns[family]
            if !column.blocks.isEmpty {
                if !headerIsWritten {
                    let descriptor = table.families[family]
                    let header = FamilyHeader.bytes(of: descriptor, in: format)
                    guard fits(header.count, in: slice) else { return false }
                    slice.append(contentsOf: header)
                    name = descriptor.name.withUTF8Buffer { Array($0) }
                    headerIsWritten = true
                }
                guard writeSamples(of: column, table.texts, into: &slice) else { return false }
            }
            family += 1
            sample = 0
            headerIsWritten = false
        }
        return true
    }

    private mutating func writeSamples(
        of column: SampleColumn,
        _ texts: LabelBlockTexts,
        into slice: inout [UInt8]
    ) -> Bool {
        while sample < column.blocks.count {
            let block = texts.range(of: column.blocks[sample])
            // Name, labels, a space, the value, LF.
            guard fits(name.count + block.count + SampleNumber.maximumLength + 2, in: slice) else { return false }
            slice.append(contentsOf: name)
            slice.append(contentsOf: texts.bytes[block])
            slice.append(UInt8(ascii: " "))
            SampleNumber.append(column.values[sample], to: &slice)
            slice.append(UInt8(ascii: "\n"))
            sample += 1
        }
        return true
    }

    private func fits(_ count: Int, in slice: [UInt8]) -> Bool {
        slice.isEmpty || slice.count + count <= Self.sliceLimit
    }
}
