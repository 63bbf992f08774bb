/// The names of the labels of one or more families, in the order in which they are written.
///
/// Declared once. Families are declared with it and label blocks are made from it, so that a sample whose number of
/// label values is not that of its family does not compile.
/// ```swift
/// static let budgetLabels = LabelNames(["namespace", "poddisruptionbudget"])
/// ```
package struct LabelNames<let count: Int>: Sendable {
    /// The names.
    @usableFromInline let names: InlineArray<count, StaticString>

    /// Creates the set of these names.
    @inlinable @inline(__always)
    package init(_ names: InlineArray<count, StaticString>) {
        self.names = names
    }
}

extension LabelNames where count == 0 {
    /// No labels.
    package static var none: Self { LabelNames([]) }
}

/// The label values of one object, as the sink that made the block knows them. Valid for that sink alone.
package struct LabelBlock<let count: Int>: Sendable {
    /// The number of the block in its sink; 0 is the block without labels.
    package let id: UInt32

    /// A block of that number.
    @usableFromInline
    init(id: UInt32) { self.id = id }
}
