/// A metric family of any number of labels.
package protocol AnyFamily: Sendable {
    /// What the family is.
    var descriptor: FamilyDescriptor { get }
}

/// A metric family as a value, with its number of labels as a type.
///
/// Declared once, as a `static let` of the area that fills it; its initializers (`Family+init.swift`) infer the number:
/// ```swift
/// static let blocksDrain = Family(
///     "kube_ha_pdb_blocks_drain", .gauge, labels: "namespace", "poddisruptionbudget",
///     sources: ["poddisruptionbudgets"], help: "…")
/// ```
package struct Family<Labels: LabelCount>: AnyFamily {
    /// What the family is.
    package let descriptor: FamilyDescriptor
    /// The address of the name: what the sink finds the family's column by.
    @usableFromInline let key: UInt

    /// Makes the family of a descriptor, whose number of labels the caller has matched to the type.
    init(descriptor: FamilyDescriptor) {
        assert(descriptor.labels.count == Labels.count)
        self.descriptor = descriptor
        key = descriptor.name.addressKey
    }
}

extension StaticString {
    /// A number that differs between different texts: where the text lies, or the character itself where there is only
    /// one and it lies nowhere.
    var addressKey: UInt {
        hasPointerRepresentation ? UInt(bitPattern: utf8Start) : UInt(unicodeScalar.value)
    }
}
