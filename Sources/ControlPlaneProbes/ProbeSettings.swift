package import HTTPTransport

/// How the control plane is asked.
package struct ProbeSettings: Sendable {
    /// `--probe-timeout`: how long each question may take. An API server's own etcd check takes
    /// 2 s to fail, so that its answer must be waited for longer.
    package var timeout = Duration.seconds(5)
    /// The API server that lists and watches go to.
    package var configuredServer: ProbeEndpoint?
    /// How API servers are authenticated.
    package var apiServerTLS = TLSOptions()
    /// How etcd members are authenticated, and what they are shown.
    package var etcdTLS = TLSOptions()
    /// Which members are asked.
    package var etcd = EtcdTargets()
    /// `--probe.endpoint`: API servers that are probed in addition to those found in the cluster.
    package var apiServers: [ProbeEndpoint] = []

    /// Creates settings: five seconds, the system's CAs, nobody named.
    package init() {}
}

/// What a question to an API server carries to show who we are.
package struct ProbeCredentials: Sendable {
    /// Sent to API servers only.
    package var bearerToken: String?
    /// The options with our certificate.
    package var tls: TLSOptions

    /// Creates credentials.
    package init(bearerToken: String?, tls: TLSOptions) {
        self.bearerToken = bearerToken
        self.tls = tls
    }
}
