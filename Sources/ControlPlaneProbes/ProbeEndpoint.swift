import ClusterState

/// Where one instance of the control plane is asked: scheme, host and port of a URL.
package struct ProbeEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// https, not http.
    package let isSecure: Bool
    /// A name or an address, in lower case; an IPv6 address in brackets.
    package let host: String
    package let port: UInt16

    /// Reads a URL: `https://192.0.2.11:6443`. What follows the port is left out.
    ///
    /// - Returns: nil where the text is no http or https URL with a host.
    package init?(_ url: String) {
        guard let separator = url.firstRange(of: "://") else { return nil }
        switch url[..<separator.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        var authority = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        guard let parts = try? URLAuthority(authority), !parts.host.isEmpty else { return nil }
        host = (parts.isBracketed ? "[\(parts.host)]" : String(parts.host)).lowercased()
        guard !host.contains(where: \.isWhitespace) else { return nil }
        if parts.port == nil {
            port = isSecure ? 443 : 80
        } else {
            guard let number = parts.portNumber, number > 0 else { return nil }
            port = number
        }
    }

    /// host:port, as the label `apiserver` has it.
    package var name: String { "\(host):\(port)" }

    package var description: String { "\(isSecure ? "https" : "http")://\(name)" }
}
