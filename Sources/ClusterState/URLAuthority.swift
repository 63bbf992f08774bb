/// The authority of a URL (RFC 3986, 3.2) without user information: `host`, `host:port` or `[address]:port`.
package struct URLAuthority: Sendable {
    /// Why a text is no authority.
    package enum Problem: Error, Hashable, Sendable {
        /// A bracket that is not closed.
        case openBracket
        /// Something other than a colon after the bracket that closes.
        case textAfterBracket
        /// An IPv6 address without brackets.
        case bareAddress
    }

    /// The host without brackets; may be empty.
    package let host: Substring
    /// Whether the host was in brackets, as an IPv6 address is.
    package let isBracketed: Bool
    /// The text after the colon; nil without one.
    package let port: Substring?

    /// Takes an authority apart. Host and port are not checked.
    package init(_ text: Substring) throws(Problem) {
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { throw .openBracket }
            let rest = text[text.index(after: bracket)...]
            guard rest.isEmpty || rest.first == ":" else { throw .textAfterBracket }
            host = text[text.index(after: text.startIndex)..<bracket]
            isBracketed = true
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw .bareAddress }
            host = parts[0]
            isBracketed = false
            port = parts.count == 2 ? parts[1] : nil
        }
    }

    /// The port from 0 to 65535; nil where there is none, or where it is anything but decimal digits.
    package var portNumber: UInt16? {
        guard let port, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt16(port)
    }

    /// `host:port`, with brackets around an IPv6 address.
    package static func text(host: String, port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
