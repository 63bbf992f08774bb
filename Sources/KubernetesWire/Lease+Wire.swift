package import ClusterState

extension Lease: WireRow {
    package static var kind: StaticString { "Lease" }
    package static var kept: KeptFields { .lease }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        advertisedAddress =
            object.meta.annotation(.peerAddress)
            ?? interner.label(.peerAdvertiseAddress, in: meta.labels) ?? .empty
        spec = try LeaseSpec(&object.spec, &interner)
    }
}

extension NodeLease: WireRow {
    package static var kind: StaticString { "Lease" }
    package static var kept: KeptFields { .lease }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        spec = try LeaseSpec(&object.spec, &interner)
    }
}

extension LeaseSpec {
    fileprivate init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        self.init()
        while try reader.next() {
            switch reader.field {
            case 1: holder = try reader.string(&interner)
            case 2: durationSeconds = try reader.int32()
            case 4: renewed = try reader.timestamp("spec.renewTime")
            case 5: transitions = try reader.int32()
            default: try reader.skip()
            }
        }
    }
}

extension KeptFields {
    /// holderIdentity, leaseDurationSeconds, renewTime, leaseTransitions.
    static let lease = object(spec: [1: .value, 2: .value, 4: .message(.time), 5: .value])
}
