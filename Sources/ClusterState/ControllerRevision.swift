/// A ControllerRevision: one revision of a StatefulSet or DaemonSet.
package struct ControllerRevision: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    package var revision: Int64 = 0

    /// Creates a revision.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
    }
}
