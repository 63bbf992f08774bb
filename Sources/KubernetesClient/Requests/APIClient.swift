package import HTTPTransport

/// Sends requests to the API server with our credentials, and tells refusals from answers.
package struct APIClient: Sendable {
    /// The media type in which everything is asked for that is served so.
    package static let protobuf = "application/vnd.kubernetes.protobuf"
    /// What custom resources and discovery are asked for in.
    package static let json = "application/json"
    /// As much of a refusal as is read; a Status is smaller.
    private static let refusalLimit = 64 << 10

    private let transport: any Transport
    private let endpoint: ClusterEndpoint
    private let credentials: any CredentialSource
    private let userAgent: String
    private let requestTimeout: Duration?

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - transport: What carries the requests.
    ///   - endpoint: Where they go.
    ///   - credentials: Who we are.
    ///   - userAgent: What we call ourselves, which audit logs keep.
    ///   - requestTimeout: A limit to how long the server may take to connect, to begin an answer, and, but for a stream
    ///     that stays open, between two parts of it; nil for the limits of each request alone.
    package init(
        transport: any Transport,
        endpoint: ClusterEndpoint,
        credentials: any CredentialSource,
        userAgent: String = "kube-ha-exporter",
        requestTimeout: Duration? = nil
    ) {
        self.transport = transport
        self.endpoint = endpoint
        self.credentials = credentials
        self.userAgent = userAgent
        self.requestTimeout = requestTimeout
    }

    /// Sends a GET.
    ///
    /// - Parameters:
    ///   - target: Path and query.
    ///   - accept: The media type wanted.
    ///   - limits: How long each part may take.
    ///   - isLongRunning: Whether the answer is a stream that stays open.
    ///   - isPausable: Whether the answer may be of any size, as a list is: see ``TransportRequest/isPausable``.
    /// - Returns: An answer whose status is 200; its body is still to come.
    /// - Throws: ``RequestFailure`` for everything else.
    package func get(
        _ target: String,
        accept: String,
        limits: TimeLimits,
        isLongRunning: Bool = false,
        isPausable: Bool = false
    ) async throws(RequestFailure) -> TransportResponse {
        var request = TransportRequest(url: target, headers: [("Accept", accept)], limits: limits)
        request.isLongRunning = isLongRunning
        request.isPausable = isPausable
        return try await send(request)
    }

    /// Sends an object as JSON and reads the object that the API server answers with.
    ///
    /// - Parameters:
    ///   - method: `POST` to create, `PUT` to replace.
    ///   - target: Path and query.
    ///   - object: The object in JSON.
    ///   - limits: How long each part may take.
    /// - Returns: The object in JSON; the status was 200 or 201.
    /// - Throws: ``RequestFailure`` for everything else: a conflict (409) is ``RequestFailure/refused``.
    package func write(
        _ method: String,
        _ target: String,
        _ object: [UInt8],
        limits: TimeLimits
    ) async throws(RequestFailure) -> [UInt8] {
        let headers = [("Accept", Self.json), ("Content-Type", Self.json)]
        let request = TransportRequest(method: method, url: target, headers: headers, body: object, limits: limits)
        return try await bytes(of: try await send(request), target, limit: 1 << 20)
    }

    /// Adds server, credentials and limits to a request whose URL is path and query, and sends it.
    private func send(_ prepared: TransportRequest) async throws(RequestFailure) -> TransportResponse {
        let authorization: Authorization
        do throws(CredentialError) {
            authorization = try await credentials.authorization()
        } catch {
            throw .credentials(error)
        }
        var request = prepared
        request.url = endpoint.server + prepared.url
        request.headers.append(("User-Agent", userAgent))
        request.bearerToken = authorization.bearerToken
        request.tls = authorization.applied(to: endpoint.tls)
        request.proxy = endpoint.proxy
        if let requestTimeout {
            request.limits = request.limits.shortened(to: requestTimeout, isLongRunning: request.isLongRunning)
        }
        let response: TransportResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            throw .transport(error)
        }
        guard response.head.status == 200 || (response.head.status == 201 && request.body != nil) else {
            throw RequestFailure(
                response.head,
                await Self.start(of: response.body, limit: Self.refusalLimit),
                hiding: authorization.bearerToken
            )
        }
        return response
    }

    /// Asks for something and reads all of it.
    ///
    /// - Parameters:
    ///   - target: Path and query.
    ///   - accept: The media type wanted.
    ///   - limits: How long each part may take.
    ///   - byteLimit: What a larger answer is refused at.
    /// - Returns: The body.
    /// - Throws: ``RequestFailure`` where there is none.
    package func read(
        _ target: String,
        accept: String = Self.json,
        limits: TimeLimits = TimeLimits(total: .seconds(60)),
        byteLimit: Int = 16 << 20
    ) async throws(RequestFailure) -> [UInt8] {
        try await bytes(of: try await get(target, accept: accept, limits: limits), target, limit: byteLimit)
    }

    /// All of a body; refused where it is larger than the limit.
    private func bytes(
        of response: TransportResponse,
        _ target: String,
        limit: Int
    ) async throws(RequestFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var reader = response.body.makeAsyncIterator()
        do throws(TransportError) {
            while let chunk = try await reader.next() {
                bytes += chunk
                if bytes.count > limit { break }
            }
        } catch {
            throw .transport(error)
        }
        guard bytes.count <= limit else { throw .malformed("\(target) answered with over \(limit) bytes") }
        return bytes
    }

    /// The failure without our token, which what an answer says may repeat.
    func withoutToken(_ failure: RequestFailure) async -> RequestFailure {
        switch failure {
        case .refused, .malformed: failure.hiding(try? await credentials.authorization().bearerToken)
        default: failure
        }
    }

    /// Has the credentials read again.
    package func invalidateCredentials() async {
        await credentials.invalidate()
    }

    /// What comes of a body before it ends, breaks, or is long enough.
    private static func start(of body: ResponseBody, limit: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        var reader = body.makeAsyncIterator()
        while bytes.count < limit {
            guard let chunk = try? await reader.next() else { break }
            bytes += chunk
        }
        return bytes
    }
}

extension TimeLimits {
    /// The limits, none above `limit`. A stream that stays open may be quiet, and lasts.
    fileprivate func shortened(to limit: Duration, isLongRunning: Bool) -> TimeLimits {
        TimeLimits(
            connect: min(connect ?? limit, limit),
            head: min(head ?? limit, limit),
            idle: isLongRunning ? idle : min(idle ?? limit, limit),
            total: total
        )
    }
}
