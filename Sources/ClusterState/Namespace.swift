/// A namespace.
package struct Namespace: NamedRow, Hashable {
    package var meta: ObjectMeta

    /// Creates a namespace.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
    }
}
