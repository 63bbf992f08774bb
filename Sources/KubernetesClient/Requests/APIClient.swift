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

    /// Asks for something.
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
        let authorization: Authorization
        do throws(CredentialError) {
            authorization = try await credentials.authorization()
        } catch {
            throw .credentials(error)
        }
        let request = TransportRequest(
            url: endpoint.server + target,
            headers: [("Accept", accept), ("User-Agent", userAgent)],
            bearerToken: authorization.bearerToken,
            tls: authorization.applied(to: endpoint.tls),
            proxy: endpoint.proxy,
            limits: requestTimeout.map { limits.shortened(to: $0, isLongRunning: isLongRunning) } ?? limits,
            isLongRunning: isLongRunning,
            isPausable: isPausable
        )
        let response: TransportResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            throw .transport(error)
        }
        guard response.head.status == 200 else {
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
        let response = try await get(target, accept: accept, limits: limits)
        var bytes: [UInt8] = []
        var reader = response.body.makeAsyncIterator()
        do throws(TransportError) {
            while let chunk = try await reader.next() {
                bytes += chunk
                if bytes.count > byteLimit { break }
            }
        } catch {
            throw .transport(error)
        }
        guard bytes.count <= byteLimit else { throw .malformed("\(target) answered with over \(byteLimit) bytes") }
        return bytes
    }

    /// The failure without our token, which what an answer says may repeat.
    func withoutToken(_ failure: RequestFailure) async -> RequestFailure {
        switch failure {
        case .refused, .malformed: failure.hiding(try? await credentials.authorization().bearerToken)
        default: failure
        }
    }

    /// Has the credentials read anew.
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
