import ClusterState
import KubernetesWire
import Testing

/// Ingresses, IngressClasses, StorageClasses and VolumeAttachments: against the recordings, and what those do not show.
struct NetworkingWireTests {
    static let recordings = ["three-zone-healthy", "three-zone-degraded", "reported-cases"]

    @Test(arguments: recordings)
    func ingresses(recording: String) throws {
        try Fixture.compare(recording, "networking.k8s.io_v1_ingresses", Ingress.self, \.ingress)
    }

    @Test(arguments: recordings)
    func ingressClasses(recording: String) throws {
        try Fixture.compare(recording, "networking.k8s.io_v1_ingressclasses", IngressClass.self, \.ingressClass)
    }

    @Test(arguments: recordings)
    func storageClasses(recording: String) throws {
        try Fixture.compare(recording, "storage.k8s.io_v1_storageclasses", StorageClass.self, \.storageClass)
    }

    /// The default backend is a backend; a resource is none. A wildcard certificate is for one label, an entry without
    /// hosts for all.
    @Test(arguments: [("*.example.com", "[a.example.com]"), ("", "[a.example.com; x.y.example.com]")])
    func ingressBackendsAndHosts(certificate: String, covered: String) throws {
        let text =
            try Description.decode(Ingress.self) { ingress in
                ingress.message(1) {
                    $0.string(1, "web")
                    $0.pair(12, "kubernetes.io/ingress.class", "old")
                }
                ingress.message(2) { spec in
                    spec.message(1) { $0.message(4) { $0.string(1, "fallback") } }
                    spec.message(2) { if !certificate.isEmpty { $0.string(1, certificate) } }
                    for host in ["a.example.com", "x.y.example.com"] {
                        spec.message(3) { rule in
                            rule.string(1, host)
                            rule.message(2) { value in
                                value.message(1) { http in
                                    http.message(1) { $0.message(2) { $0.message(4) { $0.string(1, "web") } } }
                                    http.message(1) { $0.message(2) { $0.message(3) { $0.string(3, "bucket") } } }
                                }
                            }
                        }
                    }
                }
                ingress.message(3) { $0.message(1) { $0.message(1) { $0.string(2, "lb.example.com") } } }
            }
            .text
        #expect(text["defaultService"] == "fallback")
        #expect(
            text["rules"] == "[{host: a.example.com, services: [web]}; {host: x.y.example.com, services: [web]}]"
        )
        #expect(text["tlsHosts"] == covered)
        #expect(text["ingressClass"] == "old")
        #expect(text["isClassFromAnnotation"] == "true")
        #expect(text["hasLoadBalancerAddress"] == "true")
    }

    private static func backend(_ spec: inout WireWriter, _ name: String, port: String) {
        spec.message(3) {
            $0.message(2) { rule in
                rule.message(1) { http in
                    http.message(1) { path in
                        path.message(2) { backend in
                            backend.message(4) {
                                $0.string(1, name)
                                $0.message(2) { $0.string(1, port) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// A port named `use-annotation` stands for an action of the annotation with the backend's name; without that
    /// annotation it is a port like any other. AWS Load Balancer Controller guide, annotations, «actions».
    @Test func actionsOfAnAnnotationAreNoServices() throws {
        let text =
            try Description.decode(Ingress.self) { ingress in
                ingress.message(1) {
                    $0.pair(12, "alb.ingress.kubernetes.io/actions.ssl-redirect", "{}")
                    $0.pair(12, "alb.ingress.kubernetes.io/actions.both", "{}")
                    $0.pair(12, "alb.ingress.kubernetes.io/actions.", "{}")
                }
                ingress.message(2) { spec in
                    Self.backend(&spec, "ssl-redirect", port: "use-annotation")
                    Self.backend(&spec, "no-action", port: "use-annotation")
                    Self.backend(&spec, "both", port: "use-annotation")
                    Self.backend(&spec, "both", port: "http")
                    spec.message(1) {
                        $0.message(4) {
                            $0.string(1, "ssl-redirect")
                            $0.message(2) { $0.string(1, "use-annotation") }
                        }
                    }
                }
            }
            .text
        #expect(text["rules"] == "[{host: , services: [no-action; both]}]")
        #expect(text["defaultService"] == "")
    }

    /// ingress-nginx answers with the redirect whatever the path; an empty annotation is an error and no redirect.
    @Test(arguments: ["permanent-redirect", "temporal-redirect"], ["https://new.example.com", ""])
    func redirectsHaveNoBackends(annotation: String, target: String) throws {
        let text =
            try Description.decode(Ingress.self) { ingress in
                ingress.message(1) { $0.pair(12, "nginx.ingress.kubernetes.io/\(annotation)", target) }
                ingress.message(2) { Self.backend(&$0, "dummy", port: "http") }
            }
            .text
        #expect(text["rules"] == "[{host: , services: [\(target.isEmpty ? "dummy" : "")]}]")
    }

    /// Rules of one host are one, in the order in which they name it; each Service stands once.
    @Test func rulesOfOneHostAreJoined() throws {
        let ingress = try Description.decode(Ingress.self) { ingress in
            ingress.message(2) { spec in
                for (host, service) in [("a", "web"), ("b", "web"), ("a", "api"), ("a", "web")] {
                    spec.message(3) { rule in
                        rule.string(1, host)
                        rule.message(2) { value in
                            value.message(1) { http in
                                http.message(1) { $0.message(2) { $0.message(4) { $0.string(1, service) } } }
                            }
                        }
                    }
                }
            }
        }
        #expect(ingress.text["rules"] == "[{host: a, services: [web; api]}; {host: b, services: [web]}]")
        #expect(ingress.row.hosts.count == 2 && ingress.row.services.count == 2)
    }

    /// The class of the spec goes before the annotation.
    @Test func classOfTheSpecWins() throws {
        let text =
            try Description.decode(Ingress.self) { ingress in
                ingress.message(1) { $0.pair(12, "kubernetes.io/ingress.class", "old") }
                ingress.message(2) { $0.string(4, "new") }
            }
            .text
        #expect(text["ingressClass"] == "new")
        #expect(text["isClassFromAnnotation"] == "false")
    }

    @Test func storageClassOfTheBetaAnnotation() throws {
        let row =
            try Description.decode(StorageClass.self) { kind in
                kind.message(1) { $0.pair(12, "storageclass.beta.kubernetes.io/is-default-class", "true") }
                kind.message(8) { $0.message(1) { $0.string(1, "zone") } }
            }
            .row
        #expect(row.isDefault && row.hasAllowedTopologies)
        #expect(row.bindingMode == .immediate)
    }

    /// A claim's class by the annotation that is older than the field.
    @Test func claimOfTheBetaAnnotation() throws {
        let (row, text) = try Description.decode(PersistentVolumeClaim.self) { claim in
            claim.message(1) { $0.pair(12, "volume.beta.kubernetes.io/storage-class", "old") }
        }
        #expect(row.namesStorageClass)
        #expect(text["storageClass"] == "old")
    }

    @Test(arguments: [UInt64(3), 4])
    func volumeAttachments(error: UInt64) throws {
        let (row, text) = try Description.decode(VolumeAttachment.self) { attachment in
            attachment.message(2) {
                $0.message(2) { $0.string(1, "pv-1") }
                $0.string(3, "worker-1")
            }
            attachment.message(3) {
                $0.bool(1, true)
                $0.message(error) { $0.string(2, "timed out") }
            }
        }
        #expect(text["node"] == "worker-1" && text["volume"] == "pv-1")
        #expect(row.isAttached && row.hasError)
    }
}
