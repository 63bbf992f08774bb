package import HTTPTransport

/// A transport in memory: hands requests to a simulated cluster, without sockets.
///
/// Hosts are told apart by `host:port`: the plan's API servers and etcd members, and one name for all API servers. Any
/// other host does not resolve. Time limits hold on the clock that is given; without one there are none.
package struct SimulatorTransport: Transport {
    /// The host in front of all API servers, unless another is named.
    package static let defaultHost = "simulator.example:6443"

    private let cluster: SimulatedCluster
    private let endpoints: [String: SimulatedEndpoint]
    /// Sleeps on the clock; nil where no time limit holds.
    private let sleep: (@Sendable (Duration) async throws -> Void)?

    /// Creates a transport without time limits.
    ///
    /// - Parameters:
    ///   - cluster: Who answers.
    ///   - host: `host:port` in front of all API servers.
    package init(cluster: SimulatedCluster, host: String = Self.defaultHost) {
        self.cluster = cluster
        endpoints = Self.endpoints(cluster.plan, host)
        sleep = nil
    }

    /// Creates a transport whose time limits hold on a clock.
    ///
    /// - Parameters:
    ///   - cluster: Who answers.
    ///   - host: `host:port` in front of all API servers.
    ///   - clock: What the limits are measured on.
    package init(cluster: SimulatedCluster, host: String = Self.defaultHost, clock: some Clock<Duration>) {
        self.cluster = cluster
        endpoints = Self.endpoints(cluster.plan, host)
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    private static func endpoints(_ plan: ClusterPlan, _ host: String) -> [String: SimulatedEndpoint] {
        var endpoints: [String: SimulatedEndpoint] = [:]
        for master in 0..<plan.masters {
            endpoints[plan.apiServerAuthority(master)] = .apiServer(master)
            endpoints[plan.etcdAuthority(master)] = .etcd(master)
        }
        endpoints[host] = .loadBalancer
        return endpoints
    }

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let (authority, target) = try Self.split(request.url)
        guard let endpoint = endpoints[authority] else {
            throw .nameResolution(host: authority, reason: "the simulated cluster has no such host")
        }
        var headers = request.headers
        if let token = request.bearerToken { headers.append(("authorization", "Bearer \(token)")) }
        let simulated = SimulatedRequest(
            method: request.method,
            target: target,
            headers: headers,
            body: request.body ?? [],
            endpoint: endpoint
        )
        let cluster = cluster
        let limit = Self.shorter(request.limits.head, request.limits.total)
        let response = try await Self.limited(limit, stage: "head", sleep) { () throws(TransportError) in
            await cluster.respond(to: simulated)
        }
        if Task.isCancelled { throw .cancelled }
        guard let head = response.head else {
            throw .connectionFailed(host: authority, reason: "connection refused")
        }
        return TransportResponse(
            head: ResponseHead(status: head.status, headers: head.headers),
            body: body(response.body, limits: request.limits)
        )
    }

    /// `host:port` and the path with the query of an absolute URL.
    private static func split(_ url: String) throws(TransportError) -> (authority: String, target: String) {
        guard let scheme = url.firstRange(of: "://") else { throw .invalidRequest("no absolute URL: \(url)") }
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = String(rest[..<end])
        if !authority.contains(":") { authority += url.hasPrefix("https") ? ":443" : ":80" }
        let target = rest[end...]
        return (authority, target.hasPrefix("/") ? String(target) : "/" + target)
    }

    private static func shorter(_ first: Duration?, _ second: Duration?) -> Duration? {
        guard let first, let second else { return first ?? second }
        return min(first, second)
    }
}

extension SimulatorTransport {
    private func body(_ body: SimulatedBody, limits: TimeLimits) -> ResponseBody {
        switch body {
        case .bytes(let bytes):
            return ResponseBody {
                let chunks = AsyncStream<[UInt8]> { continuation in
                    if !bytes.isEmpty { continuation.yield(bytes) }
                    continuation.finish()
                }
                return { () async throws(TransportError) -> [UInt8]? in
                    var iterator = chunks.makeAsyncIterator()
                    return await iterator.next()
                }
            }
        case .chunks(let chunks):
            let sleep = sleep
            return ResponseBody {
                { () async throws(TransportError) -> [UInt8]? in
                    try await Self.limited(limits.idle, stage: "idle", sleep) { () throws(TransportError) in
                        try await Self.next(chunks)
                    }
                }
            }
        }
    }

    /// The next chunk. Iterators of one stream share its place, so a new one each time goes on where the last was.
    private static func next(
        _ chunks: AsyncThrowingStream<[UInt8], any Error>
    ) async throws(TransportError) -> [UInt8]? {
        var iterator = chunks.makeAsyncIterator()
        let chunk: [UInt8]?
        do {
            chunk = try await iterator.next()
        } catch {
            throw .connectionLost(reason: "\(error)")
        }
        if chunk == nil, Task.isCancelled { throw .cancelled }
        return chunk
    }

    /// Does something within a time limit; what takes longer is cancelled.
    private static func limited<Value: Sendable>(
        _ limit: Duration?,
        stage: String,
        _ sleep: (@Sendable (Duration) async throws -> Void)?,
        _ work: @escaping @Sendable () async throws(TransportError) -> Value
    ) async throws(TransportError) -> Value {
        guard let limit, let sleep else { return try await work() }
        let result = await withTaskGroup(of: Result<Value, TransportError>?.self) { group in
            group.addTask {
                do throws(TransportError) {
                    return .success(try await work())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await sleep(limit)
                } catch {
                    return nil
                }
                return .failure(.timedOut(stage: stage))
            }
            var first: Result<Value, TransportError>?
            while first == nil, let next = await group.next() { first = next }
            group.cancelAll()
            return first
        }
        guard let result else { throw .cancelled }
        return try result.get()
    }
}
