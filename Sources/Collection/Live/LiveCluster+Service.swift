import ServiceLifecycle

extension LiveCluster: Service {
    /// Reads and asks until the server shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await read() }
    }
}
