package import ClusterState
package import HASignals

/// Who owns what is known of a cluster, and lends it for the time of a collection.
package protocol SignalSource: Sendable {
    /// Advances the observations and runs the body over what is known then.
    ///
    /// The body runs where the state is kept: in an actor that decodes into it, on that actor, so that nothing is copied
    /// and nothing changes meanwhile. The body must not keep the context.
    ///
    /// - Parameters:
    ///   - settings: What the operator says of the cluster.
    ///   - now: Wall time.
    ///   - uptime: Monotonic time, for everything that is "seen".
    ///   - body: The collection.
    /// - Returns: What the body returned.
    func withContext<Result: Sendable>(
        _ settings: SignalSettings,
        now: Timestamp,
        uptime: Duration,
        _ body: @Sendable (CollectionContext) -> Result
    ) async -> Result

    /// Keeps in mind that the control plane was seen not to write, until a lease is seen to change: see
    /// ``Observations/freeze()``.
    func freeze() async

    /// Sets what was measured of outages back to nothing: see ``Observations/restartOutages()``.
    func restartOutages() async

    /// Confirms what is known after a time in which the process did not run: asks the control plane, has every source
    /// read on, and takes those that are not heard of yet for failing. Returns when the control plane was asked.
    func recoverFromGap() async

    /// Returns once each of the sources has been answered for the first time, whatever the answer; at once where that is
    /// so, and where the task is cancelled.
    func untilAnswered(_ sources: [Source]) async

    /// Returns once the answers of the control plane differ from those of the last collection in who serves and who is
    /// healthy, and where the task is cancelled.
    func untilProbesDiffer() async

    /// Returns once each of the sources has been read, or is one that readiness does not wait for; at once where that is
    /// so, and where the task is cancelled.
    func untilRead(_ sources: [Source]) async
}

extension SignalSource {
    /// Does nothing: what does not change thaws nothing.
    package func freeze() async {}

    /// Does nothing: what does not change goes out once at most.
    package func restartOutages() async {}

    /// Does nothing: what is not read does not age.
    package func recoverFromGap() async {}

    /// Returns at once.
    package func untilAnswered(_ sources: [Source]) async {}

    /// Returns where the task is cancelled.
    package func untilProbesDiffer() async {
        let (never, _) = AsyncStream<Void>.makeStream()
        for await _ in never {}
    }
}
