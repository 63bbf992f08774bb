internal import HTTPTransport

extension Authorization: CustomStringConvertible, CustomReflectable {
    /// Which parts there are, without their values: it may end up in a log.
    package var description: String {
        var parts: [String] = []
        if bearerToken != nil { parts.append("bearer token") }
        if clientCertificate != nil { parts.append("client certificate") }
        return parts.isEmpty ? "anonymous" : parts.joined(separator: ", ")
    }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension ClusterEndpoint: CustomStringConvertible, CustomReflectable {
    /// The server's URL; not the proxy's, which may hold a password.
    package var description: String { server }

    package var customMirror: Mirror { Mirror(self, children: ["server": server, "namespace": namespace]) }
}
