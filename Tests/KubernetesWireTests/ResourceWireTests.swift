import ClusterState
import KubernetesWire
import Testing

/// What the recordings do not show of nodes, services, storage and leases.
struct ResourceWireTests {
    @Test func endpoints() throws {
        let (row, text) = try Description.decode(EndpointSlice.self) { slice in
            slice.string(4, "IPv6")
            slice.metadata("web-1", labels: ["kubernetes.io/service-name": "web"])
            // Without a target, an endpoint an address.
            slice.message(2) {
                $0.string(1, "2001:db8::1")
                $0.string(1, "2001:db8::2")
                $0.string(6, "worker-1")
                $0.string(7, "a")
            }
            // With one, an endpoint.
            slice.message(2) {
                $0.string(1, "2001:db8::3")
                $0.string(1, "2001:db8::4")
                $0.message(4) { $0.string(4, "00000000-0000-0000-0000-00000000000a") }
            }
            for (ready, terminating) in [(true, nil), (false, nil), (true, true), (nil, false)] as [(Bool?, Bool?)] {
                slice.message(2) {
                    $0.string(1, "2001:db8::5")
                    $0.message(2) {
                        if let ready { $0.bool(1, ready) }
                        $0.bool(2, true)
                        if let terminating { $0.bool(3, terminating) }
                    }
                }
            }
            slice.message(2) { $0.string(6, "nowhere") }
            slice.message(3) { $0.string(1, "all") }
            slice.message(3) { $0.int(3, 6_443) }
        }
        #expect(text["service"] == "web")
        #expect(row.addressType == .ipv6)
        #expect(row.ports == [6_443])
        #expect(row.endpoints.count == 7)
        #expect(row.endpoints[0].target == .none)
        #expect(row.endpoints[0].address != row.endpoints[1].address)
        #expect(row.endpoints[2].target == UID(high: 0, low: 10))
        #expect(row.endpoints[2].address == .empty)
        #expect(row.endpoints[3...].map(\.isReady) == [true, false, false, true])
        // A port without number stands for all.
        #expect(row.hasPorts)
    }

    /// `serving` is told apart from `ready`, and unset means true (`EndpointConditions` in
    /// k8s.io/api/discovery/v1/types.go). What no port is declared for has none.
    @Test func servingEndpoints() throws {
        let row =
            try Description.decode(EndpointSlice.self) { slice in
                let conditions: [(Bool?, Bool)] = [(true, false), (false, false), (true, true), (nil, false)]
                for (serving, terminating) in conditions {
                    slice.message(2) {
                        $0.string(1, "192.0.2.1")
                        $0.message(2) {
                            $0.bool(1, true)
                            if let serving { $0.bool(2, serving) }
                            $0.bool(3, terminating)
                        }
                    }
                }
            }
            .row
        #expect(row.endpoints.map(\.isServing) == [true, false, false, true])
        #expect(row.endpoints.map(\.isReady) == [true, true, false, true])
        #expect(!row.hasPorts)
    }

    @Test func servicePortsAndExternalIPs() throws {
        let plain = try Description.decode(Service.self) { $0.message(2) { $0.string(3, "None") } }.row
        #expect(!plain.hasPorts && !plain.hasExternalIPs)
        let full =
            try Description.decode(Service.self) {
                $0.message(2) {
                    $0.message(1) { $0.int(3, 80) }
                    $0.string(5, "203.0.113.77")
                }
            }
            .row
        #expect(full.hasPorts && full.hasExternalIPs)
    }

    @Test(arguments: [("IPv4", EndpointSlice.AddressType.ipv4), ("IPv6", .ipv6), ("FQDN", .fqdn)])
    func addressTypes(word: String, expected: EndpointSlice.AddressType) throws {
        #expect(try Description.decode(EndpointSlice.self) { $0.string(4, word) }.row.addressType == expected)
    }

    @Test func services() throws {
        let headless =
            try Description.decode(Service.self) {
                $0.metadata("db")
                $0.message(2) {
                    $0.string(3, "None")
                    $0.bool(13, true)
                }
                $0.message(3) { $0.message(1) { $0.message(1) { _ in } } }
            }
            .row
        #expect(headless.isHeadless)
        #expect(headless.publishesNotReady)
        #expect(headless.type == .clusterIP)
        #expect(headless.selector.isEmpty)
        #expect(!headless.hasLoadBalancerAddress)
        for (field, type) in [(1, "LoadBalancer"), (2, "NodePort")] as [(UInt64, String)] {
            let service =
                try Description.decode(Service.self) {
                    $0.metadata("web")
                    $0.message(2) { $0.string(4, type) }
                    $0.message(3) { $0.message(1) { $0.message(1) { $0.string(field, "192.0.2.1") } } }
                }
                .row
            #expect(service.hasLoadBalancerAddress)
            #expect("\(service.type)".lowercased() == type.lowercased())
        }
        #expect(
            try Description.decode(Service.self) { $0.message(2) { $0.string(4, "ExternalName") } }.row.type
                == .externalName
        )
    }

    @Test func peerAddressFromAnnotationOrLabel() throws {
        let key = "kubernetes.io/peer-advertise-address"
        let both = try Description.decode(Lease.self) {
            $0.metadata("apiserver-1", labels: [key: "192.0.2.2"], annotations: [key: "192.0.2.1"])
        }
        #expect(both.text["advertisedAddress"] == "192.0.2.1")
        let label = try Description.decode(Lease.self) { $0.metadata("apiserver-1", labels: [key: "192.0.2.2"]) }
        #expect(label.text["advertisedAddress"] == "192.0.2.2")
    }

    /// An empty value is no zone, and the label's older name stands in for it.
    @Test(arguments: [("a", "b", "a"), ("", "b", "b"), ("", "", "")])
    func zoneOfANode(zone: String, beta: String, expected: String) throws {
        let text =
            try Description.decode(Node.self) {
                $0.metadata(
                    "worker-1",
                    namespace: "",
                    labels: ["failure-domain.beta.kubernetes.io/zone": beta, "topology.kubernetes.io/zone": zone]
                )
            }
            .text
        #expect(text["zone"] == expected)
    }

    /// Zones are joined by two underscores, and a label with an empty one among them is passed over (`LabelZonesToSet` in
    /// k8s.io/cloud-provider/volume/helpers/zones.go).
    @Test(
        arguments: [
            ("topology.kubernetes.io/zone", "a", "[a]"), ("failure-domain.beta.kubernetes.io/zone", "a", "[a]"),
            ("topology.kubernetes.io/zone", "a__b", "[a; b]"), ("topology.kubernetes.io/zone", "a__a", "[a]"),
            ("topology.kubernetes.io/zone", "a__", "[]"), ("topology.kubernetes.io/zone", "", "[]"),
            ("topology.kubernetes.io/region", "a", "[]"),
        ])
    func zoneLabelOfAVolume(key: String, value: String, expected: String) throws {
        let text =
            try Description.decode(PersistentVolume.self) {
                $0.metadata("pv", namespace: "", labels: [key: value])
            }
            .text
        #expect(text["labelZones"] == expected)
    }

    @Test func aNodesUnknownConditionsAndTaints() throws {
        let node =
            try Description.decode(Node.self) { node in
                node.metadata("worker-1", namespace: "")
                node.message(2) { spec in
                    for effect in ["NoSchedule", "PreferNoSchedule", "NoExecute", "Sometimes"] {
                        spec.message(5) {
                            $0.string(1, "dedicated")
                            $0.string(3, effect)
                        }
                    }
                }
                node.message(3) { status in
                    for (type, word) in [("Ready", "Unknown"), ("DiskPressure", "True"), ("Other", "True")] {
                        status.message(4) {
                            $0.string(1, type)
                            $0.string(2, word)
                        }
                    }
                    status.quantity(2, "ephemeral-storage", "?")
                    status.quantity(2, "pods", "110")
                    status.message(2) {
                        $0.string(1, "cpu")
                        $0.message(2) { _ in }
                    }
                }
            }
            .row
        #expect(node.taints.map(\.effect) == [.noSchedule, .preferNoSchedule, .noExecute, .unknown])
        #expect(node.ready == .unknown)
        #expect(node.diskPressure == .isTrue)
        #expect(node.pidPressure == .absent)
        #expect(node.allocatablePods == 110)
        #expect(node.allocatable == .zero)
    }

    @Test(arguments: PersistentVolume.Phase.allCases)
    func volumePhases(phase: PersistentVolume.Phase) throws {
        #expect(
            try Description.decode(PersistentVolume.self) { $0.message(3) { $0.string(1, phase.name) } }.row.phase
                == phase
        )
    }

    @Test(arguments: PersistentVolumeClaim.Phase.allCases)
    func claimPhases(phase: PersistentVolumeClaim.Phase) throws {
        #expect(
            try Description.decode(PersistentVolumeClaim.self) { $0.message(3) { $0.string(1, phase.name) } }.row.phase
                == phase
        )
    }
}
