internal import ClusterState

/// The URL of an API server as kubeconfigs write it, checked and completed.
struct ServerURL: Sendable, Hashable {
    /// Why a text is no such URL, to be read after the key's name. Never shows the text, which may hold a password.
    struct Problem: Error, Hashable, CustomStringConvertible {
        var description: String
    }

    /// `https://host:port/prefix`, with the port if one was given, without a slash at the end.
    let text: String
    /// Whether it is https.
    let isTLS: Bool

    /// Reads a URL. Without a scheme it is https: client-go would speak http where the kubeconfig names no certificates,
    /// and with it send tokens in the clear.
    init(_ given: String) throws(Problem) {
        let (scheme, rest) = try Self.scheme(given)
        isTLS = scheme == "https"
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        try Self.check(authority: rest[..<end])
        var path = rest[end...]
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw Problem(description: "has a blank or control character in its path")
        }
        guard !path.contains(where: { "?#".contains($0) }) else {
            throw Problem(description: "must end with its path, without “?” or “#”")
        }
        while path.last == "/" { path = path.dropLast() }
        text = "\(scheme)://\(rest[..<end])\(path)"
    }

    private static func scheme(_ given: String) throws(Problem) -> (scheme: String, rest: Substring) {
        guard let separator = given.firstRange(of: "://") else { return ("https", given[...]) }
        let scheme = given[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw Problem(description: "must begin with https:// or http://")
        }
        return (scheme, given[separator.upperBound...])
    }

    /// Checks `host`, `host:port` or `[address]:port`.
    static func check(authority: Substring) throws(Problem) {
        guard !authority.contains("@") else {
            throw Problem(description: "must not have a user name or password in it")
        }
        let parts: URLAuthority
        do throws(URLAuthority.Problem) {
            parts = try URLAuthority(authority)
        } catch {
            switch error {
            case .openBracket: throw Problem(description: "has a “[” without its “]”")
            case .textAfterBracket: throw Problem(description: "has no “:” after its address")
            case .bareAddress: throw Problem(description: "has an IPv6 address without its brackets")
            }
        }
        let host = parts.host
        if parts.isBracketed {
            // After a “%” follows the interface of a link-local address.
            let address = host.prefix { $0 != "%" }
            guard address.contains(":"), address.allSatisfy({ $0.isHexDigit || ":.".contains($0) }),
                host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else {
                throw Problem(description: "has no IPv6 address in its brackets")
            }
        } else {
            guard
                host.unicodeScalars.allSatisfy({
                    $0.properties.isAlphabetic || $0.isASCII && "-._0123456789".unicodeScalars.contains($0)
                })
            else { throw Problem(description: "has a character that no host name has") }
        }
        guard !host.isEmpty else { throw Problem(description: "names no host") }
        guard parts.port != nil else { return }
        guard let number = parts.portNumber, number > 0 else {
            throw Problem(description: "has a port that is not between 1 and 65535")
        }
    }

    /// What is wrong with the text as a proxy's URL; nil for nothing. It may hold a password, so it is never shown.
    static func problem(proxy: String) -> String? {
        guard let separator = proxy.firstRange(of: "://"),
            ["http", "https", "socks5", "socks5h"].contains(proxy[..<separator.lowerBound].lowercased())
        else { return "must begin with http://, https:// or socks5://" }
        let rest = proxy[separator.upperBound...]
        var authority = rest[..<(rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex)]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        do throws(Problem) {
            try check(authority: authority)
            return nil
        } catch {
            return error.description
        }
    }
}
