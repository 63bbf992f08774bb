import HTTPTransport

/// How one API server instance is authenticated, and whether it is shown our token.
///
/// An address in a lease or an annotation can be written by a node, so that an instance which was discovered must prove
/// by its certificate that it is the cluster's API server (SIGNALS, area 1).
struct InstanceTrust {
    /// What every API server's certificate names, by Kubernetes' own set-up: kubeadm's
    /// `GetAPIServerAltNames` (cmd/kubeadm/app/util/pkiutil/pki_helpers.go), k3s and OpenShift alike.
    private static let usualName = "kubernetes.default.svc"

    /// The options of the connection.
    let tls: TLSOptions
    /// The token; nil where it must not be sent.
    let bearerToken: String?

    /// Decides for an instance.
    init(_ endpoint: ProbeEndpoint, _ settings: ProbeSettings, _ shown: ProbeCredentials) {
        if endpoint == settings.configuredServer {
            tls = shown.tls
            bearerToken = shown.bearerToken
            return
        }
        var options = shown.tls
        if !settings.apiServers.contains(endpoint) {
            let configured = settings.configuredServer.flatMap { $0.isAddress ? nil : $0.host }
            options.serverName = options.serverName ?? configured ?? Self.usualName
        }
        tls = options
        // Without TLS, or without a look at the certificate, nothing is proved.
        bearerToken = endpoint.isSecure && !options.isVerificationSkipped ? shown.bearerToken : nil
    }
}

extension ProbeEndpoint {
    /// Whether the host is an IP address, not a name.
    fileprivate var isAddress: Bool {
        host.hasPrefix("[") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    }
}
