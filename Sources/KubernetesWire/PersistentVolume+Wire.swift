package import ClusterState

extension PersistentVolume: WireRow {
    package static var kind: StaticString { "PersistentVolume" }

    /// claimRef (uid), storageClassName, nodeAffinity; phase. Not the source: its attributes are the driver's affair.
    package static let kept = KeptFields.object(
        spec: [4: .message([4: .value]), 6: .value, 9: .message([1: .message(.nodeSelector)])],
        status: [1: .value]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        readZoneLabel(&interner)
        while try object.spec.next() {
            switch object.spec.field {
            case 4:
                var reference = try object.spec.message("spec.claimRef")
                while try reference.next() {
                    if reference.field == 4 { claim = UID(text: try reference.text()) } else { try reference.skip() }
                }
            case 6: storageClass = try object.spec.string(&interner)
            case 9:
                var affinity = try object.spec.message("spec.nodeAffinity")
                while try affinity.next() {
                    if affinity.field == 1 {
                        nodeAffinity = try affinity.nodeSelector("spec.nodeAffinity.required", &interner)
                    } else {
                        try affinity.skip()
                    }
                }
            default: try object.spec.skip()
            }
        }
        if let named = object.meta.annotation(.betaStorageClass) {
            storageClass = named
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

    /// Reads the zones of the label that the scheduler obeys (`getPVTopologies` in
    /// pkg/scheduler/framework/plugins/volumezone/volume_zone.go), which passes over one with an empty zone in it
    /// (`LabelZonesToSet` in k8s.io/cloud-provider/volume/helpers/zones.go).
    private mutating func readZoneLabel(_ interner: inout Interner) {
        for known in [KnownLabel.zone, .betaZone] where labelZones.isEmpty {
            guard let label = interner.label(known, in: meta.labels), !label.isEmpty else { continue }
            let zones = interner.string(label).split(separator: "__", omittingEmptySubsequences: false)
            if zones.contains(where: \.isEmpty) { continue }
            for zone in zones {
                let id = interner.intern(String(zone))
                if !labelZones.contains(id) { labelZones.append(id) }
            }
        }
    }
}
