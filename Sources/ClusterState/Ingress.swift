/// An Ingress (networking.k8s.io/v1).
package struct Ingress: NamedRow, Hashable {
    /// The Services behind one host.
    package struct Backends: Hashable, Sendable {
        /// Empty for requests of whatever host.
        package var host: StringID
        /// The distinct Services.
        package var services: [StringID]

        /// Creates backends.
        package init(host: StringID, services: [StringID]) {
            self.host = host
            self.services = services
        }
    }

    package var meta: ObjectMeta
    /// `spec.ingressClassName`, else the annotation `kubernetes.io/ingress.class`; empty where neither is set, which
    /// asks for the default class.
    package var ingressClass: StringID = .empty
    /// Whether the class comes from the annotation, which controllers understood before there were IngressClasses.
    package var isClassFromAnnotation = false
    /// The distinct hosts of its rules, each with the Services that its paths name. Left out are backends that are
    /// resources or that an annotation of the controller stands for; without Services where the Ingress only redirects.
    package var rules: [Backends] = []
    /// The Service of the default backend, left out likewise: requests go there that no path of the rules takes.
    package var defaultService = StringID.empty
    /// Of ``hosts``, those for which `spec.tls` names a certificate.
    package var tlsHosts: [StringID] = []
    /// `status.loadBalancer` has an address.
    package var hasLoadBalancerAddress = false

    /// Creates an Ingress.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    /// The distinct Services behind it, the default backend's among them.
    package var services: [StringID] {
        var all = defaultService.isEmpty ? [] : [defaultService]
        for rule in rules { for service in rule.services where !all.contains(service) { all.append(service) } }
        return all
    }

    /// The distinct hosts that its rules name.
    package var hosts: [StringID] { rules.map(\.host).filter { !$0.isEmpty } }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(ingressClass)
        marker.mark(defaultService)
        for rule in rules {
            marker.mark(rule.host)
            marker.mark(rule.services)
        }
        marker.mark(tlsHosts)
    }
}
