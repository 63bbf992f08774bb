internal import Glibc
internal import Synchronization

/// The credential plugins that run now. Each has a session of its own, so that no signal to us reaches it.
package enum PluginSessions {
    private static let running = Mutex<Set<pid_t>>([])

    /// Counts a plugin until the body has ended.
    static func with<Result>(
        _ session: pid_t,
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        running.withLock { _ = $0.insert(session) }
        defer { running.withLock { _ = $0.remove(session) } }
        return try await body()
    }

    /// Ends all with what they started, as ``PluginRun`` does: by SIGTERM, after a second by SIGKILL. For a program that
    /// is ended by a signal, and can wait for nothing else.
    package static func endAll() {
        var rest = running.withLock { $0 }
        for session in rest { kill(-session, SIGTERM) }
        for _ in 0..<100 {
            rest = rest.filter { kill(-$0, 0) == 0 }
            if rest.isEmpty { return }
            usleep(10_000)
        }
        for session in rest { kill(-session, SIGKILL) }
    }
}
