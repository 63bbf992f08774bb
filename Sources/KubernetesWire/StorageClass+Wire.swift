package import ClusterState

extension StorageClass: WireRow {
    package static var kind: StaticString { "StorageClass" }

    /// provisioner, reclaimPolicy, allowVolumeExpansion, volumeBindingMode, that there are allowedTopologies. Not the
    /// parameters.
    package static let kept: KeptFields = [
        1: .message(.metadata), 2: .value, 4: .value, 6: .value, 7: .value, 8: .presence,
    ]

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        // A StorageClass has no spec: its fields stand beside the metadata, which comes first.
        self.init(meta: ObjectMeta())
        while try reader.next() {
            switch reader.field {
            case 1:
                var metadata = try reader.message("metadata")
                let wire = try WireMeta(&metadata, &interner)
                meta = wire.row(&interner)
                isDefault =
                    wire.isTrue(.defaultStorageClass, interner) || wire.isTrue(.betaDefaultStorageClass, interner)
            case 2: provisioner = try reader.string(&interner)
            case 4: reclaimPolicy = try reader.string(&interner)
            case 6: allowsVolumeExpansion = try reader.bool()
            case 7:
                bindingMode = try reader.stringEquals("WaitForFirstConsumer") ? .waitForFirstConsumer : .immediate
            case 8:
                hasAllowedTopologies = true
                try reader.skip()
            default: try reader.skip()
            }
        }
    }
}
