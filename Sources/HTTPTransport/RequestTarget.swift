import CCurl

/// Where a request goes, checked and taken apart before libcurl sees it.
struct RequestTarget: Sendable, Hashable {
    /// `http` or `https`.
    let scheme: String
    /// The host dialled; IPv6 addresses are in brackets.
    let host: String
    /// The port dialled.
    let port: String
    /// Path and query, as given.
    let pathAndQuery: String
    /// The proxy's URL; empty for none.
    let proxy: String
    /// The name to verify and to send as SNI where it is not `host`.
    let serverName: String?

    /// Reads and checks a request.
    ///
    /// - Throws: ``TransportError/invalidRequest(_:)``, naming the part that cannot be used. Never a token.
    init(_ request: TransportRequest, proxies: ProxyEnvironment) throws(TransportError) {
        let parts = try URLParts(request.url)
        scheme = parts.scheme
        host = parts.host
        port = parts.port
        pathAndQuery = parts.pathAndQuery
        switch request.proxy {
        case .none: proxy = ""
        case .url(let url): proxy = url
        case .environment: proxy = proxies.proxy(scheme: parts.scheme, host: parts.host, port: parts.port) ?? ""
        }
        let name = scheme == "https" ? request.tls.serverName : nil
        serverName = name.flatMap { $0.isEmpty ? nil : $0 }
        try Self.check(request, host: parts.host)
        if let serverName, serverName.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f || "/:@?#".utf8.contains($0) }) {
            throw .invalidRequest("TLS server name “\(serverName)” for \(host) is not a host name")
        }
    }

    private init(_ other: RequestTarget, pathAndQuery: String) {
        scheme = other.scheme
        host = other.host
        port = other.port
        proxy = other.proxy
        serverName = other.serverName
        self.pathAndQuery = pathAndQuery
    }

    /// `host:port`, for messages and the `Host` field.
    var authority: String { "\(host):\(port)" }

    /// The URL for libcurl, which takes the name to verify from it.
    var url: String { "\(scheme)://\(serverName ?? host):\(port)\(pathAndQuery)" }

    /// Whether there is a certificate to be had.
    var isTLS: Bool { scheme == "https" }

    /// The same peer, another path.
    func with(path: String) -> RequestTarget {
        RequestTarget(self, pathAndQuery: path)
    }

    private static func check(_ request: TransportRequest, host: String) throws(TransportError) {
        let isTokenByte = { (byte: UInt8) in byte > 0x20 && byte < 0x7f }
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(isTokenByte) else {
            throw .invalidRequest("method “\(request.method)” for \(host) is not an HTTP method")
        }
        for (name, value) in request.headers {
            guard !name.isEmpty, name.utf8.allSatisfy({ isTokenByte($0) && $0 != UInt8(ascii: ":") }) else {
                throw .invalidRequest("header field name “\(name)” for \(host) has a character it may not have")
            }
            guard !value.utf8.contains(where: { $0 == 0 || $0 == 0x0a || $0 == 0x0d }) else {
                throw .invalidRequest("header field \(name) for \(host) has a line break or NUL in its value")
            }
        }
        if let token = request.bearerToken, !token.utf8.allSatisfy(isTokenByte) || token.isEmpty {
            throw .invalidRequest(
                "the bearer token for \(host) is empty or has a blank, line break or control character; check its source"
            )
        }
    }
}

/// The parts of an absolute URL, by libcurl's own parser.
private struct URLParts {
    let scheme: String
    let host: String
    let port: String
    let pathAndQuery: String

    init(_ url: String) throws(TransportError) {
        guard let parser = curl_url() else { throw .invalidRequest("out of memory reading a URL") }
        defer { curl_url_cleanup(parser) }
        let code = curl_url_set(parser, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME))
        guard code == CURLUE_OK else {
            throw .invalidRequest("URL “\(Self.printable(url))”: \(String(cString: curl_url_strerror(code)))")
        }
        let part = { (part: CURLUPart) in Self.part(part, of: parser) }
        scheme = part(CURLUPART_SCHEME) ?? ""
        host = part(CURLUPART_HOST) ?? ""
        port = part(CURLUPART_PORT) ?? ""
        pathAndQuery = (part(CURLUPART_PATH) ?? "/") + (part(CURLUPART_QUERY).map { "?\($0)" } ?? "")
        guard scheme == "https" || scheme == "http" else {
            throw .invalidRequest("URL “\(Self.printable(url))”: scheme must be https or http")
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
            throw .invalidRequest("URL for \(host) has a user name or password in it; remove it")
        }
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// The URL up to what may hold secrets, on one line.
    private static func printable(_ url: String) -> String {
        let visible = url.prefix(200).unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7f }
        var text = String(String.UnicodeScalarView(visible))
        if let at = text.lastIndex(of: "@") {
            text = "…" + text[at...]
        }
        return String(text.prefix { $0 != "?" })
    }
}
