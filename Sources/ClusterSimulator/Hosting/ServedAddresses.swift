/// The URLs of all that is served.
package struct ServedAddresses: Sendable {
    /// In front of all API servers.
    package let server: String
    /// The API servers.
    package let apiServers: [String]
    /// The etcd members.
    package let etcdMembers: [String]

    /// The URLs of these ports.
    ///
    /// - Parameters:
    ///   - ports: Where all is served.
    ///   - scheme: `http` or `https`.
    package init(_ ports: ServedPorts, scheme: String) {
        var front = ports.front
        // Every interface is no address to connect to.
        if front.host == "0.0.0.0" { front.host = "127.0.0.1" }
        if front.host == "::" { front.host = "::1" }
        server = "\(scheme)://\(front)"
        apiServers = ports.apiServers.map { "\(scheme)://\($0)" }
        etcdMembers = ports.etcdMembers.map { "\(scheme)://\($0)" }
    }
}
