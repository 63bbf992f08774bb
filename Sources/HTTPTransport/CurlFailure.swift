import CCurl
import Glibc

/// Turns what libcurl says of a failed transfer into a ``TransportError`` on one line.
struct CurlFailure {
    /// libcurl's code.
    let code: CURLcode
    /// What libcurl wrote about it; may be empty.
    let detail: String
    /// The system's error number, 0 for none.
    let systemError: Int
    /// Whether the connection stood and the request was about to go out.
    let wasConnected: Bool
    /// Where the request went.
    let target: RequestTarget
    /// How both sides were to prove who they are.
    let tls: TLSOptions

    /// The error for the caller.
    var transportError: TransportError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return .nameResolution(host: target.host, reason: reason)
        case CURLE_COULDNT_RESOLVE_PROXY:
            return .nameResolution(host: target.authority, reason: "its proxy: \(reason)")
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(stage: wasConnected ? "total" : "connect")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            return .invalidRequest("\(target.authority): \(reason)")
        case CURLE_SSL_CACERT_BADFILE:
            return .invalidRequest(
                "\(name(tls.certificateAuthority, "CA bundle")) for \(target.authority) cannot be used: \(reason)"
            )
        case CURLE_SSL_CERTPROBLEM:
            let files = "\(name(tls.clientCertificate, "client certificate")) with \(name(tls.clientKey, "client key"))"
            return .invalidRequest("\(files) for \(target.authority) cannot be used: \(reason)")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            return .tlsFailed(host: target.authority, reason: reason)
        default:
            // With TLS 1.3 the peer judges our certificate after we have connected: an alert is all there is to read.
            if detail.contains("SSL routines"), detail.contains("alert") {
                return .tlsFailed(host: target.authority, reason: reason)
            }
            return wasConnected
                ? .connectionLost(reason: "\(target.authority): \(reason)")
                : .connectionFailed(host: target.authority, reason: reason)
        }
    }

    private var reason: String {
        var text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        text = String(text.map { $0.isNewline ? " " : $0 })
        text = Self.withoutDuration(text)
        if systemError != 0, code == CURLE_COULDNT_CONNECT || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR,
            let name = strerror(Int32(truncatingIfNeeded: systemError)).map({ String(cString: $0) }),
            !text.contains(name)
        {
            // Without a proxy, libcurl's own words only say once more that there is no connection to this host and port.
            return code == CURLE_COULDNT_CONNECT && target.proxy.isEmpty ? name : "\(text) (\(name))"
        }
        return text
    }

    /// The text without the ` after 12 ms` that libcurl has in some: the same failure is the same text each time.
    static func withoutDuration(_ text: String) -> String {
        guard let start = text.firstRange(of: " after ") else { return text }
        let rest = text[start.upperBound...].drop { $0.isASCII && $0.isNumber }
        guard rest.startIndex != start.upperBound, rest.hasPrefix(" ms") else { return text }
        return String(text[..<start.lowerBound] + rest.dropFirst(3))
    }

    private func name(_ source: PEMSource?, _ kind: String) -> String {
        switch source {
        case .file(let path): "\(kind) \(path)"
        case .memory, nil: kind
        }
    }
}
