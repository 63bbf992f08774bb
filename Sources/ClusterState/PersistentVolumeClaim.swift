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

    /// Who may use the volume at one time, as far as `spec.accessModes` says.
    package enum Sharing: UInt8, Hashable, Sendable, BitwiseCopyable {
        /// ReadWriteOncePod alone: one pod.
        case onePod
        /// ReadWriteOnce, and nothing for several nodes: the pods of one node.
        case oneNode
        /// Pods of several nodes, or no mode is given.
        case severalNodes
    }

    package var meta: ObjectMeta
    package var sharing = Sharing.severalNodes
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
