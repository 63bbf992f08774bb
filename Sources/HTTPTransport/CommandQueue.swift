import CCurl
import Synchronization

/// A command from another thread to the transport's thread.
enum Command: Sendable {
    /// Begin a transfer.
    case start(PendingTransfer)
    /// End a transfer whose reader is gone; unknown where it has ended by itself.
    case cancel(UInt64)
    /// Resume a transfer that was paused.
    case resume(UInt64)
    /// Make the peer of a transfer send something on its connection, by a request whose answer is ignored.
    case nudge(UInt64)
    /// End all transfers of a group: its peer does not answer.
    case retire(group: UInt64)
}

/// A request on its way to the transport's thread.
struct PendingTransfer: Sendable {
    /// Names the transfer in commands.
    let id: UInt64
    /// What to send.
    let request: TransportRequest
    /// Where to.
    let target: RequestTarget
    /// Where head and body go.
    let state: TransferState
    /// The group to use, where this is the check of one.
    var group: UInt64?
    /// How often the transfer was moved to another group before anything was sent.
    var moves = 0
}

/// The multi handle as other threads see it.
///
/// `@unchecked Sendable`, the only one of the target, because a pointer is not: the sole call made with it off the
/// transport's thread is `curl_multi_wakeup`, which libcurl documents as safe from any thread, and only under the
/// queue's lock, where ``CommandQueue/close()`` takes the pointer away before the handle is freed.
struct WakeHandle: @unchecked Sendable {
    /// The `CURLM`.
    let multi: UnsafeMutableRawPointer
}

/// Commands for the transport's thread, in order. It is the only value that this thread shares with others.
final class CommandQueue: Sendable {
    fileprivate struct State {
        var commands: [Command] = []
        var handle: WakeHandle?
        var lastID: UInt64 = 0
        var isStopRequested = false
        var isClosed = false
        var failure: String?
        var closeWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// A number no transfer or group of this transport has had.
    func makeID() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    /// Adds a command and wakes the thread. After ``close()`` a start fails at once and other commands are ignored.
    func append(_ command: Command) {
        let isClosed = state.withLock { state in
            guard !state.isClosed else { return true }
            state.commands.append(command)
            state.wake()
            return false
        }
        if isClosed, case .start(let pending) = command {
            pending.state.finish(closedError(for: pending))
        }
    }

    /// Asks the thread to end all transfers and itself.
    func requestStop() {
        state.withLock { state in
            state.isStopRequested = true
            state.wake()
        }
    }

    /// Returns once the thread has freed everything.
    func waitUntilClosed() async {
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.closeWaiters.append(waiter) }
                return state.isClosed
            }
            if isClosed { waiter.resume() }
        }
    }

    // MARK: The thread's side

    /// Lets ``append(_:)`` wake the thread from here on.
    func open(_ handle: WakeHandle) {
        state.withLock { $0.handle = handle }
    }

    /// All commands since the last call; nil where the thread is to stop.
    func take() -> [Command]? {
        state.withLock { state in
            guard !state.isStopRequested else { return nil }
            var commands: [Command] = []
            swap(&commands, &state.commands)
            return commands
        }
    }

    /// Ends the queue: the multi handle may be freed afterwards, and commands still waiting are answered.
    func close(failure: String? = nil) {
        let commands = state.withLock { state in
            state.handle = nil
            state.isClosed = true
            state.failure = failure
            var commands: [Command] = []
            swap(&commands, &state.commands)
            return commands
        }
        for case .start(let pending) in commands {
            pending.state.finish(closedError(for: pending))
        }
    }

    /// Resumes those who wait for the end; called when all is freed.
    func announceClosed() {
        let waiters = state.withLock { state in
            var waiters: [CheckedContinuation<Void, Never>] = []
            swap(&waiters, &state.closeWaiters)
            return waiters
        }
        for waiter in waiters {
            waiter.resume()
        }
    }

    private func closedError(for pending: PendingTransfer) -> TransportError {
        if let failure = state.withLock({ $0.failure }) {
            return .connectionFailed(host: pending.target.authority, reason: failure)
        }
        return .cancelled
    }
}

extension CommandQueue.State {
    fileprivate func wake() {
        if let handle {
            curl_multi_wakeup(handle.multi)
        }
    }
}
