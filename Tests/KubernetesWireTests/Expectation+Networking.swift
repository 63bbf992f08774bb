import ClusterState

/// What the rows of Ingresses, their classes, StorageClasses, Gateways and HTTPRoutes should hold.
extension Expectation {
    private var hasAddress: String {
        "\(status["loadBalancer"]["ingress"].array.contains { !$0["ip"].text.isEmpty || !$0["hostname"].text.isEmpty })"
    }

    private static func distinct(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$1.isEmpty && !$0.contains($1) { $0.append($1) } }
    }

    var ingress: [String: String] {
        let rules = spec["rules"].array
        let hosts = Self.distinct(rules.map { $0["host"].text })
        let annotations = metadata["annotations"]
        // The AWS controller takes such a backend from an annotation, and ingress-nginx asks none that redirects.
        let isRedirected = ["permanent-redirect", "temporal-redirect"]
            .contains { !annotations["nginx.ingress.kubernetes.io/\($0)"].text.isEmpty }
        func services(_ backends: [JSON]) -> [String] {
            let asked = backends.map { $0["service"] }
                .filter {
                    !isRedirected
                        && ($0["port"]["name"].text != "use-annotation"
                            || annotations["alb.ingress.kubernetes.io/actions.\($0["name"].text)"].isNull)
                }
            return Self.distinct(asked.map { $0["name"].text })
        }
        // The recorded rules have a host each, or none.
        let backends = rules.map { rule in
            Description.record([
                ("host", rule["host"].text),
                ("services", Description.list(services(rule["http"]["paths"].array.map { $0["backend"] }))),
            ])
        }
        let legacyClass = annotations["kubernetes.io/ingress.class"].text
        let namedClass = spec["ingressClassName"].text
        let certificates = spec["tls"].array.flatMap { $0["hosts"].array.map(\.text) }
        return row([
            "ingressClass": namedClass.isEmpty ? legacyClass : namedClass,
            "isClassFromAnnotation": "\(namedClass.isEmpty && !legacyClass.isEmpty)",
            "rules": Description.list(backends),
            "defaultService": services([spec["defaultBackend"]]).first ?? "",
            "tlsHosts": Description.list(hosts.filter(certificates.contains)), "hasLoadBalancerAddress": hasAddress,
        ])
    }

    var ingressClass: [String: String] {
        row([
            "controller": spec["controller"].text,
            "isDefault": "\(metadata["annotations"]["ingressclass.kubernetes.io/is-default-class"].text == "true")",
        ])
    }

    var storageClass: [String: String] {
        row([
            "provisioner": json["provisioner"].text, "reclaimPolicy": json["reclaimPolicy"].text,
            "allowsVolumeExpansion": "\(json["allowVolumeExpansion"].bool)",
            "bindingMode": json["volumeBindingMode"].text == "Immediate" ? "immediate" : "waitForFirstConsumer",
            "hasAllowedTopologies": "\(!json["allowedTopologies"].array.isEmpty)",
            "isDefault":
                "\(["storageclass.kubernetes.io", "storageclass.beta.kubernetes.io"].contains { metadata["annotations"]["\($0)/is-default-class"].text == "true" })",
        ])
    }
}
