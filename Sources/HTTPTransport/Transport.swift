/// Sends HTTP requests. A ``TransportRequest`` goes in; the response's head and then its body, chunk by chunk as it
/// arrives, come out. All requests of the program (API server, probes, etcd) go through this protocol.
///
/// There are two implementations: ``CurlTransport`` over libcurl's multi interface, and ``InMemoryTransport``, which calls
/// a request handler, so that tests need no sockets.
package protocol Transport: Sendable {
    /// Sends the request and returns once the response head has arrived.
    ///
    /// - Parameter request: What to send, to whom, and how long each part may take.
    /// - Returns: The head, and the body as a stream of chunks. Dropping the body cancels the transfer.
    /// - Throws: ``TransportError`` where no head arrived.
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse
}

/// One HTTP request.
package struct TransportRequest: Sendable {
    /// `GET`, `POST`, `PUT` …
    package var method: String
    /// The absolute URL, `https://host:port/path?query`.
    package var url: String
    /// Header fields in order. A bearer token goes into ``TransportRequest/bearerToken``, never here.
    package var headers: [(name: String, value: String)]
    /// The request body; nil sends none.
    package var body: [UInt8]?
    /// The bearer token for this host; never logged, never sent elsewhere.
    package var bearerToken: String?
    /// How the peer is authenticated and which certificate is shown to it.
    package var tls: TLSOptions
    /// `https://proxy:port`, nil for what the environment says.
    package var proxy: ProxyChoice
    /// How long each part may take.
    package var limits: TimeLimits
    /// Whether the request holds its stream open (a watch): such a connection is checked while it is quiet.
    package var isLongRunning: Bool
    /// Whether the body is paused while much of it is unread, so that its size does not matter. That takes HTTP/1.1
    /// and a connection of its own: a paused HTTP/2 stream goes on into buffers. Otherwise such a body ends as
    /// ``TransportError/overrun``.
    package var isPausable: Bool

    /// Creates a request; what is not named has the default of a plain GET.
    package init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        bearerToken: String? = nil,
        tls: TLSOptions = TLSOptions(),
        proxy: ProxyChoice = .environment,
        limits: TimeLimits = TimeLimits(),
        isLongRunning: Bool = false,
        isPausable: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.bearerToken = bearerToken
        self.tls = tls
        self.proxy = proxy
        self.limits = limits
        self.isLongRunning = isLongRunning
        self.isPausable = isPausable
    }
}

/// Which proxy a request goes through.
package enum ProxyChoice: Sendable, Hashable {
    /// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` decide.
    case environment
    /// This URL.
    case url(String)
    /// None: for probes of single instances, which a proxy would answer for.
    case none
}

/// A certificate, key or CA bundle, by path or by value.
package enum PEMSource: Sendable, Hashable {
    /// A file, read again for each new connection.
    case file(String)
    /// The PEM text itself.
    case memory([UInt8])
}

/// How the peer is authenticated, and who we are.
package struct TLSOptions: Sendable, Hashable {
    /// CAs that *replace* the system's; nil for the system's.
    package var certificateAuthority: PEMSource?
    /// Our certificate chain.
    package var clientCertificate: PEMSource?
    /// Its key.
    package var clientKey: PEMSource?
    /// The name to verify and to send as SNI where it is not the one dialled.
    package var serverName: String?
    /// Accept any certificate. The chain is handed out all the same.
    package var isVerificationSkipped: Bool

    /// Creates options; without arguments, the system's CAs and no client certificate.
    package init(
        certificateAuthority: PEMSource? = nil,
        clientCertificate: PEMSource? = nil,
        clientKey: PEMSource? = nil,
        serverName: String? = nil,
        isVerificationSkipped: Bool = false
    ) {
        self.certificateAuthority = certificateAuthority
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.serverName = serverName
        self.isVerificationSkipped = isVerificationSkipped
    }
}

/// How long each part of a request may take; nil is no limit.
package struct TimeLimits: Sendable, Hashable {
    /// Until connected (name, TCP and TLS).
    package var connect: Duration?
    /// From the start until the response head is there.
    package var head: Duration?
    /// Between two chunks of the body.
    package var idle: Duration?
    /// The whole request.
    package var total: Duration?

    /// Creates limits; by default 10 s to connect, 30 s to the head, 90 s of quiet, no limit on the whole.
    package init(
        connect: Duration? = .seconds(10),
        head: Duration? = .seconds(30),
        idle: Duration? = .seconds(90),
        total: Duration? = nil
    ) {
        self.connect = connect
        self.head = head
        self.idle = idle
        self.total = total
    }
}

/// The status line and header fields of a response.
package struct ResponseHead: Sendable {
    /// The HTTP status.
    package var status: Int
    /// Header fields in the order received.
    package var headers: [(name: String, value: String)]
    /// The chain the peer presented on this connection, leaf first, as PEM text; empty without TLS. Given even where
    /// verification is skipped.
    package var certificateChain: [[UInt8]]

    /// Creates a head.
    package init(status: Int, headers: [(name: String, value: String)], certificateChain: [[UInt8]] = []) {
        self.status = status
        self.headers = headers
        self.certificateChain = certificateChain
    }

    /// Whether what was asked for does not follow.
    var isRefusal: Bool { status >= 300 }

    /// The first value of the header field of that name, compared without regard to case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// A response: its head and the stream of its body.
package struct TransportResponse: Sendable {
    /// Status and header fields.
    package var head: ResponseHead
    /// The body's chunks as they arrive; throws ``TransportError`` where the transfer breaks.
    package var body: ResponseBody

    /// Creates a response.
    package init(head: ResponseHead, body: ResponseBody) {
        self.head = head
        self.body = body
    }
}

/// The chunks of a response body. One reader.
package struct ResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    private let makeNext: @Sendable () -> @Sendable () async throws(TransportError) -> [UInt8]?

    /// Wraps a source of chunks.
    ///
    /// - Parameter makeNext: Called once by the reader; what it returns is called for each chunk, nil at the end.
    package init(_ makeNext: @escaping @Sendable () -> @Sendable () async throws(TransportError) -> [UInt8]?) {
        self.makeNext = makeNext
    }

    /// The reader's side.
    package struct AsyncIterator: AsyncIteratorProtocol {
        let nextChunk: @Sendable () async throws(TransportError) -> [UInt8]?

        /// The next chunk, nil at the end of the body.
        package mutating func next() async throws(TransportError) -> [UInt8]? {
            try await nextChunk()
        }

        /// The next chunk, nil at the end of the body.
        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(TransportError) -> [UInt8]? {
            try await nextChunk()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(nextChunk: makeNext())
    }
}

/// Why a transfer failed. Each case says at which stage; `description` is one line for a log.
package enum TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The URL, a file named in the options, or an option itself cannot be used.
    case invalidRequest(String)
    /// The host name has no address.
    case nameResolution(host: String, reason: String)
    /// No connection: refused, unreachable, reset before TLS.
    case connectionFailed(host: String, reason: String)
    /// The peer's certificate is not trusted, expired or for another name, or TLS failed otherwise.
    case tlsFailed(host: String, reason: String)
    /// A time limit passed; `stage` is `connect`, `head`, `idle`, `total` or `liveness`.
    case timedOut(stage: String)
    /// The connection broke while the response was under way.
    case connectionLost(reason: String)
    /// Over 8 MiB of a body that is not pausable were unread.
    case overrun
    /// The caller cancelled.
    case cancelled

    package var description: String {
        switch self {
        case .invalidRequest(let reason): "invalid request: \(reason)"
        case .nameResolution(let host, let reason): "cannot resolve \(host): \(reason)"
        case .connectionFailed(let host, let reason): "cannot connect to \(host): \(reason)"
        case .tlsFailed(let host, let reason): "TLS with \(host) failed: \(reason)"
        case .timedOut(let stage): "timed out (\(stage))"
        case .connectionLost(let reason): "connection lost: \(reason)"
        case .overrun: "response not read fast enough: over 8 MiB waiting"
        case .cancelled: "cancelled"
        }
    }
}
