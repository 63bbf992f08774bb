import Synchronization

/// The state that a transfer and the reader of its response share: head, unread bytes, and how the transfer ended.
///
/// The transfer's side (`connected`, `receive…`, `finish`) never waits. The reader's side waits for the head, then for
/// bytes. Continuations are resumed after the lock is let go.
final class TransferState: Sendable {
    typealias HeadResult = Result<ResponseHead, TransportError>
    typealias ChunkResult = Result<[UInt8]?, TransportError>

    /// What became of bytes that were received.
    enum Reception {
        /// They are for the reader.
        case taken
        /// They were not taken, because enough is unread: they come again once the transfer was resumed.
        case paused
        /// The transfer is to stop: it was abandoned, or too much is unread.
        case ended
    }

    /// How a body is held back that may be paused.
    struct Pausing: Sendable {
        /// How many bytes are unread when it is paused.
        let limit: Int
        /// Told of the most that were unread.
        let peak: UnreadPeak
        /// Has the transfer go on.
        let onResume: @Sendable () -> Void
    }

    private struct Core {
        var limits: LimitWatch
        var isPaused = false
        var mostUnread = 0
        var head: ResponseHead?
        var unread = UnreadBytes()
        /// Set once: how the transfer ended, success as nil.
        var end: TransportError??
        var headReader: CheckedContinuation<HeadResult, Never>?
        var chunkReader: CheckedContinuation<ChunkResult, Never>?

        /// What a reader gets without waiting: unread bytes, then how the transfer ended; nil where it has to wait.
        mutating func ready() -> ChunkResult? {
            if let chunk = unread.takeFirst() { return .success(chunk) }
            return end.map { end in end.map { .failure($0) } ?? .success(nil) }
        }
    }

    /// Names the transfer.
    let id: UInt64

    private let core: Mutex<Core>
    private let timer: LimitTimer
    private let unreadLimit: Int
    private let onAbandon: @Sendable () -> Void
    private let pausing: Pausing?
    private let isNudging: Bool
    private let onNudge: @Sendable () -> Void

    /// Starts the limits.
    ///
    /// - Parameters:
    ///   - id: Names the transfer.
    ///   - limits: How long each part may take.
    ///   - timer: Notified when the transfer ends; enforces the limits once the transfer is added to it.
    ///   - unreadLimit: How many bytes of the body may are unread.
    ///   - pausing: How the body is paused, instead of ending, where too much of it is unread; nil where it is not.
    ///   - nudge: After so long a quiet in the body `onNudge` is called; nil for never.
    ///   - onNudge: Has the peer send something.
    ///   - onAbandon: Called once where reader or timer end the transfer before it ended itself.
    init(
        id: UInt64,
        limits: TimeLimits,
        timer: LimitTimer,
        unreadLimit: Int,
        pausing: Pausing? = nil,
        nudge: Duration? = nil,
        onNudge: @escaping @Sendable () -> Void = {},
        onAbandon: @escaping @Sendable () -> Void
    ) {
        self.core = Mutex(Core(limits: LimitWatch(limits, nudge: nudge, start: timer.clock.elapsed())))
        self.id = id
        self.timer = timer
        self.unreadLimit = unreadLimit
        self.pausing = pausing
        isNudging = nudge != nil
        self.onNudge = onNudge
        self.onAbandon = onAbandon
    }

    // MARK: The transfer's side

    /// Whether nobody waits for this transfer any more.
    var hasEnded: Bool {
        core.withLock { $0.end != nil }
    }

    /// Whether somebody waits for bytes of the body.
    var isRead: Bool {
        core.withLock { $0.chunkReader != nil }
    }

    /// The connection stands: its time limit is met.
    func connected() {
        core.withLock { $0.limits.connected() }
    }

    /// Hands over the head.
    func receive(head: ResponseHead) {
        let now = timer.clock.elapsed()
        let reader = core.withLock { core -> CheckedContinuation<HeadResult, Never>? in
            guard core.end == nil else { return nil }
            core.limits.arrived(at: now)
            if head.isRefusal { core.limits.refused(at: now) }
            core.head = head
            return core.headReader.take()
        }
        reader?.resume(returning: .success(head))
        // A nudge, or the end of a refusal, may be due long before any limit that the timer knows of.
        if isNudging || head.isRefusal { timer.add(self) }
    }

    /// Takes in bytes of the body; who waits for them gets them by ``deliver()``.
    ///
    /// - Returns: What became of them.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        let now = timer.clock.elapsed()
        var isOverrun = false
        let reception = core.withLock { core -> Reception in
            if core.end != nil { return .ended }
            core.limits.arrived(at: now)
            let count = core.unread.count + bytes.count
            if let pausing {
                if !core.unread.isEmpty, count > pausing.limit {
                    core.isPaused = true
                    core.limits.paused()
                    return .paused
                }
            } else if core.chunkReader == nil, count > unreadLimit {
                // What a waiting reader is about to get does not are unread.
                isOverrun = true
                return .ended
            }
            core.unread.append(bytes)
            core.mostUnread = max(core.mostUnread, count)
            return .taken
        }
        if isOverrun {
            finish(.overrun)
        }
        return reception
    }

    /// Has a paused transfer go on where enough was read.
    private func resumeIfRead() {
        guard let pausing else { return }
        let isResumed = core.withLock { core in
            guard core.isPaused, core.end == nil, core.unread.count <= pausing.limit / 2 else { return false }
            core.isPaused = false
            core.limits.resumed(at: timer.clock.elapsed())
            return true
        }
        if isResumed { pausing.onResume() }
    }

    /// Hands unread bytes to a reader that waits. Once for many calls of ``receive(_:)``: waking a reader costs more
    /// than copying some TLS records.
    func deliver() {
        let delivery = core.withLock { core -> (CheckedContinuation<ChunkResult, Never>, [UInt8])? in
            guard core.chunkReader != nil, let chunk = core.unread.takeFirst() else { return nil }
            return core.chunkReader.take().map { ($0, chunk) }
        }
        if let (reader, chunk) = delivery {
            reader.resume(returning: .success(chunk))
            resumeIfRead()
        }
    }

    /// The transfer has ended by itself, with an error or, as nil, in full. Later ends are ignored.
    func finish(_ error: TransportError?) {
        end(error)
    }

    // MARK: The reader's side

    /// Ends the transfer where a limit has passed; nudges the peer where it is time to.
    func expire(at now: Duration) {
        let (stage, isNudge) = core.withLock { core -> (String?, Bool) in
            guard core.end == nil else { return (nil, false) }
            return (core.limits.expiredStage(at: now), core.limits.takeNudge(at: now))
        }
        if let stage {
            abandon(.timedOut(stage: stage))
        } else if isNudge {
            onNudge()
        }
    }

    /// When to look again; nil where nothing can expire.
    func nextWake(at now: Duration) -> Duration? {
        core.withLock { $0.end == nil ? $0.limits.nextWake(at: now) : nil }
    }

    /// Waits for the head.
    ///
    /// - Throws: How the transfer ended without one; `.cancelled` when the task is cancelled.
    func awaitHead() async throws(TransportError) -> ResponseHead {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (reader: CheckedContinuation<HeadResult, Never>) in
                let ready = core.withLock { core -> HeadResult? in
                    if let head = core.head { return .success(head) }
                    if let end = core.end { return .failure(end ?? .connectionLost(reason: "no response head")) }
                    core.headReader = reader
                    return nil
                }
                if let ready {
                    reader.resume(returning: ready)
                }
            }
        } onCancel: {
            abandon(.cancelled)
        }
        return try result.get()
    }

    /// Waits for bytes of the body: some that are unread, or the next to arrive.
    ///
    /// - Returns: The bytes, nil at the end of the body.
    /// - Throws: How the transfer broke; `.cancelled` when the task is cancelled.
    func nextChunk() async throws(TransportError) -> [UInt8]? {
        // As a rule something is there: without a continuation then.
        if !Task.isCancelled, let ready = core.withLock({ $0.ready() }) {
            resumeIfRead()
            return try ready.get()
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (reader: CheckedContinuation<ChunkResult, Never>) in
                let ready = core.withLock { core -> ChunkResult? in
                    if let ready = core.ready() { return ready }
                    if core.chunkReader != nil {
                        return .failure(.invalidRequest("a response body has one reader; a second one waits"))
                    }
                    core.chunkReader = reader
                    return nil
                }
                if let ready {
                    reader.resume(returning: ready)
                }
            }
        } onCancel: {
            abandon(.cancelled)
        }
        resumeIfRead()
        return try result.get()
    }

    /// Ends the transfer from the reader's side.
    func abandon(_ error: TransportError) {
        if end(error) {
            onAbandon()
        }
    }

    @discardableResult
    private func end(_ error: TransportError?) -> Bool {
        var headReader: CheckedContinuation<HeadResult, Never>?
        var chunkReader: CheckedContinuation<ChunkResult, Never>?
        var chunk: [UInt8]?
        let isFirst = core.withLock { core in
            // What arrived before a cut is still good; after a cancellation or an overrun nobody wants it, and a body
            // that was complete no longer is.
            if error == .cancelled || error == .overrun {
                if !core.unread.isEmpty, case .some(.none) = core.end {
                    core.end = .some(error)
                }
                core.unread.removeAll()
            }
            guard core.end == nil else { return false }
            core.end = .some(error)
            // Before the reader can see the end.
            pausing?.peak.note(core.mostUnread)
            headReader = core.headReader.take()
            chunkReader = core.chunkReader.take()
            if chunkReader != nil { chunk = core.unread.takeFirst() }
            return true
        }
        if isFirst {
            timer.remove(id)
        }
        headReader?.resume(returning: .failure(error ?? .connectionLost(reason: "no response head")))
        chunkReader?.resume(returning: chunk.map { .success($0) } ?? error.map { .failure($0) } ?? .success(nil))
        return isFirst
    }
}
