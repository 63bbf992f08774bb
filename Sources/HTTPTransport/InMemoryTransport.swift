/// A ``Transport`` without sockets: calls a request handler and hands its response through.
///
/// Time limits run on the given clock as they do over the network, except `connect`, since there is nothing to connect
/// to. The handler and its body must return when their task is cancelled: that is how a limit or the reader ends them.
/// Nothing is buffered here: the body is asked for a chunk when the reader asks, so nothing overruns.
package struct InMemoryTransport: Transport {
    /// Answers one request.
    package typealias Handler = @Sendable (TransportRequest) async throws(TransportError) -> TransportResponse

    private let clock: TransportClock
    private let handler: Handler

    /// Creates a transport over a handler.
    package init(clock: any Clock<Duration> = ContinuousClock(), handler: @escaping Handler) {
        self.clock = TransportClock(clock)
        self.handler = handler
    }

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let clock = clock
        let handler = handler
        let limits = request.limits
        let start = clock.elapsed()
        let watch = LimitWatch(
            TimeLimits(connect: nil, head: limits.head, idle: nil, total: limits.total),
            start: start
        )
        let response = try await Self.run(within: watch, on: clock) { () async throws(TransportError) in
            try await handler(request)
        }
        let body = response.body
        let idle = TimeLimits(connect: nil, head: nil, idle: limits.idle, total: limits.total)
        let refusedAt = response.head.isRefusal ? clock.elapsed() : nil
        let limited = ResponseBody {
            let reader = body.makeSharedReader()
            return { () async throws(TransportError) in
                var watch = LimitWatch(idle, start: start)
                watch.arrived(at: clock.elapsed())
                if let refusedAt { watch.refused(at: refusedAt) }
                return try await Self.run(within: watch, on: clock, reader)
            }
        }
        return TransportResponse(head: response.head, body: limited)
    }

    /// Runs `operation` against the limits: whichever ends first wins, the other is cancelled.
    private static func run<Value: Sendable>(
        within watch: LimitWatch,
        on clock: TransportClock,
        _ operation: @escaping @Sendable () async throws(TransportError) -> Value
    ) async throws(TransportError) -> Value {
        guard !Task.isCancelled else { throw .cancelled }
        guard let deadline = watch.nextWake(at: clock.elapsed()) else { return try await operation() }
        let result = await withTaskGroup(of: Result<Value, TransportError>.self) { group in
            group.addTask {
                do throws(TransportError) { return .success(try await operation()) } catch { return .failure(error) }
            }
            group.addTask {
                do { try await clock.sleep(deadline) } catch { return .failure(.cancelled) }
                return .failure(.timedOut(stage: watch.expiredStage(at: deadline) ?? "total"))
            }
            let first = await group.next() ?? .failure(.cancelled)
            group.cancelAll()
            return first
        }
        return try result.get()
    }
}

extension ResponseBody {
    /// The reader as a closure that may be called from a child task, one call at a time.
    fileprivate func makeSharedReader() -> @Sendable () async throws(TransportError) -> [UInt8]? {
        makeAsyncIterator().nextChunk
    }
}
