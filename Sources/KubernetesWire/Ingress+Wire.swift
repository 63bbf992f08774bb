package import ClusterState

extension Ingress: WireRow {
    package static var kind: StaticString { "Ingress" }

    /// defaultBackend, tls (hosts), rules (host, backends), ingressClassName; loadBalancer. Neither paths nor the names
    /// of certificates' Secrets.
    package static let kept = KeptFields.object(
        spec: [
            1: .message(.ingressBackend), 2: .message([1: .value]),
            3: .message([1: .value, 2: .message([1: .message([1: .message([2: .message(.ingressBackend)])])])]),
            4: .value,
        ],
        status: .loadBalancerStatus
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        if let named = object.meta.annotation(.legacyIngressClass), !named.isEmpty {
            ingressClass = named
            isClassFromAnnotation = true
        }
        let actions = object.meta.names(of: .albAction)
        var certificates = CertificateHosts()
        while try object.spec.next() {
            switch object.spec.field {
            case 1:
                if let service = try Self.service(&object.spec, actions: actions, &interner) {
                    defaultService = service
                }
            case 2: try certificates.read(&object.spec)
            case 3: try readRule(&object.spec, actions: actions, &interner)
            case 4:
                let named = try object.spec.string(&interner)
                if !named.isEmpty {
                    ingressClass = named
                    isClassFromAnnotation = false
                }
            default: try object.spec.skip()
            }
        }
        // ingress-nginx gives every location of the Ingress the redirect, and an empty annotation is no redirect
        // (Parse in internal/ingress/annotations/redirect/redirect.go).
        if object.meta.has(.permanentRedirect) || object.meta.has(.temporalRedirect) {
            rules = rules.map { Backends(host: $0.host, services: []) }
            defaultService = .empty
        }
        tlsHosts = hosts.filter { host in interner.withBytes(host) { certificates.cover($0) } }
        while try object.status.next() {
            if object.status.field == 1 {
                hasLoadBalancerAddress = try object.status.hasLoadBalancerAddress() || hasLoadBalancerAddress
            } else {
                try object.status.skip()
            }
        }
    }

    private mutating func readRule(
        _ spec: inout WireReader,
        actions: [StringID],
        _ interner: inout Interner
    ) throws(WireError) {
        var rule = try spec.message("spec.rules")
        var host = StringID.empty
        var services: [StringID] = []
        while try rule.next() {
            switch rule.field {
            case 1: host = try rule.string(&interner)
            case 2:
                var value = try rule.message("spec.rules")
                while try value.next() {
                    if value.field == 1 {
                        services += try Self.services(ofPaths: &value, actions: actions, &interner)
                    } else {
                        try value.skip()
                    }
                }
            default: try rule.skip()
            }
        }
        let position = rules.firstIndex { $0.host == host } ?? rules.count
        if position == rules.count { rules.append(Backends(host: host, services: [])) }
        for service in services where !rules[position].services.contains(service) {
            rules[position].services.append(service)
        }
    }

    private static func services(
        ofPaths rule: inout WireReader,
        actions: [StringID],
        _ interner: inout Interner
    ) throws(WireError) -> [StringID] {
        var services: [StringID] = []
        var http = try rule.message("spec.rules.http")
        while try http.next() {
            guard http.field == 1 else {
                try http.skip()
                continue
            }
            var path = try http.message("spec.rules.http.paths")
            while try path.next() {
                if path.field == 2 {
                    if let service = try service(&path, actions: actions, &interner) { services.append(service) }
                } else {
                    try path.skip()
                }
            }
        }
        return services
    }

    /// The Service of the backend that the reader came to; nil where it is none to be counted. AWS Load Balancer Controller takes what a port named `use-annotation` stands for from the annotation of the
    /// backend's name (`defaultEnhancedBackendBuilder.Build` in pkg/ingress/enhanced_backend_builder.go).
    private static func service(
        _ reader: inout WireReader,
        actions: [StringID],
        _ interner: inout Interner
    ) throws(WireError) -> StringID? {
        var backend = try reader.message("backend")
        var found: StringID?
        while try backend.next() {
            guard backend.field == 4 else {
                try backend.skip()
                continue
            }
            var service = try backend.message("backend.service")
            var name = StringID.empty
            var usesAnnotation = false
            while try service.next() {
                switch service.field {
                case 1: name = try service.string(&interner)
                case 2:
                    var port = try service.message("backend.service.port")
                    while try port.next() {
                        if port.field == 1 {
                            usesAnnotation = try port.stringEquals("use-annotation")
                        } else {
                            try port.skip()
                        }
                    }
                default: try service.skip()
                }
            }
            if !name.isEmpty, !usesAnnotation || !actions.contains(name) { found = name }
        }
        return found
    }
}

/// The hosts that the certificates of an Ingress are for. An entry that names none stands for all: the controller's own
/// wildcard certificate.
private struct CertificateHosts {
    private var hosts: [UnsafeBufferPointer<UInt8>] = []
    private var coverAll = false

    mutating func read(_ spec: inout WireReader) throws(WireError) {
        var entry = try spec.message("spec.tls")
        var isNamed = false
        while try entry.next() {
            if entry.field == 1 {
                hosts.append(try entry.text())
                isNamed = true
            } else {
                try entry.skip()
            }
        }
        if !isNamed { coverAll = true }
    }

    func cover(_ host: UnsafeBufferPointer<UInt8>) -> Bool {
        coverAll || hosts.contains { Self.covers($0, host) }
    }

    /// A wildcard stands for one label: `*.example.com` is for `a.example.com` alone (RFC 6125).
    private static func covers(_ pattern: UnsafeBufferPointer<UInt8>, _ host: UnsafeBufferPointer<UInt8>) -> Bool {
        if pattern.elementsEqual(host) { return true }
        guard pattern.starts(with: "*.".utf8), let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > 0 else {
            return false
        }
        return pattern.dropFirst().elementsEqual(host[dot...])
    }
}

extension KeptFields {
    /// The name of the Service behind, and that of its port.
    static let ingressBackend: KeptFields = [4: .message([1: .value, 2: .message([1: .value])])]
}
