import ClusterState
import ControlPlaneProbes
import KubernetesClient

extension LiveCluster {
    /// Between two looks at whether everything has been read.
    private static let lookInterval = Duration.milliseconds(50)

    /// Reads everything once, asks the control plane once, and runs the body over what is known then, as a report in a
    /// pipeline needs it. Instead of ``read()``, and once only.
    ///
    /// Everything that may be read is waited for, up to the limit: a server that is busy, or a connection that breaks,
    /// passes. Where all that was asked has failed and nothing came, there is nothing to wait for.
    ///
    /// - Parameters:
    ///   - limit: How long is waited.
    ///   - body: What is to be done with what is known.
    /// - Returns: What the body returns; nil where nothing could be read.
    package func readOnce<Value: Sendable>(
        within limit: Duration,
        _ body: @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await reader.run() }
            defer { group.cancelAll() }
            let awaited = reader.sources + [.version]
            let start = clock.uptime()
            var wait = await store.initialWait(for: awaited)
            while wait == .some, clock.uptime() - start < limit {
                do { try await clock.sleep(Self.lookInterval) } catch { return nil }
                wait = await store.initialWait(for: awaited)
            }
            guard await store.hasReadAny(of: reader.sources) else { return nil }
            // Whom to ask is known now that the lists have ended, so that one round is enough.
            var instances = APIServerInstances()
            var outcome = ProbeOutcome()
            await probe(&instances, &outcome)
            await store.setProbes(outcome)
            return await body()
        }
    }

    /// Why nothing could be read, in a line; nil where nothing has failed.
    package var firstProblem: String? {
        get async { await store.firstProblem(of: reader.sources) }
    }
}
