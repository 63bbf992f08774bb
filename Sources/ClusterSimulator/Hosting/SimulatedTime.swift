import ServiceLifecycle

/// Lets a simulated cluster's time pass as real time does, until the program shuts down.
package struct SimulatedTime: Service {
    private let cluster: SimulatedCluster

    /// Creates the service; the plan's `startTime` is to be the time of now.
    package init(_ cluster: SimulatedCluster) {
        self.cluster = cluster
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await cluster.run(clock: .continuous) }
        } catch is CancellationError {
            // The end of the program is the end of time.
        }
    }
}
