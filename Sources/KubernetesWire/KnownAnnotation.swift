/// The annotations that anything is read from.
package enum KnownAnnotation: CaseIterable, Sendable {
    /// Rules not to raise for the object.
    case ignoredRules
    /// Set by the kubelet on the mirror of a static pod.
    case mirror
    /// The address and port that a kubeadm kube-apiserver pod advertises.
    case advertisedEndpoint
    /// On an API server's identity lease: its address and port.
    case peerAddress
    case defaultIngressClass
    case defaultStorageClass
    case betaDefaultStorageClass
    case legacyIngressClass
    /// What a claim or volume names its class by since before the field; it goes before the field.
    case betaStorageClass
    /// ingress-nginx answers each request for the Ingress with a redirect and asks no backend.
    case permanentRedirect
    case temporalRedirect
    /// AWS Load Balancer Controller: what stands behind a backend of that name whose port is `use-annotation`. The key
    /// ends in the name.
    case albAction

    /// A longer value is taken for none: whoever may write an object could have any memory filled with it.
    package static let longestValue = 4_096

    /// The annotation's key; of ``albAction`` what its keys begin with.
    package var key: StaticString {
        switch self {
        case .ignoredRules: "kube-ha-exporter/ignore"
        case .mirror: "kubernetes.io/config.mirror"
        case .advertisedEndpoint: "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"
        case .peerAddress: "kubernetes.io/peer-advertise-address"
        case .defaultIngressClass: "ingressclass.kubernetes.io/is-default-class"
        case .defaultStorageClass: "storageclass.kubernetes.io/is-default-class"
        case .betaDefaultStorageClass: "storageclass.beta.kubernetes.io/is-default-class"
        case .legacyIngressClass: "kubernetes.io/ingress.class"
        case .betaStorageClass: "volume.beta.kubernetes.io/storage-class"
        case .permanentRedirect: "nginx.ingress.kubernetes.io/permanent-redirect"
        case .temporalRedirect: "nginx.ingress.kubernetes.io/temporal-redirect"
        case .albAction: "alb.ingress.kubernetes.io/actions."
        }
    }

    /// The annotation of a key; nil where nothing is read from it.
    package init?(_ key: UnsafeBufferPointer<UInt8>) {
        if KnownAnnotation.albAction.name(in: key) != nil {
            self = .albAction
            return
        }
        // Most annotations are none of these: their length alone tells, so that few keys are compared.
        let candidate: KnownAnnotation
        switch key.count {
        case 23: candidate = .ignoredRules
        case 27: candidate = key[14] == UInt8(ascii: "c") ? .mirror : .legacyIngressClass
        case 63: candidate = .advertisedEndpoint
        case 36: candidate = .peerAddress
        case 39: candidate = .betaStorageClass
        case 43: candidate = key[0] == UInt8(ascii: "i") ? .defaultIngressClass : .defaultStorageClass
        case 45: candidate = .temporalRedirect
        case 46: candidate = .permanentRedirect
        case 48: candidate = .betaDefaultStorageClass
        default: return nil
        }
        guard candidate.key.equals(key) else { return nil }
        self = candidate
    }

    /// The annotation of a key; nil where nothing is read from it.
    package init?(key: String) {
        var text = key
        guard let known = text.withUTF8({ KnownAnnotation($0) }) else { return nil }
        self = known
    }

    /// What a key has after the ``key`` of an annotation whose keys end in a name; nil for any other key.
    package func name(in key: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let prefix = self.key
        guard self == .albAction, key.count > prefix.utf8CodeUnitCount else { return nil }
        let start = UnsafeBufferPointer(rebasing: key[..<prefix.utf8CodeUnitCount])
        return prefix.equals(start) ? UnsafeBufferPointer(rebasing: key[prefix.utf8CodeUnitCount...]) : nil
    }
}
