/// What a redacted capture keeps of a protobuf field. What has no entry goes.
package indirect enum KeptField: Sendable {
    /// A number or a text, as it is.
    case value
    /// That it is there; what it holds goes.
    case presence
    /// A message, of which these fields are kept.
    case message(KeptFields)
    /// A message, of which these fields are kept; without that one of them it goes as a whole.
    case messageWith(UInt32, KeptFields)
    /// An entry of a map of labels: kept where something reads its key.
    case labels
    /// An entry of the annotations: kept where the exporter reads it.
    case annotations
    /// The key of a label that is asked for: labels with it are kept.
    case labelKey
    /// Certificates in PEM; what else is between them goes.
    case certificates
}

/// What a redacted capture keeps of a message: its fields by number.
package struct KeptFields: Sendable, ExpressibleByDictionaryLiteral {
    private var kept: [UInt32: KeptField]

    /// These fields.
    package init(dictionaryLiteral elements: (UInt32, KeptField)...) {
        kept = Dictionary(elements) { first, _ in first }
    }

    /// What is kept of a field; nil where it goes.
    package subscript(number: UInt32) -> KeptField? { kept[number] }

    /// These fields and others.
    func merging(_ other: KeptFields) -> KeptFields {
        var fields = self
        fields.kept.merge(other.kept) { first, _ in first }
        return fields
    }
}
