/// A VolumeAttachment (storage.k8s.io/v1): a volume that is, or is to be, attached to a node.
package struct VolumeAttachment: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    /// The node's name.
    package var node: StringID = .empty
    /// The PersistentVolume's name; empty where the volume is written inline.
    package var volume: StringID = .empty
    /// `status.attached`.
    package var isAttached = false
    /// `status.attachError` or `status.detachError` is set.
    package var hasError = false

    /// Creates an attachment.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(node)
        marker.mark(volume)
    }
}
