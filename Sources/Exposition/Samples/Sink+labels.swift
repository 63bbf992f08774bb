extension Sink {
    /// Writes one `name="value"` pair of the block being built.
    @inlinable @inline(__always)
    mutating func appendPair(_ name: StaticString, _ value: some LabelValue) {
        value.withLabelBytes { blocks.appendPair(name, $0) }
    }

    /// The label block of one object, made once and shared by all families with these labels.
    ///
    /// Names come in the families' order. The same names and values give the same block again.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue
    ) -> LabelBlock<L1> {
        appendPair(n1, v1)
        return LabelBlock(id: blocks.commit())
    }

    /// The label block of one object with two labels.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue,
        _ n2: StaticString,
        _ v2: some LabelValue
    ) -> LabelBlock<L2> {
        appendPair(n1, v1)
        appendPair(n2, v2)
        return LabelBlock(id: blocks.commit())
    }

    /// The label block of one object with three labels.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue,
        _ n2: StaticString,
        _ v2: some LabelValue,
        _ n3: StaticString,
        _ v3: some LabelValue
    ) -> LabelBlock<L3> {
        appendPair(n1, v1)
        appendPair(n2, v2)
        appendPair(n3, v3)
        return LabelBlock(id: blocks.commit())
    }

    /// The label block of one object with four labels.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue,
        _ n2: StaticString,
        _ v2: some LabelValue,
        _ n3: StaticString,
        _ v3: some LabelValue,
        _ n4: StaticString,
        _ v4: some LabelValue
    ) -> LabelBlock<L4> {
        appendPair(n1, v1)
        appendPair(n2, v2)
        appendPair(n3, v3)
        appendPair(n4, v4)
        return LabelBlock(id: blocks.commit())
    }

    /// The label block of one object with five labels.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue,
        _ n2: StaticString,
        _ v2: some LabelValue,
        _ n3: StaticString,
        _ v3: some LabelValue,
        _ n4: StaticString,
        _ v4: some LabelValue,
        _ n5: StaticString,
        _ v5: some LabelValue
    ) -> LabelBlock<L5> {
        appendPair(n1, v1)
        appendPair(n2, v2)
        appendPair(n3, v3)
        appendPair(n4, v4)
        appendPair(n5, v5)
        return LabelBlock(id: blocks.commit())
    }

    /// The label block of one object with six labels.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue,
        _ n2: StaticString,
        _ v2: some LabelValue,
        _ n3: StaticString,
        _ v3: some LabelValue,
        _ n4: StaticString,
        _ v4: some LabelValue,
        _ n5: StaticString,
        _ v5: some LabelValue,
        _ n6: StaticString,
        _ v6: some LabelValue
    ) -> LabelBlock<L6> {
        appendPair(n1, v1)
        appendPair(n2, v2)
        appendPair(n3, v3)
        appendPair(n4, v4)
        appendPair(n5, v5)
        appendPair(n6, v6)
        return LabelBlock(id: blocks.commit())
    }

    /// The label block of one object with seven labels.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue,
        _ n2: StaticString,
        _ v2: some LabelValue,
        _ n3: StaticString,
        _ v3: some LabelValue,
        _ n4: StaticString,
        _ v4: some LabelValue,
        _ n5: StaticString,
        _ v5: some LabelValue,
        _ n6: StaticString,
        _ v6: some LabelValue,
        _ n7: StaticString,
        _ v7: some LabelValue
    ) -> LabelBlock<L7> {
        appendPair(n1, v1)
        appendPair(n2, v2)
        appendPair(n3, v3)
        appendPair(n4, v4)
        appendPair(n5, v5)
        appendPair(n6, v6)
        appendPair(n7, v7)
        return LabelBlock(id: blocks.commit())
    }

    /// The label block of one object with eight labels.
    @inlinable @inline(__always)
    package mutating func labels(
        _ n1: StaticString,
        _ v1: some LabelValue,
        _ n2: StaticString,
        _ v2: some LabelValue,
        _ n3: StaticString,
        _ v3: some LabelValue,
        _ n4: StaticString,
        _ v4: some LabelValue,
        _ n5: StaticString,
        _ v5: some LabelValue,
        _ n6: StaticString,
        _ v6: some LabelValue,
        _ n7: StaticString,
        _ v7: some LabelValue,
        _ n8: StaticString,
        _ v8: some LabelValue
    ) -> LabelBlock<L8> {
        appendPair(n1, v1)
        appendPair(n2, v2)
        appendPair(n3, v3)
        appendPair(n4, v4)
        appendPair(n5, v5)
        appendPair(n6, v6)
        appendPair(n7, v7)
        appendPair(n8, v8)
        return LabelBlock(id: blocks.commit())
    }
}
