package import ClusterState
import Synchronization

extension ClusterStore {
    /// Looked at whenever a source or the answers of the control plane may have changed.
    typealias Condition = @Sendable (isolated ClusterStore) -> Bool

    /// Returns once the condition is met; at once where it is, or where the task is cancelled.
    private func until(_ isMet: @escaping Condition) async {
        let waiter = Waiter(isMet)
        let number = nextReading()
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                // The store's own turn lasts from here to where the waiter is kept: no change comes between.
                if isMet(self) { return continuation.resume() }
                waiters[number] = waiter
                waiter.begin(continuation)
            }
        } onCancel: {
            waiter.end()
        }
        waiters[number] = nil
    }

    /// Resumes who has nothing left to wait for.
    func resumeWaiters() {
        guard !waiters.isEmpty else { return }
        for (number, waiter) in waiters where waiter.condition(self) {
            waiters[number] = nil
            waiter.end()
        }
    }

    /// Somebody who waits for a condition.
    final class Waiter: Sendable {
        private enum State {
            case new, ended
            case waiting(CheckedContinuation<Void, Never>)
        }

        let condition: Condition
        private let state = Mutex(State.new)

        init(_ condition: @escaping Condition) {
            self.condition = condition
        }

        /// Begins to wait; ends at once where the end came first.
        func begin(_ continuation: CheckedContinuation<Void, Never>) {
            let hasEnded = state.withLock { state in
                if case .ended = state { return true }
                state = .waiting(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }

        /// Ends the wait, from whichever thread.
        func end() {
            let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
                defer { state = .ended }
                guard case .waiting(let continuation) = state else { return nil }
                return continuation
            }
            continuation?.resume()
        }
    }

    private func isRead(_ source: Source) -> Bool {
        // How probes are to be judged shows in a collection only, with all else that is known then.
        switch source {
        case .apiserver: probes.apiServer != nil
        case .etcd: probes.etcd != nil
        default: !state.status(of: source).isAwaited(of: source)
        }
    }

    // MARK: What is waited for

    /// Returns once each of the sources has been read, or is one that readiness does not wait for; at once where the task
    /// is cancelled.
    package func untilRead(_ sources: [Source]) async {
        await until { store in sources.allSatisfy { store.isRead($0) } }
    }

    /// Returns once each of the sources has been answered, be it by a failure, or is one that readiness does not wait for;
    /// at once where the task is cancelled.
    package func untilAnswered(_ sources: [Source]) async {
        await until { store in sources.allSatisfy { store.isRead($0) || store.tracks[$0]?.problem != nil } }
    }

    /// Returns once a round of probes has come that was begun at that time or later.
    package func untilProbed(since begin: Duration) async {
        await until { store in store.probes.beganAt.map { $0 >= begin } ?? false }
    }

    /// Returns once another round of probes is wanted before its time.
    package func untilProbesAreWanted() async {
        await until { $0.areProbesWanted }
    }

    /// Returns once a round of probes has come that differs, in who serves and who is healthy, from what the last
    /// collection saw.
    package func untilProbesDiffer() async {
        await until { store in store.collectedHealth.map { $0 != store.probes.results.health } ?? false }
    }

    /// Returns once there was a gap after that time; nil for any.
    func untilGap(after time: Duration?) async {
        await until { store in store.gapAt != nil && store.gapAt != time }
    }
}
