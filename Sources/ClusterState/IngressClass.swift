/// An IngressClass (networking.k8s.io/v1).
package struct IngressClass: NamedRow, Hashable, BitwiseCopyable {
    package var meta: ObjectMeta
    /// `spec.controller`: the name that a controller claims classes by.
    package var controller: StringID = .empty
    /// Annotation `ingressclass.kubernetes.io/is-default-class` is `true`.
    package var isDefault = false

    /// Creates a class.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(controller)
    }
}
