import Glibc

/// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, read as Go's `net/http` reads them, so that what works for kubectl works
/// here: either case, loopback never proxied, CIDR blocks, and a domain covers what lies under it.
///
/// Not left to libcurl, which would match `NO_PROXY` with the TLS name where that is not the address dialled.
package struct ProxyEnvironment: Sendable, Hashable {
    private let httpsProxy: String?
    private let httpProxy: String?
    private let exceptions: [Substring]

    /// Reads the variables.
    ///
    /// - Parameter variable: Gives the value of a variable, nil where it is not set.
    package init(_ variable: (String) -> String?) {
        func read(_ name: String) -> String? {
            for candidate in [name, name.lowercased()] {
                if let value = variable(candidate), !value.isEmpty { return value }
            }
            return nil
        }
        httpsProxy = read("HTTPS_PROXY")
        httpProxy = read("HTTP_PROXY")
        exceptions = (read("NO_PROXY") ?? "").split { $0 == "," || $0 == " " }
    }

    /// The environment of this process.
    package static var process: ProxyEnvironment {
        ProxyEnvironment { name in getenv(name).map { String(cString: $0) } }
    }

    /// Chooses the proxy for a peer.
    ///
    /// - Parameters:
    ///   - scheme: `http` or `https`.
    ///   - host: The host dialled; IPv6 addresses are in brackets.
    ///   - port: The port dialled.
    /// - Returns: Its URL, nil for none.
    package func proxy(scheme: String, host: String, port: String) -> String? {
        guard let proxy = scheme == "https" ? httpsProxy : httpProxy else { return nil }
        let name = Self.bare(host)
        let address = Self.address(name)
        if name == "localhost" || Self.isLoopback(address) { return nil }
        let isExcepted = exceptions.contains { Self.matches($0, name: name, address: address, port: port) }
        return isExcepted ? nil : proxy
    }

    private static func matches(_ exception: Substring, name: String, address: [UInt8]?, port: String) -> Bool {
        if exception == "*" { return true }
        if let slash = exception.firstIndex(of: "/") {
            guard let address, let block = Self.address(bare(String(exception[..<slash]))),
                let bits = Int(exception[exception.index(after: slash)...])
            else { return false }
            return contains(block, bits: bits, address)
        }
        var pattern = String(exception)
        if let (host, wantedPort) = splitPort(exception) {
            if wantedPort != port { return false }
            pattern = String(host)
        }
        pattern = bare(pattern)
        if let block = Self.address(pattern) { return block == address }
        if pattern.hasPrefix("*.") { pattern.removeFirst() }
        if pattern.hasPrefix(".") { return name.hasSuffix(pattern) }
        return name == pattern || name.hasSuffix(".\(pattern)")
    }

    /// Splits an entry of `NO_PROXY` as Go's `net.SplitHostPort` does, which takes text that is no authority of a URL.
    private static func splitPort(_ text: Substring) -> (Substring, Substring)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed || !host.contains(":"), !port.isEmpty, port.allSatisfy(\.isNumber) else { return nil }
        return (host, port)
    }

    /// Lower case, without brackets and a trailing dot.
    private static func bare(_ host: String) -> String {
        var text = host.lowercased()[...]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        if text.hasSuffix(".") { text = text.dropLast() }
        return String(text)
    }

    /// The bytes of an IP address, 4 or 16; nil for a name.
    private static func address(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    private static func isLoopback(_ address: [UInt8]?) -> Bool {
        guard let address else { return false }
        return address.count == 4 ? address[0] == 127 : address == [UInt8](repeating: 0, count: 15) + [1]
    }

    private static func contains(_ block: [UInt8], bits: Int, _ address: [UInt8]) -> Bool {
        guard block.count == address.count, bits >= 0, bits <= block.count * 8 else { return false }
        for index in block.indices {
            let kept = min(max(bits - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xff << (8 - kept))
            if block[index] & mask != address[index] & mask { return false }
        }
        return true
    }
}
