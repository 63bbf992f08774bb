package import ControlPlaneProbes
package import KubernetesClient

/// Records a live cluster once. The answers of its API server and of probes go in; a folder that `report --from` and
/// `serve --from` read comes out. With redaction it keeps only the fields that the exporter reads.
///
/// Every selected resource is listed page by page, and the bytes of the pages are joined: objects pass by one after the
/// other, none is kept, and the memory that it takes is that of an answer in flight. Secrets are never asked for: there
/// is no such resource among those that are read. What objects hold beside, such as environment variables, is in the
/// recording unless ``CaptureSettings/isRedacted``; the files are readable by their owner alone.
package struct ClusterCapture: Sendable {
    let client: APIClient
    let server: String
    let prober: ControlPlaneProber
    let settings: CaptureSettings
    let clock: ClientClock
    let seed: UInt64
    let progress: @Sendable (CapturedSource) -> Void

    /// Creates a capture.
    ///
    /// - Parameters:
    ///   - client: Where the API server is.
    ///   - server: What it is called in errors.
    ///   - prober: Asks the instances of the control plane.
    ///   - settings: What is captured.
    ///   - clock: The clocks.
    ///   - seed: For jitter.
    ///   - progress: Called whenever the progress of a source changes; for the last time when it has a state.
    package init(
        client: APIClient,
        server: String,
        prober: ControlPlaneProber,
        settings: CaptureSettings,
        clock: ClientClock,
        seed: UInt64,
        progress: @escaping @Sendable (CapturedSource) -> Void = { _ in }
    ) {
        self.client = client
        self.server = server
        self.prober = prober
        self.settings = settings
        self.clock = clock
        self.seed = seed
        self.progress = progress
    }

    /// Records the cluster.
    ///
    /// - Parameter path: The folder, which is empty or not there yet. It is not there afterwards either, or as empty as
    ///   it was, where this throws.
    /// - Returns: What came of each source.
    /// - Throws: ``CaptureError`` where there is no recording.
    package func run(into path: String) async throws(CaptureError) -> CaptureResult {
        let lists = CapturedList.all(settings.selection)
        guard lists.contains(where: { !$0.scopes.isEmpty }) else { throw .nothingSelected }
        try CaptureFolder.check(path)
        var retryPolicy = RetryPolicy(seed: seed)
        let served = try await discover(&retryPolicy)
        let folder = try CaptureFolder(creating: path)
        do throws(CaptureError) {
            return try await CaptureRun(self, folder, retryPolicy).run(lists, served)
        } catch {
            folder.discard()
            throw error
        }
    }

    /// What the API serves; nil where that cannot be learned, while the server answers: what is not there says 404.
    private func discover(_ retryPolicy: inout RetryPolicy) async throws(CaptureError) -> Set<String>? {
        let discovery = Discovery(client: client)
        while true {
            do throws(RequestFailure) {
                let served = try await discovery.groupVersions()
                retryPolicy.succeeded()
                return served
            } catch {
                switch retryPolicy.next(after: error, at: clock.uptime()) {
                // Whoever starts this has named a server that should be there.
                case .again where error.kind == .unreachable:
                    throw .unreachable(server: server, reason: "\(error)")
                case .again(let delay), .restart(let delay): try await wait(delay)
                case .freshCredentials: await client.invalidateCredentials()
                case .giveUp:
                    switch error.kind {
                    case .forbidden, .notFound, .malformed, .expired: return nil
                    case .unauthorized, .silent, .unreachable, .transient, .overrun:
                        throw .unreachable(server: server, reason: "\(error)")
                    }
                }
            }
        }
    }

    /// Waits.
    func wait(_ delay: Duration) async throws(CaptureError) {
        guard !Task.isCancelled else { throw .cancelled }
        guard delay > .zero else { return }
        do { try await clock.sleep(delay) } catch { throw .cancelled }
    }
}
