package import ClusterState

extension PersistentVolumeClaim: WireRow {
    package static var kind: StaticString { "PersistentVolumeClaim" }

    /// accessModes, volumeName, storageClassName; phase.
    package static let kept = KeptFields.object(spec: [1: .value, 3: .value, 5: .value], status: [1: .value])

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        var modes: [String] = []
        while try object.spec.next() {
            switch object.spec.field {
            case 1: modes.append(try object.spec.string())
            case 3: volume = try object.spec.string(&interner)
            case 5:
                storageClass = try object.spec.string(&interner)
                namesStorageClass = true
            default: try object.spec.skip()
            }
        }
        // A claim may list several modes, and what it is bound to can do all of them.
        if modes == ["ReadWriteOncePod"] {
            sharing = .onePod
        } else if !modes.isEmpty, modes.allSatisfy({ $0 == "ReadWriteOncePod" || $0 == "ReadWriteOnce" }) {
            sharing = .oneNode
        }
        if let named = object.meta.annotation(.betaStorageClass) {
            storageClass = named
            namesStorageClass = true
        }
        while try object.status.next() {
            if object.status.field == 1 {
                let word = try object.status.string()
                phase = Phase.allCases.first { $0.name == word } ?? .pending
            } else {
                try object.status.skip()
            }
        }
    }
}
