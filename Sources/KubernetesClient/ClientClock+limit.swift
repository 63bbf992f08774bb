extension ClientClock {
    /// Does the work, cancelled after the limit.
    ///
    /// - Parameters:
    ///   - limit: How long it may take.
    ///   - work: Returns soon when cancelled.
    package func limit(_ limit: Duration, _ work: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await work() }
            group.addTask { [sleep] in try? await sleep(limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
