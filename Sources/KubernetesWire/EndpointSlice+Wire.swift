package import ClusterState

extension EndpointSlice: WireRow {
    package static var kind: StaticString { "EndpointSlice" }

    /// endpoints (addresses, conditions, uid of targetRef, nodeName, zone), ports, addressType.
    package static let kept: KeptFields = [
        1: .message(.metadata),
        2: .message([
            1: .value, 2: .message([1: .value, 2: .value, 3: .value]), 4: .message([4: .value]), 6: .value, 7: .value,
        ]),
        3: .message([3: .value]), 4: .value,
    ]

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        self.init(meta: ObjectMeta())
        // Made at its size: doubling would leave a quarter of what all endpoints take unused.
        endpoints.reserveCapacity(try reader.count(of: 2))
        while try reader.next() {
            switch reader.field {
            case 1:
                var metadata = try reader.message("metadata")
                meta = try WireMeta(&metadata, &interner).row(&interner)
            case 2: try readEndpoint(&reader, &interner)
            case 3:
                var port = try reader.message("ports")
                hasPorts = true
                while try port.next() {
                    // A port without number stands for all ports.
                    if port.field == 3 { ports.append(try port.int32()) } else { try port.skip() }
                }
            case 4: addressType = AddressType(try reader.text())
            default: try reader.skip()
            }
        }
        service = interner.label(.serviceName, in: meta.labels) ?? .empty
    }

    private mutating func readEndpoint(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var message = try reader.message("endpoints")
        var endpoint = Endpoint()
        var addresses: [UnsafeBufferPointer<UInt8>] = []
        while try message.next() {
            switch message.field {
            case 1:
                let address = try message.text()
                if endpoint.target == .none { addresses.append(address) }
            case 2:
                var conditions = try message.message("endpoints.conditions")
                while try conditions.next() {
                    switch conditions.field {
                    case 1: if try !conditions.bool() { endpoint.isReady = false }
                    case 2: if try !conditions.bool() { endpoint.isServing = false }
                    case 3:
                        if try conditions.bool() {
                            endpoint.isReady = false
                            endpoint.isServing = false
                        }
                    default: try conditions.skip()
                    }
                }
            case 4:
                var target = try message.message("endpoints.targetRef")
                while try target.next() {
                    if target.field == 4 { endpoint.target = UID(text: try target.text()) } else { try target.skip() }
                }
            case 6: endpoint.node = try message.string(&interner)
            case 7: endpoint.zone = try message.string(&interner)
            default: try message.skip()
            }
        }
        if endpoint.target != .none {
            endpoints.append(endpoint)
            return
        }
        for address in addresses {
            endpoint.address = interner.intern(utf8: address)
            endpoints.append(endpoint)
        }
    }
}

extension EndpointSlice.AddressType {
    /// The type of a word. What is neither family has no place in a count of addresses, as names have not.
    fileprivate init(_ word: UnsafeBufferPointer<UInt8>) {
        if StaticString("IPv4").equals(word) {
            self = .ipv4
        } else if StaticString("IPv6").equals(word) {
            self = .ipv6
        } else {
            self = .fqdn
        }
    }
}
