import ClusterState
import Exposition
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KubernetesClient
import Synchronization

@testable import ExporterServer
@testable import HASignals

/// Clocks that stand still until a test moves them.
final class HandClock: Sendable {
    private let uptime = Mutex(Duration.seconds(100))

    /// Moves the monotonic clock on.
    func advance(by duration: Duration) {
        uptime.withLock { $0 += duration }
    }

    /// The clocks as the server takes them. Waiting ends at once, by throwing: a loop collects once.
    var clock: ClientClock {
        ClientClock(
            now: { Timestamp(seconds: 1_700_000_000) },
            uptime: { self.uptime.withLock { $0 } },
            sleep: { _ in throw CancellationError() }
        )
    }
}

/// States built in code.
enum Samples {
    /// A state in which every source is ok and nothing is held.
    static var emptyState: ClusterState {
        var state = ClusterState()
        for source in Source.allCases { state.sources[source] = SourceStatus(state: .ok) }
        return state
    }

    /// Process facts that do not change between two requests.
    static var processFacts: ProcessFacts {
        var facts = ProcessFacts()
        facts.cpuSeconds = 1.5
        facts.openFileDescriptors = 7
        return facts
    }

    /// A server over a recording of a state.
    static func server(
        _ state: ClusterState = emptyState,
        _ clock: HandClock = HandClock(),
        telemetryPath: String = "/metrics"
    ) -> ExporterServer {
        var settings = ServerSettings()
        settings.telemetryPath = telemetryPath
        return ExporterServer(
            settings,
            source: RecordedSource(state: state, probes: ProbeResults(), now: Timestamp(seconds: 1e9)),
            clock: clock.clock,
            processFacts: { processFacts }
        )
    }
}

extension ExporterServer {
    /// The server as Hummingbird's test framework takes it.
    var application: Application<ExporterResponder> { Application(responder: responder) }

    /// Asks one question.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await application.test(.router) { client in
            try await client.execute(uri: path, method: method, headers: headers)
        }
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}
