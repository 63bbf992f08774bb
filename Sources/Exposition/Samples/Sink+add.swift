// Inlined always, as making labels is: Swift 6.3 specializes no generic of another module that is not public, and an
// unspecialized one looks up the types of all its arguments for each sample.
extension Sink {
    /// Adds the sample of a family without labels. `info` families take the value 1.
    @inlinable @inline(__always)
    package mutating func add(_ family: Family<L0>, _ value: some SampleValue) {
        add(family, LabelBlock(id: 0), value)
    }

    /// Adds the sample of a family for the object whose labels these are. `info` families take the value 1.
    ///
    /// Cheap and without effect where the family is disabled; refused where the series is there already.
    @inlinable @inline(__always)
    package mutating func add<Labels: LabelCount>(
        _ family: Family<Labels>,
        _ labels: LabelBlock<Labels>,
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
