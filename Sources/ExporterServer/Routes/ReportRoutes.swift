import ClusterState
package import Collection
import Crypto
import Exposition
import FoundationEssentials
import HASignals
import HTTPTypes
import Hummingbird
import KubernetesClient
package import Report

/// Answers with what the last collection found: the page of the cluster, those of its nodes, zones and applications, and
/// the report as JSON.
///
/// Each answer is made when it is asked for; between requests nothing is kept but the snapshot.
struct ReportRoutes: Sendable {
    let cache: SnapshotCache
    /// Who leads; nil for a single replica.
    let election: LeaderElection?
    let clock: ClientClock
    let telemetryPath: String
    let staleAfter: Duration
    let interval: Duration
    /// Answers that are being made or sent.
    let reports: AddressQuota

    /// What begins the paths of single places.
    static let prefixes = ["/node/", "/zone/", "/application/"]

    /// The routes.
    var routes: [Route] {
        [
            Route("/") { await page(.cluster, $0, $1) },
            Route("/report") { await page(.cluster, $0, $1) },
            Route("/api/v1/report", respond: document),
            Route(under: "/node/", as: "/node/NAME") { await place($0, $1) { $0.count == 1 ? .node($0[0]) : nil } },
            Route(under: "/zone/", as: "/zone/NAME") { await place($0, $1) { $0.count == 1 ? .zone($0[0]) : nil } },
            Route(under: "/application/", as: "/application/NAMESPACE/NAME") {
                await place($0, $1) { $0.count == 2 ? .application(namespace: $0[0], name: $0[1]) : nil }
            },
        ]
    }

    // MARK: Pages

    /// The page of a node, zone or application, which the parts of the path after the first name.
    private func place(
        _ request: Request,
        _ context: ExporterContext,
        _ subject: ([String]) -> ReportPage.Subject?
    ) async -> Response {
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
        let names = parts.compactMap { PercentCoding.decoded($0) }
        guard names.count == parts.count, !names.contains(""), let subject = subject(names) else {
            return error(
                .notFound,
                "There is no such page",
                "Pages are at /, /node/NAME, /zone/NAME and /application/NAMESPACE/NAME, each name percent-encoded."
            )
        }
        return await page(subject, request, context)
    }

    private func page(
        _ subject: ReportPage.Subject,
        _ request: Request,
        _ context: ExporterContext
    ) async -> Response {
        let query: PageQuery
        do throws(PageQueryError) {
            query = try PageQuery(request.uri.query ?? "")
        } catch {
            return self.error(.badRequest, "The address is not understood", "\(error).")
        }
        guard let snapshot = cache.latest else {
            return error(
                subject == .cluster ? .ok : .serviceUnavailable,
                "Nothing is known of the cluster yet",
                "No collection is done yet; load the page again in a few seconds."
            )
        }
        guard let slot = reports.take(context.clientAddress) else { return .tooManyReports }
        defer { withExtendedLifetime(slot) {} }
        let page = ReportPage(
            model(of: snapshot),
            about: subject,
            query,
            site: site(warning: warning(about: snapshot)),
            version: BuildInfo.version
        )
        if let missing = page.missing { return error(.notFound, "Not found", missing) }
        return await .report(
            Self.rendered(page),
            type: "text/html; charset=utf-8",
            request,
            policy: Self.securityPolicy
        )
    }

    /// Renders apart from whoever asks: it takes some milliseconds of a core.
    @concurrent
    private static func rendered(_ page: ReportPage) async -> String { page.text }

    private func error(_ status: HTTPResponse.Status, _ title: String, _ message: String) -> Response {
        let text = ReportPage.error(title, message, site: site(warning: nil), version: BuildInfo.version)
        return Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.securityPolicy,
                .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    private func site(warning: String?) -> ReportPage.Site {
        ReportPage.Site(telemetryPath: telemetryPath, warning: warning)
    }

    /// Nothing is loaded, no script runs, no other site frames the page; the one style is that of the pages.
    static let securityPolicy: String = {
        let hash = Data(SHA256.hash(data: Data(ReportPage.styleSheet.description.utf8))).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(hash)'; img-src data:; form-action 'self'; base-uri 'none'; "
            + "frame-ancestors 'none'"
    }()

    // MARK: JSON

    /// What `report --output json` prints.
    private func document(_ request: Request, _ context: ExporterContext) async -> Response {
        guard let snapshot = cache.latest else {
            var response = Response.text(.serviceUnavailable, "no collection is done yet\n")
            response.headers[.retryAfter] = "5"
            return response
        }
        guard let slot = reports.take(context.clientAddress) else { return .tooManyReports }
        defer { withExtendedLifetime(slot) {} }
        guard let text = await Self.encoded(model(of: snapshot)) else {
            return .text(.internalServerError, "the report cannot be written as JSON\n")
        }
        return await .report(text, type: "application/json", request)
    }

    @concurrent
    private static func encoded(_ model: ReportModel) async -> String? { try? ReportDocument(model).text() }

    // MARK: Model

    private func model(of snapshot: Snapshot) -> ReportModel {
        ReportModel(
            snapshot.signals,
            sources: snapshot.sourceLines,
            leadership: election?.leadership
        )
    }

    /// What is said of a snapshot that is not fresh: metrics made of it are not served.
    private func warning(about snapshot: Snapshot) -> String? {
        guard cache.fresh(at: clock.uptime(), within: staleAfter, interval: interval) == nil else { return nil }
        let age = (clock.uptime() - snapshot.startedAt).components.seconds
        return "This is old: the last collection began \(age) s ago, and none that was due since is done. "
            + "What the page says may not hold any more."
    }
}

extension Snapshot {
    /// How its sources stood, as a report tells it.
    package var sourceLines: [SourceLine] {
        sources.map { SourceLine($0.source, $0.status, objects: $0.objects, now: signals.now) }
    }
}

extension LeaderElection {
    /// Who serves the cluster's metrics at this moment.
    var leadership: Leadership {
        let role: Leadership.Role =
            switch self.role {
            case .leads: .leads
            case .leadsWithoutWrites: .leadsWithoutWrites
            case .waits: .waits
            }
        return Leadership(role: role, holder: holder)
    }
}

extension Response {
    fileprivate static var tooManyReports: Response {
        var response = Response.text(.serviceUnavailable, "too many reports at once; try again\n")
        response.headers[.retryAfter] = "5"
        response.headers[.connection] = "close"
        return response
    }

    /// A text that is told apart from others by its contents, compressed where the client takes that; 304 where it has
    /// the same.
    fileprivate static func report(
        _ text: String,
        type: String,
        _ request: Request,
        policy: String? = nil
    ) async -> Response {
        let bytes = Array(text.utf8)
        // Weak: compressed and not it is the same.
        let tag =
            "W/\"\(SHA256.hash(data: bytes).prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())\""
        var headers: HTTPFields = [
            .contentType: type, .vary: "Accept-Encoding", .cacheControl: "no-cache", .eTag: tag,
        ]
        if let policy { headers[.contentSecurityPolicy] = policy }
        if HTTPFields.isKnown(tag, by: request.headers[values: .ifNoneMatch]) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        if Negotiation.encoding(acceptEncoding: request.headers[.acceptEncoding]) == .gzip {
            headers[.contentEncoding] = "gzip"
            let member = OpenGzipMember()
            var body = ByteBuffer()
            for var buffer in member.buffers + [member.end(bytes)] { body.writeBuffer(&buffer) }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension HTTPFields {
    /// Whether a client already has what bears the tag (RFC 9110, 13.1.2), by the weak comparison of 8.8.3.2.
    fileprivate static func isKnown(_ tag: String, by fields: [String]) -> Bool {
        func bare(_ tag: some StringProtocol) -> String {
            let trimmed = tag.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return String(trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed[...])
        }
        return fields.flatMap { $0.split(separator: ",") }.contains { bare($0) == "*" || bare($0) == bare(tag) }
    }
}
