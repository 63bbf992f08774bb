package import ClusterState

extension VolumeAttachment: WireRow {
    package static var kind: StaticString { "VolumeAttachment" }

    /// source (persistentVolumeName), nodeName; attached, that there are errors.
    package static let kept = KeptFields.object(
        spec: [2: .message([1: .value]), 3: .value],
        status: [1: .value, 3: .presence, 4: .presence]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 2:
                var source = try object.spec.message("spec.source")
                while try source.next() {
                    if source.field == 1 { volume = try source.string(&interner) } else { try source.skip() }
                }
            case 3: node = try object.spec.string(&interner)
            default: try object.spec.skip()
            }
        }
        while try object.status.next() {
            switch object.status.field {
            case 1: isAttached = try object.status.bool()
            case 3, 4:
                hasError = true
                try object.status.skip()
            default: try object.status.skip()
            }
        }
    }
}
