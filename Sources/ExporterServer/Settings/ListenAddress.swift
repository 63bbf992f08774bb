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
        guard let colon = text.lastIndex(of: ":") else { throw ValueProblem("lacks a port; \(advice)") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65_535
        else { throw ValueProblem("has no port from 0 to 65535; \(advice)") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw ValueProblem("has no IPv6 address in its brackets; \(advice)") }
        } else if host.contains(":") {
            throw ValueProblem("needs brackets around its IPv6 address; \(advice)")
        }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"/[]@?#".utf8.contains($0) }) else {
            throw ValueProblem("has a host with characters that no host has; \(advice)")
        }
        self.init(host: String(host), port: port)
    }

    /// The address as it is typed.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

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
