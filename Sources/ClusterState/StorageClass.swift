/// A StorageClass (storage.k8s.io/v1).
package struct StorageClass: NamedRow, Hashable, BitwiseCopyable {
    /// `volumeBindingMode`.
    package enum BindingMode: UInt8, Hashable, Sendable, BitwiseCopyable {
        /// Volumes are made as soon as they are claimed, before anybody knows where their pod will run.
        case immediate
        case waitForFirstConsumer

        /// The word Kubernetes writes.
        package var name: String {
            switch self {
            case .immediate: "Immediate"
            case .waitForFirstConsumer: "WaitForFirstConsumer"
            }
        }
    }

    package var meta: ObjectMeta
    package var provisioner: StringID = .empty
    /// `reclaimPolicy` as written; empty where unset, which means Delete.
    package var reclaimPolicy: StringID = .empty
    package var allowsVolumeExpansion = false
    package var bindingMode = BindingMode.immediate
    /// `allowedTopologies` restricts where its volumes may be.
    package var hasAllowedTopologies = false
    /// Annotation `storageclass.kubernetes.io/is-default-class`, or its beta form, is `true`.
    package var isDefault = false

    /// Creates a class with Kubernetes' defaults.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(provisioner)
        marker.mark(reclaimPolicy)
    }
}
