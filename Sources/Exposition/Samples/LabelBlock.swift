/// The labels of one object, as the sink that made it knows them. Good for that sink alone.
package struct LabelBlock<Labels: LabelCount>: Sendable {
    /// The number of the block in its sink; 0 is the block without labels.
    package let id: UInt32

    /// A block of that number.
    @usableFromInline
    init(id: UInt32) { self.id = id }
}
