import ClusterState
import Collection
import HTTPTypes
import Hummingbird

/// Answers the kubelet's probes.
enum HealthRoutes {
    /// 200 while the process runs. Nothing outside of it is asked: an API server that is down must not have the exporter
    /// killed.
    static func live(_: Request, _: ExporterContext) async -> Response {
        .text(.ok, "ok\n")
    }

    /// 200 once every source that may be read has been read and a first collection is done, else 503 with what is
    /// waited for, a line each.
    static func ready(_ snapshot: Snapshot?) -> Response {
        guard let snapshot else {
            return .text(.serviceUnavailable, "not ready: no collection is done yet\n")
        }
        let awaited = snapshot.sources.filter(\.isAwaited)
        guard !awaited.isEmpty else { return .text(.ok, "ok\n") }
        let lines = awaited.map { "\($0.source.rawValue): \($0.status.state.rawValue)\n" }
        return .text(.serviceUnavailable, "not ready: sources not read yet\n" + lines.joined())
    }
}
