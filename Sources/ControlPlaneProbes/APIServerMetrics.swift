package import ClusterState

/// What API servers' own metrics tell of requests for deprecated APIs.
package struct APIServerMetrics: Sendable {
    /// Where they are asked for.
    static let path = "/metrics"
    /// A gauge for each deprecated API that was requested since the process started (`deprecatedRequestGauge` in
    /// apiserver/pkg/endpoints/metrics/metrics.go; stable since 1.22).
    private static let requested = "apiserver_requested_deprecated_apis"
    private static let startTime = "process_start_time_seconds"
    /// The families that are read.
    static let families = [requested, startTime]

    /// What was requested, as far as it was told.
    package private(set) var requests: DeprecatedAPIRequests
    /// How the source stands, and why.
    package let source: ProbedSource

    /// Reads answers to the question for metrics; others are passed over.
    ///
    /// - Parameters:
    ///   - answers: Those of one round.
    ///   - known: What was told before. Of an instance that does not answer it is kept.
    package init(_ answers: [ProbeAnswer], known: DeprecatedAPIRequests = DeprecatedAPIRequests()) {
        requests = known
        let asked = answers.filter { $0.source == .apiserver && $0.route == Self.path }
        var told = 0
        for answer in asked {
            guard answer.status == 200 else { continue }
            let samples = MetricSample.samples(answer.body)
            // Every process tells when it started: without that it is no exposition of an API server.
            guard let start = samples.first(where: { $0.name == Self.startTime })?.value else { continue }
            told += 1
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
        source = Self.source(asked, told: told, isKnown: known.isKnown)
    }

    private static func source(_ asked: [ProbeAnswer], told: Int, isKnown: Bool) -> ProbedSource {
        guard told == 0 else { return ProbedSource(.ok, "\(told) of \(asked.count) API servers told their metrics") }
        guard let answer = asked.first(where: \.isAnswered) else {
            guard !asked.isEmpty else { return ProbedSource(.absent, "no API server was asked for its metrics") }
            let verdict = ProbedSource(silent: "\(asked.count) API servers", asked.map(\.failure).mostTelling)
            return isKnown ? ProbedSource(.failing, verdict.reason) : verdict
        }
        let reason = "API server \(answer.endpoint.name) answered \(answer.status) to \(path)"
        switch answer.status {
        // A right that was not given is no fault: it is left out of the rights unless somebody wants this.
        case 401, 403, 404: return ProbedSource(.absent, reason)
        case 200: return ProbedSource(.malformed, "\(reason), and that is no text of metrics of an API server")
        default: return ProbedSource(isKnown ? .failing : .unreachable, reason)
        }
    }
}
