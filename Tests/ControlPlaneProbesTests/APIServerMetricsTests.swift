import ClusterState
import Testing

@testable import ControlPlaneProbes

/// Requests for deprecated APIs, as kube-apiserver counts them.
struct APIServerMetricsTests {
    /// The form that `deprecatedRequestGauge` gives (apiserver/pkg/endpoints/metrics/metrics.go), with a subresource.
    private static func body(startedAt start: Int, _ lines: [String]) -> String {
        (lines.map { "apiserver_requested_deprecated_apis{\($0)} 1" } + ["process_start_time_seconds \(start).5"])
            .joined(separator: "\n")
    }

    private static let flow =
        #"group="flowcontrol.apiserver.k8s.io",removed_release="1.32",resource="flowschemas",subresource="",version="v1beta3""#
    private static let flowStatus =
        #"group="flowcontrol.apiserver.k8s.io",removed_release="1.32",resource="flowschemas",subresource="status",version="v1beta3""#
    private static let endpoints =
        #"group="",removed_release="",resource="endpoints",subresource="",version="v1""#

    /// The union over instances and subresources.
    @Test func instancesAndSubresourcesAreUnited() throws {
        let metrics = APIServerMetrics(
            try [
                apiServer(1, "/metrics", 200, Self.body(startedAt: 1, [Self.flow, Self.flowStatus])),
                apiServer(2, "/metrics", 200, Self.body(startedAt: 2, [Self.endpoints])),
                apiServer(2, "/readyz?verbose", 200, "ok"),
            ]
        )
        #expect(metrics.source.state == .ok)
        #expect(
            metrics.requests.all.map(\.name) == ["endpoints.v1", "flowschemas.v1beta3.flowcontrol.apiserver.k8s.io"]
        )
        #expect(metrics.requests.all.map(\.removedMinor) == [nil, 32])
    }

    /// What an instance told is held until its process starts anew; the gauge is of the process.
    @Test func aRestartForgetsWhatOneInstanceTold() throws {
        let first = APIServerMetrics(
            try [
                apiServer(1, "/metrics", 200, Self.body(startedAt: 1, [Self.flow])),
                apiServer(2, "/metrics", 200, Self.body(startedAt: 1, [Self.endpoints])),
            ]
        )
        let silent = APIServerMetrics(
            try [apiServer(1, "/metrics", 0), apiServer(2, "/metrics", 0)],
            known: first.requests
        )
        #expect(silent.source.state == .failing)
        #expect(silent.requests == first.requests)
        let restarted = APIServerMetrics(
            try [apiServer(1, "/metrics", 200, Self.body(startedAt: 2, [])), apiServer(2, "/metrics", 0)],
            known: silent.requests
        )
        #expect(restarted.requests.all.map(\.name) == ["endpoints.v1"])
    }

    /// Forbidden is absent, never unknown: it is a right that nobody needs to give.
    @Test(arguments: [
        (403, SourceState.absent), (401, .unauthorized), (404, .absent), (500, .unreachable), (200, .malformed),
        (0, .unreachable),
    ])
    func refusalsAreToldApart(status: Int, state: SourceState) throws {
        #expect(APIServerMetrics(try [apiServer(1, "/metrics", status, "no metrics")]).source.state == state)
    }

    /// Metrics tell nothing of whether an instance serves.
    @Test func probesPassMetricsOver() throws {
        let reading = ProbeReading(try [apiServer(1, "/metrics", 200, Self.body(startedAt: 1, [Self.flow]))])
        #expect(reading.results.apiServers.isEmpty)
        #expect(reading.apiServer.state == .disabled)
    }
}
