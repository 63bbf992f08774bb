import ClusterState
import Collection
import Exposition
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KubernetesClient
import TestClocks

@testable import ExporterServer
@testable import HASignals

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
        telemetryPath: String = "/metrics",
        access: WebAccess? = nil,
        reviewer: (any AccessReviewer)? = nil
    ) -> CollectedServer {
        var settings = ServerSettings()
        settings.telemetryPath = telemetryPath
        let cache = SnapshotCache()
        return CollectedServer(
            cache: cache,
            collector: Collector(
                source: RecordedSource(state: state, probes: ProbeResults(), now: Timestamp(seconds: 1e9)),
                settings: SignalSettings(),
                cache: cache,
                clock: clock.clock
            ),
            responder: ExporterServer(
                settings,
                cache: cache,
                clock: clock.clock,
                access: access,
                reviewer: reviewer,
                processFacts: { processFacts }
            )
            .responder
        )
    }
}

/// A server, and what makes the snapshots that it serves.
struct CollectedServer {
    let cache: SnapshotCache
    let collector: Collector
    let responder: ExporterResponder

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
