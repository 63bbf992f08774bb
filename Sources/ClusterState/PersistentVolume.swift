/// A PersistentVolume.
package struct PersistentVolume: NamedRow, Hashable {
    /// `status.phase`.
    package enum Phase: UInt8, Hashable, Sendable, CaseIterable {
        case pending, available, bound, released, failed

        /// The word Kubernetes writes.
        package var name: String {
            switch self {
            case .pending: "Pending"
            case .available: "Available"
            case .bound: "Bound"
            case .released: "Released"
            case .failed: "Failed"
            }
        }
    }

    package var meta: ObjectMeta
    package var phase: Phase = .pending
    /// `nodeAffinity.required`; nil where any node can attach it.
    package var nodeAffinity: [NodeSelectorTerm]?
    /// The zones of its zone label, which may join several: `a__b`. Empty where it has none.
    package var labelZones: [StringID] = []
    package var storageClass: StringID = .empty
    /// The claim that it is bound to.
    package var claim: UID = .none

    /// Creates a volume.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(storageClass)
        marker.mark(labelZones)
        for term in nodeAffinity ?? [] {
            for requirement in term.expressions + term.fields { requirement.mark(&marker) }
        }
    }
}
