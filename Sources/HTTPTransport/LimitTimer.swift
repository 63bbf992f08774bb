import Synchronization

/// Enforces the time limits of all transfers of a transport, with one sleeping task.
///
/// Not one task a transfer: a sleep that is cancelled keeps its place in the system's timers until its deadline, and
/// nearly every transfer ends long before its limits.
final class LimitTimer: Sendable {
    private struct Core {
        var states: [UInt64: TransferState] = [:]
        var wake: Duration?
        var task: Task<Void, Never>?
    }

    /// What the limits run on.
    let clock: TransportClock
    private let core = Mutex(Core())

    /// Creates a timer without transfers.
    init(clock: TransportClock) {
        self.clock = clock
    }

    deinit {
        core.withLock { $0.task }?.cancel()
    }

    /// Enforces the limits of a transfer until it ends.
    func add(_ state: TransferState) {
        guard let wake = state.nextWake(at: clock.elapsed()) else { return }
        core.withLock { core in
            core.states[state.id] = state
            arm(&core, for: wake)
        }
        // It may have ended before it was added.
        if state.hasEnded {
            remove(state.id)
        }
    }

    /// A transfer has ended.
    func remove(_ id: UInt64) {
        // Let go outside the lock: the last reference may run code of the reader.
        let state = core.withLock { $0.states.removeValue(forKey: id) }
        withExtendedLifetime(state) {}
    }

    private func arm(_ core: inout Core, for wake: Duration) {
        if let current = core.wake, current <= wake { return }
        core.task?.cancel()
        core.wake = wake
        core.task = Task { [weak self, clock] in
            do { try await clock.sleep(wake) } catch { return }
            self?.fire()
        }
    }

    private func fire() {
        let now = clock.elapsed()
        let states = core.withLock { core in
            core.wake = nil
            core.task = nil
            return Array(core.states.values)
        }
        for state in states {
            state.expire(at: now)
        }
        guard let next = states.compactMap({ $0.nextWake(at: now) }).min() else { return }
        core.withLock { arm(&$0, for: next) }
    }
}
