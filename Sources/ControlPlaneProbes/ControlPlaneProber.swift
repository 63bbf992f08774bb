package import ClusterState
package import HTTPTransport

/// Probes every API server and etcd member. Their addresses go in; the answers of one round come out, which
/// ``ProbeReading`` turns into values. All instances are asked at once, so that one that hangs delays no other.
package struct ControlPlaneProber: Sendable {
    /// The largest answer that is read: a member list or a verbose check has a few kilobytes.
    private static let answerLimit = 1 << 20

    /// How long an API server may take over its metrics, which may be 50 MB: as long as it takes itself for a request.
    private static let metricsLimit = Duration.seconds(60)

    /// The part of the limit that a connection may take to come about.
    private static let connectShare = 0.6

    private let transport: any Transport
    private let settings: ProbeSettings
    private let uptime: @Sendable () -> Duration
    private let credentials: @Sendable () async -> ProbeCredentials
    private let certificateExpiry: @Sendable ([[UInt8]]) -> Timestamp?

    /// Creates a prober.
    ///
    /// - Parameters:
    ///   - transport: Sends the requests.
    ///   - settings: Which instances are asked, and how.
    ///   - uptime: Monotonic time, for how long answers take.
    ///   - credentials: What API servers are shown; asked for once a round.
    ///   - certificateExpiry: Earliest notAfter of a chain, leaf first, each certificate as PEM.
    package init(
        transport: any Transport,
        settings: ProbeSettings,
        uptime: @escaping @Sendable () -> Duration,
        credentials: @escaping @Sendable () async -> ProbeCredentials,
        certificateExpiry: @escaping @Sendable ([[UInt8]]) -> Timestamp?
    ) {
        self.transport = transport
        self.settings = settings
        self.uptime = uptime
        self.credentials = credentials
        self.certificateExpiry = certificateExpiry
    }

    /// Asks everybody once.
    ///
    /// - Parameters:
    ///   - apiServers: The instances to ask.
    ///   - configuredOnly: Those of them that the configuration alone names, by ``ProbeEndpoint/name``.
    ///   - foundEtcd: Where etcd members seem to be, asked where no endpoint was named. Members that never answered
    ///     there count as unknown, not as dead: they want a certificate, or listen elsewhere.
    ///   - previous: What the round before gave.
    /// - Returns: The answers, read.
    package func round(
        apiServers: [ProbeEndpoint],
        configuredOnly: Set<String> = [],
        foundEtcd: [ProbeEndpoint],
        previous: ProbeResults
    ) async -> ProbeReading {
        let answers = await answers(apiServers: apiServers, foundEtcd: foundEtcd, previous: previous)
        var reading = ProbeReading(answers, previous: previous)
        for index in reading.results.apiServers.indices {
            reading.results.apiServers[index].isConfiguredOnly = configuredOnly.contains(
                reading.results.apiServers[index].name
            )
        }
        return reading
    }

    /// Asks everybody once, as ``round(apiServers:foundEtcd:previous:)`` does.
    ///
    /// - Parameters:
    ///   - apiServers: The instances to ask.
    ///   - foundEtcd: Where etcd members seem to be.
    ///   - previous: What the round before gave.
    /// - Returns: The answers as they came, without those that count for nothing.
    package func answers(
        apiServers: [ProbeEndpoint],
        foundEtcd: [ProbeEndpoint],
        previous: ProbeResults
    ) async -> [ProbeAnswer] {
        let shown = await credentials()
        let etcd = etcdEndpoints(found: foundEtcd, previous)
        var answers = await ask(apiServers.flatMap { Self.questions(apiServer: $0) } + Self.questions(etcd), shown)
        var reading = ProbeReading(answers, previous: previous)
        // Members that this round made known are asked in it: what was not asked would count as dead.
        let more = newMembers(reading.results, asked: etcd)
        if !more.isEmpty {
            answers += await ask(Self.questions(more), shown)
            reading = ProbeReading(answers, previous: previous)
        }
        let isKnown = settings.etcd.isNamed || previous.etcdClusters.contains(where: \.hasMemberList)
        guard isKnown || reading.results.etcdClusters.contains(where: \.hasMemberList) else {
            return answers.filter { $0.source != .etcd }
        }
        return answers
    }

    /// Asks API servers for their metrics, of which only what ``APIServerMetrics`` reads is kept as they arrive.
    ///
    /// - Parameter apiServers: The instances to ask.
    /// - Returns: The answers.
    package func metrics(of apiServers: [ProbeEndpoint]) async -> [ProbeAnswer] {
        let questions = apiServers.map { endpoint in
            var question = Question(source: .apiserver, endpoint: endpoint, path: APIServerMetrics.path)
            question.families = APIServerMetrics.families
            question.limit = Self.metricsLimit
            return question
        }
        return await ask(questions, await credentials())
    }

    // MARK: Whom

    /// An endpoint of a cluster.
    private struct Member: Hashable {
        let cluster: String
        let endpoint: ProbeEndpoint
        /// Whether it serves health and metrics only.
        var hasMetricsOnly = false
    }

    private func etcdEndpoints(found: [ProbeEndpoint], _ previous: ProbeResults) -> [Member] {
        var members = settings.etcd.metrics.sorted { $0.key < $1.key }
            .flatMap { cluster, endpoints in
                endpoints.map { Member(cluster: cluster, endpoint: $0, hasMetricsOnly: true) }
            }
        if settings.etcd.isExcluded { return members }
        for (cluster, endpoints) in settings.etcd.configured.sorted(by: { $0.key < $1.key }) {
            members += endpoints.map { Member(cluster: cluster, endpoint: $0) }
        }
        if members.isEmpty { members = found.map { Member(cluster: ProbeAnswer.mainCluster, endpoint: $0) } }
        return members + newMembers(previous, asked: members)
    }

    private func newMembers(_ results: ProbeResults, asked: [Member]) -> [Member] {
        var seen = Set(asked.map { "\($0.cluster) \($0.endpoint.name)" })
        var more: [Member] = []
        for cluster in results.etcdClusters where !cluster.isFromMetrics {
            for member in cluster.members {
                guard let endpoint = EtcdTargets.reachable(member.clientURLs),
                    seen.insert("\(cluster.name) \(endpoint.name)").inserted
                else { continue }
                more.append(Member(cluster: cluster.name, endpoint: endpoint))
            }
        }
        return more
    }

    // MARK: What

    /// One request to one instance.
    private struct Question: Sendable {
        var source: Source
        var cluster = ProbeAnswer.mainCluster
        var endpoint: ProbeEndpoint
        var method = "GET"
        var path: String
        var body: String?
        /// Whether the certificate is looked at even where it is not trusted: once an instance is enough.
        var readsCertificate = false
        /// Of a text exposition, the families of which samples are kept; all of the answer where there are none.
        var families: [String] = []
        /// How long the answer may take; nil for the limit of all.
        var limit: Duration?
    }

    private static func questions(apiServer endpoint: ProbeEndpoint) -> [Question] {
        ["/readyz?verbose", "/livez?verbose", "/version"]
            .map { path in
                Question(source: .apiserver, endpoint: endpoint, path: path, readsCertificate: path == "/version")
            }
    }

    private static func questions(_ members: [Member]) -> [Question] {
        members.flatMap { member in
            func question(_ method: String, _ path: String, _ body: String? = nil) -> Question {
                Question(
                    source: .etcd,
                    cluster: member.cluster,
                    endpoint: member.endpoint,
                    method: method,
                    path: path,
                    body: body,
                    readsCertificate: path == "/version"
                )
            }
            let health = question("GET", "/health?exclude=NOSPACE&exclude=CORRUPT")
            if member.hasMetricsOnly {
                var metrics = question("GET", EtcdMetrics.path)
                metrics.families = EtcdMetrics.families
                metrics.readsCertificate = true
                return [health, question("GET", "/health?serializable=true"), metrics]
            }
            return [
                health,
                question("GET", "/version"),
                question("GET", "/health?serializable=true"),
                // Of the member itself: without quorum a linearizable list is never answered.
                question("POST", "/v3/cluster/member/list", #"{"linearizable":false}"#),
                question("POST", "/v3/maintenance/status", "{}"),
                question("POST", "/v3/maintenance/alarm", #"{"action":"GET"}"#),
            ]
        }
    }

    // MARK: Asking

    private func ask(_ questions: [Question], _ shown: ProbeCredentials) async -> [ProbeAnswer] {
        await withTaskGroup(of: (Int, ProbeAnswer).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { (index, await answer(to: question, shown)) }
            }
            var answers: [(Int, ProbeAnswer)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func answer(to question: Question, _ shown: ProbeCredentials) async -> ProbeAnswer {
        let isAPIServer = question.source == .apiserver
        let start = uptime()
        var answer = ProbeAnswer(
            source: question.source,
            etcdCluster: question.cluster,
            endpoint: question.endpoint,
            method: question.method,
            path: question.path,
            status: 0
        )
        var request = request(question, within: question.limit ?? settings.timeout)
        if isAPIServer {
            let trust = InstanceTrust(question.endpoint, settings, shown)
            request.tls = trust.tls
            request.bearerToken = trust.bearerToken
        } else {
            request.tls = settings.etcdTLS
        }
        do throws(TransportError) {
            let response = try await transport.send(request)
            let body = try await Self.read(response.body, keeping: question.families)
            answer.status = response.head.status
            answer.body = body
            answer.certificateExpiry = certificateExpiry(response.head.certificateChain)
        } catch {
            answer.failure = ProbeFailure(error)
            if case .tlsFailed = error, question.readsCertificate {
                answer.certificateExpiry = await untrustedExpiry(question, since: start)
            }
        }
        answer.seconds = Self.seconds(uptime() - start)
        return answer
    }

    /// When a certificate that is not trusted expires: read over a connection that shows nothing of us.
    private func untrustedExpiry(_ question: Question, since start: Duration) async -> Timestamp? {
        let left = settings.timeout - (uptime() - start)
        guard left > .zero else { return nil }
        var request = request(question, within: left)
        request.tls = TLSOptions(isVerificationSkipped: true)
        guard let response = try? await transport.send(request) else { return nil }
        return certificateExpiry(response.head.certificateChain)
    }

    private func request(_ question: Question, within limit: Duration) -> TransportRequest {
        var headers: [(name: String, value: String)] = [("User-Agent", "kube-ha-exporter")]
        if question.body != nil { headers.append(("Content-Type", "application/json")) }
        return TransportRequest(
            method: question.method,
            url: "\(question.endpoint)\(question.path)",
            headers: headers,
            body: question.body.map { Array($0.utf8) },
            // A proxy would answer for an instance that is dead.
            proxy: .none,
            // A connection that does not come about must be told from an instance that took it and does not answer.
            limits: TimeLimits(connect: limit * Self.connectShare, head: limit, idle: limit, total: limit)
        )
    }

    private static func read(
        _ body: ResponseBody,
        keeping families: [String]
    ) async throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        var reader = body.makeAsyncIterator()
        if !families.isEmpty {
            var lines = MetricLineFilter(families)
            while let chunk = try await reader.next() { lines.push(chunk) }
            lines.finish()
            return lines.kept
        }
        while bytes.count < answerLimit, let chunk = try await reader.next() { bytes += chunk }
        return bytes
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
