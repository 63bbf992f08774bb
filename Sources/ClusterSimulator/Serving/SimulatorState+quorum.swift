import Glibc

/// What API servers answer while etcd has no quorum, as a 1.36 one was recorded: `/readyz` goes on, `/livez` fails after
/// 2 s, watches that are open stay open and quiet.
extension SimulatorState {
    /// How long the API server lets a request take: `--request-timeout` of kube-apiserver, 60 s.
    private static let requestLimit = Duration.seconds(60)

    /// The answer to a request for a resource.
    ///
    /// A new watch gets 429, since the watch cache is being initialized (`Cacher.Watch` in apiserver/pkg/storage/cacher).
    /// All else waits for etcd: reads and writes get 504 once the time is up (`timeoutHandler` in
    /// apiserver/pkg/server/filters/timeout.go). Where the head of a list has gone out by then that handler resets the
    /// stream instead, which over HTTP/2 is INTERNAL_ERROR: here every second list of a resource.
    ///
    /// - Parameters:
    ///   - resource: What is asked for.
    ///   - verb: `get`, `list`, `watch` …
    ///   - request: The request.
    ///   - type: What the client accepts.
    ///   - lostAt: Since when there is no quorum, on the cluster's time.
    /// - Returns: The answer, or until when it waits.
    mutating func withoutQuorum(
        _ resource: SimulatedResource,
        _ verb: String,
        _ request: SimulatedRequest,
        _ type: MediaType,
        since lostAt: Duration
    ) -> Answer {
        guard verb != "watch" else {
            let status = APIStatus.initializing(retryAfter: Self.retryAfter(downtime: cluster.now - lostAt))
            return failure(status, type)
        }
        let limit = request.arrivedAt + Self.requestLimit
        guard cluster.now >= limit else { return .wait(until: limit) }
        guard verb == "list" else { return timedOut() }
        timedOutLists[resource, default: 0] += 1
        guard timedOutLists[resource, default: 0] % 2 == 0 else { return timedOut() }
        let (chunks, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        continuation.finish(throwing: SimulatedConnectionCut())
        return .response(
            SimulatedResponse(head: head(200, resource.isCustom ? .json : .protobuf), body: .chunks(chunks))
        )
    }

    /// Seconds after which a watch may be tried again: `calculateRetryAfterForUnreadyCache` in
    /// apiserver/pkg/storage/cacher, e^(0.06 t) between 1 and 30.
    private static func retryAfter(downtime: Duration) -> Int64 {
        let (seconds, attoseconds) = downtime.components
        return Int64(min(30, max(1, exp(0.06 * (Double(seconds) + Double(attoseconds) * 1e-18)))))
    }
}
