import ClusterState

/// An address to listen on: `127.0.0.1:6443`, `[::1]:0`.
package struct SimulatorAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host without brackets.
    package var host: String
    /// The port; 0 where the system is to choose one.
    package var port: Int

    /// Creates an address.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`; nil where it is not that.
    package init?(parsing text: String) {
        guard let authority = try? URLAuthority(text[...]), let port = authority.portNumber, !authority.host.isEmpty
        else {
            return nil
        }
        self.init(host: String(authority.host), port: Int(port))
    }

    /// The address as it is written in a URL.
    package var description: String { URLAuthority.text(host: host, port: port) }

    /// This address and those that follow it, on the same port: `127.0.0.1`, `127.0.0.2` and so on.
    ///
    /// - Returns: nil where the host is no IPv4 address, or fewer than `count` follow before its last part is 254.
    package func following(_ count: Int) -> [SimulatorAddress]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, let last = parts[3], parts.allSatisfy({ $0 != nil }), Int(last) + count - 1 <= 254
        else { return nil }
        let network = host[...(host.lastIndex(of: ".") ?? host.startIndex)]
        return (0..<count).map { SimulatorAddress(host: "\(network)\(Int(last) + $0)", port: port) }
    }
}
