package import ClusterState

extension ClusterStore {
    /// Returns once each of the sources has been read, or is one that readiness does not wait for; at once where the task
    /// is cancelled.
    package func untilRead(_ sources: [Source]) async {
        let number = nextReading()
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                // The store's own turn lasts from here to where the waiter is kept: no change comes between.
                if Task.isCancelled || isRead(sources) { return continuation.resume() }
                waiters[number] = (sources, continuation)
            }
        } onCancel: {
            Task { await self.endWaiting(number) }
        }
    }

    /// Resumes who has nothing left to wait for.
    func resumeWaiters() {
        guard !waiters.isEmpty else { return }
        for (number, waiter) in waiters where isRead(waiter.sources) {
            waiters[number] = nil
            waiter.continuation.resume()
        }
    }

    private func endWaiting(_ number: Int) {
        waiters.removeValue(forKey: number)?.continuation.resume()
    }

    private func isRead(_ sources: [Source]) -> Bool {
        !sources.contains { source in
            // How probes are to be judged shows in a collection only, with all else that is known then.
            switch source {
            case .apiserver: probes.apiServer == nil
            case .etcd: probes.etcd == nil
            default: state.status(of: source).isAwaited(of: source)
            }
        }
    }
}
