package import ClusterState

extension Service: WireRow {
    package static var kind: StaticString { "Service" }

    /// that there are ports, selector, clusterIP, type, externalIPs, publishNotReadyAddresses; loadBalancer.
    package static let kept = KeptFields.object(
        spec: [1: .presence, 2: .message(.wantedLabel), 3: .value, 4: .value, 5: .value, 13: .value],
        status: .loadBalancerStatus
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        while try object.spec.next() {
            switch object.spec.field {
            case 1:
                hasPorts = true
                try object.spec.skip()
            case 2: selector.requirements.append(try object.spec.equality("spec.selector", &interner))
            case 3: isHeadless = try object.spec.stringEquals("None")
            case 4: type = ServiceType(try object.spec.text())
            case 5: hasExternalIPs = try !object.spec.text().isEmpty || hasExternalIPs
            case 13: publishesNotReady = try object.spec.bool()
            default: try object.spec.skip()
            }
        }
        while try object.status.next() {
            if object.status.field == 1 {
                hasLoadBalancerAddress = try object.status.hasLoadBalancerAddress() || hasLoadBalancerAddress
            } else {
                try object.status.skip()
            }
        }
    }
}

extension Service.ServiceType {
    /// The type of a word; unset means ClusterIP.
    fileprivate init(_ word: UnsafeBufferPointer<UInt8>) {
        if StaticString("LoadBalancer").equals(word) {
            self = .loadBalancer
        } else if StaticString("NodePort").equals(word) {
            self = .nodePort
        } else if StaticString("ExternalName").equals(word) {
            self = .externalName
        } else {
            self = .clusterIP
        }
    }
}
