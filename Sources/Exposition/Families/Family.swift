/// A metric family of any number of labels.
package protocol AnyFamily: Sendable {
    /// What the family is.
    var descriptor: FamilyDescriptor { get }
}

/// A metric family as a value, with its number of labels as part of its type.
///
/// Declared once, as a `static let` of the area that fills it:
/// ```swift
/// static let blocksDrain = Family(
///     "kube_ha_pdb_blocks_drain", .gauge, labels: budgetLabels,
///     sources: ["poddisruptionbudgets"], help: "…")
/// ```
package struct Family<let labelCount: Int>: AnyFamily {
    /// What the family is.
    package let descriptor: FamilyDescriptor
    /// The address of the name: what the sink finds the family's column by.
    @usableFromInline let key: UInt

    /// Declares a family.
    ///
    /// - Parameters:
    ///   - name: The full name of its samples.
    ///   - type: Its type.
    ///   - labels: The names of its labels.
    ///   - sources: The sources that it is computed from.
    ///   - help: What one sample says, in a line of plain text.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels: LabelNames<labelCount>,
        sources: [String] = [],
        help: StaticString
    ) {
        let names = labels.names
        descriptor = FamilyDescriptor(
            name: name,
            type: type,
            labels: names.indices.map { names[$0] },
            sources: sources,
            help: help
        )
        key = name.addressKey
    }
}

extension Family where labelCount == 0 {
    /// Declares a family without labels.
    package init(_ name: StaticString, _ type: FamilyType, sources: [String] = [], help: StaticString) {
        self.init(name, type, labels: .none, sources: sources, help: help)
    }
}

extension StaticString {
    /// A number that differs between different texts: where the text lies, or the character itself where there is only
    /// one and it lies nowhere.
    var addressKey: UInt {
        hasPointerRepresentation ? UInt(bitPattern: utf8Start) : UInt(unicodeScalar.value)
    }
}
