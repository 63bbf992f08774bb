import Synchronization

/// Ends work that runs beside others in a task group, whose children cannot be cancelled one by one.
final class Stopper: Sendable {
    private struct Core {
        var isStopped = false
        var nextID = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Work that has ended and that is still being waited for.
        var ended: Set<Int> = []
    }

    private let core = Mutex(Core())

    /// Cancels the work, also what is only begun later.
    func stop() {
        let waiting = core.withLock { core in
            core.isStopped = true
            defer { core.waiting = [:] }
            return core.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Does the work until it ends or is stopped.
    func run(_ work: @escaping @Sendable () async -> Void) async {
        let id = core.withLock { core in
            core.nextID += 1
            return core.nextID
        }
        // The work in a child, which can be cancelled; this task waits itself, since each task takes 2 KB.
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await work()
                self.end(id)
            }
            await self.wait(id)
            group.cancelAll()
        }
        _ = core.withLock { $0.ended.remove(id) }
    }

    /// Returns when that work has ended, is stopped or cancelled.
    private func wait(_ id: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isOver = core.withLock { core in
                    // Asked for with the lock held: a cancellation from now on finds the continuation.
                    if core.isStopped || core.ended.contains(id) || Task.isCancelled { return true }
                    core.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            core.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }

    private func end(_ id: Int) {
        let waiting = core.withLock { core in
            core.ended.insert(id)
            return core.waiting.removeValue(forKey: id)
        }
        waiting?.resume()
    }
}
