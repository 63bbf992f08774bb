import ClusterState
import FoundationEssentials

/// What one API server instance answered in a round.
struct APIServerAnswers {
    /// host:port.
    let name: String
    private var readyz: ProbeAnswer?
    private var livez: ProbeAnswer?
    private var version: ProbeAnswer?
    private var isReachable = false
    private var certificateExpiry: Timestamp?
    private let failure: ProbeFailure?

    /// Sorts the answers of one instance by what was asked.
    init(name: String, _ answers: [ProbeAnswer]) {
        self.name = name
        failure = answers.lazy.map(\.failure).mostSpecific
        for answer in answers {
            switch answer.route {
            case "/readyz": readyz = answer
            case "/livez": livez = answer
            case "/version": version = answer
            default: break
            }
            isReachable = isReachable || answer.isAnswered || answer.failure?.isConnected == true
            certificateExpiry = [certificateExpiry, answer.certificateExpiry].compactMap(\.self).min()
        }
    }

    /// The instance as a value.
    var probe: APIServerProbe {
        var probe = APIServerProbe(name: name)
        probe.isReachable = isReachable
        probe.isTrustLacking = failure?.isTrustLacking ?? false
        probe.isReady = readyz?.status == 200
        probe.isEtcdReady = Self.etcdCheck(readyz) ?? Self.etcdCheck(livez)
        // The check takes etcd's own 2 s to fail, and longer where the server is busy with requests that wait for etcd.
        if probe.isEtcdReady == nil, isReachable, let livez, !livez.isAnswered { probe.isEtcdReady = false }
        probe.seconds = readyz?.seconds ?? livez?.seconds
        probe.certificateExpiry = certificateExpiry
        if let told = version?.success(VersionAnswer.self) {
            probe.version = told.gitVersion
            // Never by gitVersion, which may be anything.
            probe.minor = ServerVersion(major: "", minor: told.minor ?? "", gitVersion: "").minorNumber
        }
        return probe
    }

    private struct VersionAnswer: Decodable {
        var minor: String?
        var gitVersion: String?
    }

    /// What the check `etcd` says in a verbose answer; nil where it is not listed.
    ///
    /// The lines are `[+]etcd ok`, `[-]etcd failed: reason withheld`, and `[+]etcd excluded: ok`, which says nothing.
    static func etcdCheck(_ answer: ProbeAnswer?) -> Bool? {
        guard let answer else { return nil }
        for line in answer.body.split(separator: UInt8(ascii: "\n")) {
            let line = String(decoding: line, as: UTF8.self)
            if line.hasPrefix("[+]etcd ") { return line.hasPrefix("[+]etcd excluded") ? nil : true }
            if line.hasPrefix("[-]etcd ") { return false }
        }
        return nil
    }

    /// Whether the answer tells readiness: any but a refusal (4xx), 429 apart, or none where the instance answered
    /// something else in time.
    private var tellsReadiness: Bool {
        guard let readyz else { return false }
        return readyz.status == 0 || readyz.status == 200 || readyz.status == 429 || readyz.status >= 500
    }

    /// The state of the source `apiserver`.
    static func source(_ instances: [APIServerAnswers]) -> ProbedSource {
        guard !instances.isEmpty else { return ProbedSource(.disabled, "no API server was asked") }
        let reached = instances.filter(\.isReachable)
        guard !reached.isEmpty else {
            return ProbedSource(silent: "\(instances.count) API servers", instances.map(\.failure).mostSpecific)
        }
        // All instances are asked with the same credentials: one that refuses them says nothing of its readiness.
        for (status, state) in [(401, SourceState.unauthorized), (403, .forbidden)] {
            if let instance = reached.first(where: { $0.readyz?.status == status }) {
                return ProbedSource(state, "API server \(instance.name) answered \(status) to /readyz")
            }
        }
        guard reached.contains(where: \.tellsReadiness) else {
            let answer = reached[0].readyz.map { "answered \($0.status) to /readyz" } ?? "was not asked for /readyz"
            return ProbedSource(.malformed, "API server \(reached[0].name) \(answer)")
        }
        return ProbedSource(.ok, "\(reached.count) of \(instances.count) API servers answered")
    }
}
