import ClusterState
package import Collection

/// Where to listen: `host:port`, `[ipv6]:port`, or `:port` for every interface.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// The host name or IP address without brackets; empty for every interface.
    package let host: String
    /// The port; 0 lets the system choose one.
    package let port: Int

    /// Creates an address.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The default address.
    package static let standard = ListenAddress(host: "", port: 10_142)

    /// Reads an address.
    package init(parsing text: String) throws(ValueProblem) {
        let advice = "write :10142, host:port or [::1]:port"
        let authority: URLAuthority
        do throws(URLAuthority.Problem) {
            authority = try URLAuthority(text[...])
        } catch {
            let problem =
                error == .bareAddress ? "needs brackets around its IPv6 address" : "has no address in its brackets"
            throw ValueProblem("\(problem); \(advice)")
        }
        guard authority.port != nil else { throw ValueProblem("lacks a port; \(advice)") }
        guard let port = authority.portNumber else { throw ValueProblem("has no port from 0 to 65535; \(advice)") }
        let host = authority.host
        if authority.isBracketed, !host.contains(":") {
            throw ValueProblem("has no IPv6 address in its brackets; \(advice)")
        }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"/[]@?#".utf8.contains($0) }) else {
            throw ValueProblem("has a host with characters that no host has; \(advice)")
        }
        self.init(host: String(host), port: Int(port))
    }

    /// The address as it is typed.
    package var description: String { URLAuthority.text(host: host, port: port) }

    /// What to bind to, in the order to try: every interface is `::`, which takes IPv4 too, or `0.0.0.0` where the
    /// machine has no IPv6.
    var bindHosts: [String] {
        host.isEmpty ? ["::", "0.0.0.0"] : [host]
    }

    /// The host to put into a URL that is opened on this machine.
    package var urlHost: String {
        switch host {
        case "", "::", "0.0.0.0": "localhost"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }
}
