/// A sample or a call that the sink did not take: always a mistake of the code that made it, never of the cluster.
package enum SinkRefusal: Equatable, CustomStringConvertible, Sendable {
    /// A second sample of the family with the same labels (the text of the block).
    case duplicate(family: String, labels: String)
    /// A family that the sink was not made with.
    case unknownFamily(String)
    /// A block whose label names are not the family's. Looked for in debug builds only.
    case labelNames(family: String, labels: String)
    /// A block that another sink made.
    case foreignBlock(family: String)

    /// What was refused, in one line.
    package var description: String {
        switch self {
        case .duplicate(let family, let labels): "duplicate series \(family)\(labels)"
        case .unknownFamily(let name): "family \(name) is not one of the sink's"
        case .labelNames(let family, let labels): "label names of \(labels) are not those of \(family)"
        case .foreignBlock(let family): "label block for \(family) was made by another sink"
        }
    }
}
