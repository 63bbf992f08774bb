import Capture
import ClusterState
import ControlPlaneProbes
import FoundationEssentials
import HASignals
import HTTPTransport
import KubernetesClient
import Recordings
import Synchronization

/// A capture over a transport in memory into a folder of its own. Its clock goes on when it waits, and only then.
final class CaptureBench {
    static let server = "https://simulator.example:6443"

    let folder: String
    private let parent: String
    private let transport: any Transport
    private let now: @Sendable () -> Timestamp
    private let onWait: @Sendable (Duration) -> Void
    private let record = Record()

    /// What was told and waited for.
    final class Record: Sendable {
        let progress = Mutex<[CapturedSource]>([])
        let waits = Mutex<[Duration]>([])
    }

    /// Creates a bench.
    ///
    /// - Parameters:
    ///   - transport: Who answers.
    ///   - now: Wall time.
    ///   - onWait: Called for each wait.
    /// - Throws: Where its folder cannot be made.
    init(
        _ transport: any Transport,
        now: @escaping @Sendable () -> Timestamp,
        onWait: @escaping @Sendable (Duration) -> Void = { _ in }
    ) throws {
        parent = FileManager.default.temporaryDirectory.path + "/capture-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        folder = parent + "/recording"
        self.transport = transport
        self.now = now
        self.onWait = onWait
    }

    deinit {
        try? FileManager.default.removeItem(atPath: parent)
    }

    /// What was told of the sources.
    var progress: [CapturedSource] { record.progress.withLock { $0 } }

    /// How long it waited, each time.
    var waits: [Duration] { record.waits.withLock { $0 } }

    /// Captures.
    func capture(
        redacted: Bool = false,
        apiServers: [String] = [],
        etcd: [String] = [],
        selection: ResourceSelection = ResourceSelection()
    ) async throws -> CaptureResult {
        let record = record
        let onWait = onWait
        var settings = CaptureSettings()
        settings.isRedacted = redacted
        settings.selection = selection
        settings.apiServers = apiServers.compactMap { ProbeEndpoint($0) }
        var probes = ProbeSettings()
        probes.etcd = try EtcdTargets(etcd)
        let uptime: @Sendable () -> Duration = { record.waits.withLock { $0.reduce(.zero, +) } }
        let capture = ClusterCapture(
            client: APIClient(
                transport: transport,
                endpoint: ClusterEndpoint(server: Self.server),
                credentials: FixedCredentials(Authorization(bearerToken: "token"))
            ),
            server: Self.server,
            prober: ControlPlaneProber(
                transport: transport,
                settings: probes,
                uptime: uptime,
                credentials: { ProbeCredentials(bearerToken: nil, tls: TLSOptions()) },
                certificateExpiry: { _ in nil }
            ),
            settings: settings,
            clock: ClientClock(
                now: now,
                uptime: uptime,
                sleep: { duration in
                    record.waits.withLock { $0.append(duration) }
                    onWait(duration)
                }
            ),
            seed: 1,
            progress: { captured in record.progress.withLock { $0.append(captured) } }
        )
        return try await capture.run(into: folder)
    }

    /// The names of the files that it wrote.
    var fileNames: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    /// The bytes of a file that it wrote.
    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    }

    /// What it wrote, read as a recording.
    func recording() throws -> Recording {
        try Recording.read(directory: folder)
    }

    /// Whether there is anything where the recording would be.
    var isThere: Bool { FileManager.default.fileExists(atPath: folder) }
}
