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
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65_535
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    /// The address as it stands in a URL.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

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
