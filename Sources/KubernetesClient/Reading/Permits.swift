import Synchronization

/// A number of permits, handed out in the order in which they are asked for.
final class Permits: Sendable {
    private struct Core {
        var free: Int
        var nextID = 0
        var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        /// Cancelled before they began to wait.
        var cancelled: Set<Int> = []
    }

    private let core: Mutex<Core>

    /// So many permits.
    init(_ count: Int) {
        core = Mutex(Core(free: count))
    }

    /// Waits for a permit. It goes back when nobody holds it any more.
    ///
    /// - Returns: nil where the task was cancelled first.
    func acquire() async -> Permit? {
        let id = core.withLock { core in
            core.nextID += 1
            return core.nextID
        }
        let isGranted = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let answer: Bool? = core.withLock { core in
                    if core.cancelled.remove(id) != nil { return false }
                    if core.free > 0 {
                        core.free -= 1
                        return true
                    }
                    core.waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation = core.withLock { core -> CheckedContinuation<Bool, Never>? in
                guard let index = core.waiting.firstIndex(where: { $0.id == id }) else {
                    core.cancelled.insert(id)
                    return nil
                }
                return core.waiting.remove(at: index).continuation
            }
            continuation?.resume(returning: false)
        }
        // A cancellation that came too late leaves its mark: nobody asks with this id again.
        core.withLock { core in _ = core.cancelled.remove(id) }
        return isGranted ? Permit(self) : nil
    }

    /// Whether somebody waits for a permit.
    var isContended: Bool { core.withLock { !$0.waiting.isEmpty } }

    fileprivate func release() {
        let next = core.withLock { core -> CheckedContinuation<Bool, Never>? in
            guard !core.waiting.isEmpty else {
                core.free += 1
                return nil
            }
            return core.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}

/// One permit; given back with its last reference.
final class Permit: Sendable {
    private let permits: Permits

    fileprivate init(_ permits: Permits) {
        self.permits = permits
    }

    deinit {
        permits.release()
    }
}
