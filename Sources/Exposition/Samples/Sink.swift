/// Collects the samples of one collection. Areas add a value and a label block to a declared family; out comes a
/// `SampleTable`, which `ExpositionWriter` writes as text. Families, escaping, negotiation and gzip are the rest of the
/// target `Exposition`.
///
/// Adding is the hot path: 320,000 samples a collection at 150,000 pods. A family's column is found by the address of
/// its name, label texts are made once per object, and a sample is 12 bytes in two arrays, which
/// ``finish()`` narrows.
///
/// Samples that it refuses (`SinkRefusal`) are counted and passed to `onRefusal`, which fails in debug builds unless the
/// caller gives another closure.
package struct Sink {
    /// The families in the order of exposition.
    private let families: [FamilyDescriptor]
    private var columns: [SampleColumnBuilder]
    private var index: FamilyIndex
    /// The label blocks made so far.
    @usableFromInline var blocks: LabelBlockInterner
    /// The blocks kept by a number of the caller's; 0 for none.
    @usableFromInline var kept: ContiguousArray<UInt32> = []
    private let onRefusal: @Sendable (SinkRefusal) -> Void

    /// Samples taken.
    package private(set) var sampleCount = 0
    /// Samples refused because their series was there already.
    package private(set) var refusedDuplicates = 0
    /// Samples refused for any other reason of `SinkRefusal`.
    package private(set) var refusedOthers = 0

    /// A sink for these families, exposed in this order; all are enabled. Makes room for labels as those of the earlier
    /// collection that is given.
    package init(
        families: [any AnyFamily],
        like earlier: SampleTable? = nil,
        onRefusal: @escaping @Sendable (SinkRefusal) -> Void = { assertionFailure($0.description) }
    ) {
        self.families = families.map(\.descriptor)
        blocks = LabelBlockInterner(like: earlier?.texts)
        columns = Array(repeating: SampleColumnBuilder(), count: families.count)
        index = FamilyIndex(names: self.families.map(\.name))
        self.onRefusal = onRefusal
    }

    /// Takes no further samples of the family, and keeps those that are there. A family that is none of the sink's is a
    /// refusal.
    package mutating func disable(_ family: any AnyFamily) {
        guard let position = index.position(named: family.descriptor.name.description) else {
            return refuse(.unknownFamily(family.descriptor.name.description))
        }
        columns[position].isEnabled = false
    }

    /// Drops the family's samples whose labels are not among those given. Nothing may be added to it afterwards.
    package mutating func keepOnly<let count: Int>(_ wanted: [LabelBlock<count>], of family: any AnyFamily) {
        guard let position = index.position(named: family.descriptor.name.description) else {
            return refuse(.unknownFamily(family.descriptor.name.description))
        }
        let before = columns[position].blocks.count
        columns[position].keepOnly(Set(wanted.map(\.id)))
        sampleCount -= before - columns[position].blocks.count
        columns[position].isEnabled = false
    }

    /// Ends the collection: the samples, in memory that is no larger than they need.
    package consuming func finish() -> SampleTable {
        var compacted: [SampleColumn] = []
        compacted.reserveCapacity(columns.count)
        for position in columns.indices {
            compacted.append(columns[position].column)
            // Freed as soon as it is copied: both would else be there of all families.
            columns[position] = SampleColumnBuilder()
        }
        return SampleTable(
            families: families,
            columns: compacted,
            texts: blocks.texts.compacted(),
            seriesCount: sampleCount,
            refusedDuplicates: refusedDuplicates
        )
    }

    /// The position of the family whose name lies at `key`, or -1.
    @usableFromInline
    func position(ofKey key: UInt) -> Int { index.position(ofKey: key) }

    /// Finds a family whose name's address is new (a copy of the literal in another module) by its text, or refuses it.
    @usableFromInline
    mutating func adoptPosition(of name: StaticString) -> Int {
        guard let position = index.adopt(name) else {
            refuse(.unknownFamily(name.description))
            return -1
        }
        return position
    }

    /// Keeps a block by a number.
    @usableFromInline
    mutating func keep(_ block: UInt32, number: Int) {
        while kept.count <= number { kept.append(0) }
        kept[number] = block
    }

    /// Appends a sample to the column at `position`, unless it is disabled or the sample is refused.
    @usableFromInline
    mutating func append(_ value: Double, block: UInt32, at position: Int) {
        guard columns[position].isEnabled else { return }
        guard Int(block) < blocks.texts.count else {
            return refuse(.foreignBlock(family: families[position].name.description))
        }
        #if DEBUG
        guard blocks.texts.hasNames(families[position].labels, block) else {
            return refuse(
                .labelNames(family: families[position].name.description, labels: blocks.texts.text(of: block))
            )
        }
        #endif
        guard columns[position].append(block, value) else {
            return refuse(.duplicate(family: families[position].name.description, labels: blocks.texts.text(of: block)))
        }
        sampleCount += 1
    }

    private mutating func refuse(_ refusal: SinkRefusal) {
        if case .duplicate = refusal { refusedDuplicates += 1 } else { refusedOthers += 1 }
        onRefusal(refusal)
    }
}
