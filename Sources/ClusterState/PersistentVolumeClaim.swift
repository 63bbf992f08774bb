/// A PersistentVolumeClaim.
package struct PersistentVolumeClaim: NamedRow, Hashable, BitwiseCopyable {
    /// `status.phase`.
    package enum Phase: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
        case pending, bound, lost

        /// The word Kubernetes writes.
        package var name: String {
            switch self {
            case .pending: "Pending"
            case .bound: "Bound"
            case .lost: "Lost"
            }
        }
    }

    package var meta: ObjectMeta
    package var phase: Phase = .pending
    /// The volume it is bound to; empty where none.
    package var volume: StringID = .empty
    package var storageClass: StringID = .empty
    /// Whether `storageClassName` is set at all: unset asks for the default class, an empty one for none.
    package var namesStorageClass = false

    /// Creates a claim.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(volume)
        marker.mark(storageClass)
    }
}
