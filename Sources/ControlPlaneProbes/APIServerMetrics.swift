package import ClusterState

/// Requests for deprecated APIs, as the API servers' own metrics count them.
package struct APIServerMetrics: Sendable {
    /// Where they are asked for.
    static let path = "/metrics"
    /// A gauge for each deprecated API that was requested since the process started (`deprecatedRequestGauge` in
    /// apiserver/pkg/endpoints/metrics/metrics.go; stable since 1.22).
    private static let requested = "apiserver_requested_deprecated_apis"
    private static let startTime = "process_start_time_seconds"
    /// The families that are read.
    static let families = [requested, startTime]

    /// The deprecated APIs that were requested, of the API servers that answered.
    package private(set) var requests: DeprecatedAPIRequests
    /// The state of the source, and why.
    package let source: ProbedSource

    /// Reads answers to the question for metrics; others are passed over.
    ///
    /// - Parameters:
    ///   - answers: Those of one round.
    ///   - known: The requests known before, which are kept for an instance that does not answer.
    package init(_ answers: [ProbeAnswer], known: DeprecatedAPIRequests = DeprecatedAPIRequests()) {
        requests = known
        let asked = answers.filter { $0.source == .apiserver && $0.route == Self.path }
        var answered = 0
        for answer in asked {
            guard answer.status == 200 else { continue }
            let samples = MetricSample.samples(answer.body)
            // Every API server exposes its start time: without it this is not the exposition of an API server.
            guard let start = samples.first(where: { $0.name == Self.startTime })?.value else { continue }
            answered += 1
            let apis = samples.filter { $0.name == Self.requested && $0.value > 0 }
                .map { sample in
                    DeprecatedAPI(
                        group: sample.labels["group"] ?? "",
                        version: sample.labels["version"] ?? "",
                        resource: sample.labels["resource"] ?? "",
                        removedRelease: sample.labels["removed_release"] ?? ""
                    )
                }
            requests.note(Set(apis.filter { !$0.resource.isEmpty }), of: answer.endpoint.name, startedAt: start)
        }
        source = Self.source(asked, answered: answered, isKnown: known.isKnown)
    }

    private static func source(_ asked: [ProbeAnswer], answered: Int, isKnown: Bool) -> ProbedSource {
        guard answered == 0 else {
            return ProbedSource(.ok, "\(answered) of \(asked.count) API servers answered with their metrics")
        }
        guard let answer = asked.first(where: \.isAnswered) else {
            guard !asked.isEmpty else { return ProbedSource(.absent, "no API server was asked for its metrics") }
            let verdict = ProbedSource(silent: "\(asked.count) API servers", asked.map(\.failure).mostSpecific)
            return isKnown ? ProbedSource(.failing, verdict.reason) : verdict
        }
        let reason = "API server \(answer.endpoint.name) answered \(answer.status) to \(path)"
        switch answer.status {
        // A right that was not given is no fault: it is left out of the rights unless somebody wants this. With 401 the
        // credentials were refused, which are renewed: that is a failure as with lists, and asked again soon.
        case 403, 404: return ProbedSource(.absent, reason)
        case 401: return ProbedSource(isKnown ? .failing : .unauthorized, reason)
        case 200: return ProbedSource(.malformed, "\(reason), and that is not a text of metrics of an API server")
        default: return ProbedSource(isKnown ? .failing : .unreachable, reason)
        }
    }
}
