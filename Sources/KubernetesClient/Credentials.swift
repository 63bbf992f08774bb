package import HTTPTransport

/// Where the API server is and how we show who we are.
package struct ClusterEndpoint: Sendable {
    /// `https://host:port/prefix`, without a slash at the end.
    package var server: String
    /// How the server is authenticated. Our own certificate comes from the ``CredentialSource`` where it can change.
    package var tls: TLSOptions
    /// Which proxy lies between.
    package var proxy: ProxyChoice
    /// The namespace the credentials name, where they name one; `default` otherwise.
    package var namespace: String

    /// Creates an endpoint; without more, the system's CAs and the environment's proxy.
    package init(
        server: String,
        tls: TLSOptions = TLSOptions(),
        proxy: ProxyChoice = .environment,
        namespace: String = "default"
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.tls = tls
        self.proxy = proxy
        self.namespace = namespace
    }
}

/// What one request carries to show who we are; empty for an anonymous one.
package struct Authorization: Sendable, Hashable {
    /// Sent as `Authorization: Bearer …`; nil sends none.
    package var bearerToken: String?
    /// Our certificate chain for TLS; nil leaves what the endpoint's options say.
    package var clientCertificate: PEMSource?
    /// Its key.
    package var clientKey: PEMSource?

    /// Creates an authorization; without arguments, anonymous.
    package init(bearerToken: String? = nil, clientCertificate: PEMSource? = nil, clientKey: PEMSource? = nil) {
        self.bearerToken = bearerToken
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
    }

    /// The endpoint's TLS options with our certificate in them.
    package func applied(to tls: TLSOptions) -> TLSOptions {
        guard clientCertificate != nil else { return tls }
        var tls = tls
        tls.clientCertificate = clientCertificate
        tls.clientKey = clientKey
        return tls
    }
}

/// Why no credentials could be had: one line that names the file or command, what was wrong and what to do.
package struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line.
    package var description: String

    /// Creates an error from its line.
    package init(_ description: String) {
        self.description = description
    }
}

/// Gives what each request carries: a token file read again, an exec plugin's answer, a fixed certificate.
package protocol CredentialSource: Sendable {
    /// What the next request carries. Cheap when nothing has changed: it is called for every request.
    func authorization() async throws(CredentialError) -> Authorization

    /// The server answered 401: what is cached is read or asked for again at the next call of ``authorization()``.
    func invalidate() async
}

/// Credentials that never change; an empty one is anonymous.
package struct FixedCredentials: CredentialSource {
    private let fixed: Authorization

    /// Always gives this.
    package init(_ authorization: Authorization = Authorization()) {
        self.fixed = authorization
    }

    package func authorization() async throws(CredentialError) -> Authorization { fixed }

    package func invalidate() async {}
}
