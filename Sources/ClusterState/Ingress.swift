/// An Ingress (networking.k8s.io/v1).
package struct Ingress: NamedRow, Hashable {
    package var meta: ObjectMeta
    /// `spec.ingressClassName`, else the annotation `kubernetes.io/ingress.class`; empty where neither is set, which
    /// asks for the default class.
    package var ingressClass: StringID = .empty
    /// Whether the class comes from the annotation, which controllers understood before there were IngressClasses.
    package var isClassFromAnnotation = false
    /// The distinct Services behind it, the default backend's among them. Left out are backends that are resources or
    /// that an annotation of the controller stands for; empty where the Ingress only redirects.
    package var services: [StringID] = []
    /// The distinct hosts of its rules.
    package var hosts: [StringID] = []
    /// Of ``hosts``, those for which `spec.tls` names a certificate.
    package var tlsHosts: [StringID] = []
    /// `status.loadBalancer` has an address.
    package var hasLoadBalancerAddress = false

    /// Creates an Ingress.
    package init(meta: ObjectMeta) {
        self.meta = meta
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(ingressClass)
        marker.mark(services)
        marker.mark(hosts)
        marker.mark(tlsHosts)
    }
}
