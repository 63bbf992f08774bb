// Inlined always: Swift 6.3 specializes no generic function of another module that is not public, and an unspecialized
// one looks up the types of all its arguments for each sample.
extension Sink {
    /// Returns the label block of one object, which all families with these labels share.
    ///
    /// The same names and values give the same block again.
    @inlinable @inline(__always)
    package mutating func labels<let count: Int>(
        _ labels: LabelNames<count>,
        _ values: InlineArray<count, String>
    ) -> LabelBlock<count> {
        for position in values.indices {
            var value = values[position]
            value.withUTF8 { blocks.appendPair(labels.names[position], $0) }
        }
        return LabelBlock(id: blocks.commit())
    }

    /// Keeps the label block of an object by a number, so that its text is made once however many areas have families
    /// about the object.
    ///
    /// - Parameters:
    ///   - block: The block.
    ///   - number: The object's number, from 0 up without large gaps. All that are kept have the same label names.
    @inlinable @inline(__always)
    package mutating func keep<let count: Int>(_ block: LabelBlock<count>, number: Int) {
        keep(block.id, number: number)
    }

    /// Returns the label block that is kept by a number; nil where there is none.
    @inlinable @inline(__always)
    package func keptLabels<let count: Int>(number: Int) -> LabelBlock<count>? {
        number < kept.count && kept[number] != 0 ? LabelBlock(id: kept[number]) : nil
    }

    /// Adds the sample of a family without labels. `info` families take the value 1.
    @inlinable @inline(__always)
    package mutating func add(_ family: Family<0>, _ value: some SampleValue) {
        add(family, LabelBlock(id: 0), value)
    }

    /// Adds the sample of a family for the object whose labels these are. `info` families take the value 1.
    ///
    /// Cheap and without effect where the family is disabled; refused where the series is there already.
    @inlinable @inline(__always)
    package mutating func add<let count: Int>(
        _ family: Family<count>,
        _ labels: LabelBlock<count>,
        _ value: some SampleValue
    ) {
        var position = position(ofKey: family.key)
        if position < 0 {
            position = adoptPosition(of: family.descriptor.name)
            if position < 0 { return }
        }
        append(value.sampleValue, block: labels.id, at: position)
    }
}
