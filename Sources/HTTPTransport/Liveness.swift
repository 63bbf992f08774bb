/// The check of a quiet connection: a small request whose answer shows that the peer still works.
///
/// TCP keep-alive finds a dead host; only an answer finds a process that has stopped. Any status is an answer.
struct Liveness: Sendable {
    /// How often.
    let interval: Duration
    /// How long the answer may take.
    let timeout: Duration
    /// What both run on.
    let timer: LimitTimer
    /// Where the checks go.
    let queue: CommandQueue

    /// Begins checking a group.
    ///
    /// - Parameters:
    ///   - group: The group.
    ///   - request: The long-running request whose peer, credentials and TLS options the check shares.
    ///   - target: Where that went.
    /// - Returns: The task; cancel it when no long-running request is open any more.
    func watch(group: UInt64, like request: TransportRequest, target: RequestTarget) -> Task<Void, Never> {
        let clock = timer.clock
        return Task {
            while true {
                do { try await clock.sleep(clock.elapsed() + interval) } catch { return }
                if await isUnanswered(like: request, target: target, group: group) {
                    queue.append(.retire(group: group))
                    return
                }
            }
        }
    }

    /// Has the peer send something on the connection of a group, with a check whose outcome does not matter.
    ///
    /// libcurl 7.88 can leave the end of a stream with nghttp2, where another stream has read it and the last frame was
    /// larger than the room there was for it: nghttp2 goes on only when bytes arrive on that connection.
    func nudge(group: UInt64, like request: TransportRequest, target: RequestTarget) {
        Task { _ = await isUnanswered(like: request, target: target, group: group) }
    }

    /// Whether the check was not answered in time. A refused new connection says nothing about open streams.
    private func isUnanswered(like request: TransportRequest, target: RequestTarget, group: UInt64) async -> Bool {
        var check = request
        check.method = "GET"
        check.body = nil
        check.headers = request.headers.filter { $0.name.lowercased() == "user-agent" }
        check.isLongRunning = false
        check.limits = TimeLimits(connect: nil, head: nil, idle: nil, total: timeout)
        let id = queue.makeID()
        let state = TransferState(id: id, limits: check.limits, timer: timer, unreadLimit: 1 << 20) { [queue] in
            queue.append(.cancel(id))
        }
        let target = target.with(path: "/version")
        queue.append(.start(PendingTransfer(id: id, request: check, target: target, state: state, group: group)))
        timer.add(state)
        defer { state.abandon(.cancelled) }
        do throws(TransportError) {
            _ = try await state.awaitHead()
            while try await state.nextChunk() != nil {}
            return false
        } catch {
            if case .timedOut = error { return true }
            return false
        }
    }
}
