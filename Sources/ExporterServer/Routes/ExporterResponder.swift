import HTTPTypes
package import Hummingbird

/// Answers requests by a table of paths: 404 for a path that is not in it, 405 with Allow for a method that is not
/// served.
package struct ExporterResponder: HTTPResponder {
    /// What comes with a request.
    package typealias Context = ExporterContext

    private let routes: [String: Route]
    /// Those of paths that begin with theirs.
    private let prefixes: [Route]
    private let counts: RequestCounts
    private let gate: AccessGate

    /// Creates a responder. Of two routes of one path the first counts.
    ///
    /// - Parameters:
    ///   - routes: What is answered.
    ///   - counts: Counts the answers.
    ///   - gate: Decides who is answered.
    package init(_ routes: [Route], counts: RequestCounts, gate: AccessGate = AccessGate()) {
        self.gate = gate
        self.routes = Dictionary(routes.filter { !$0.isPrefix }.map { ($0.path, $0) }) { first, _ in first }
        prefixes = routes.filter(\.isPrefix)
        self.counts = counts
    }

    /// The paths that are answered, and what begins the others.
    var paths: [String] { routes.keys + prefixes.map(\.path) }

    /// Answers, and counts what was answered.
    package func respond(to request: Request, context: Context) async throws -> Response {
        let path = request.uri.path
        let route = routes[path] ?? prefixes.first { path.hasPrefix($0.path) }
        var response: Response
        if let refusal = await gate.refusal(of: request, from: context.clientAddress) {
            response = refusal.withoutBody(if: request.method == .head)
        } else {
            response = await answer(request, context, route)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        for header in gate.headers { response.headers[header.name] = header.value }
        if request.headers[.upgrade] != nil {
            // NIO reads no further request on a connection that asked for another protocol. Some clients always ask:
            // Java's, and curl with --http2.
            response.headers[.connection] = "close"
        }
        counts.add(RequestCounts.Key(path: route?.name ?? "other", code: response.status.code))
        return response
    }

    private func answer(_ request: Request, _ context: Context, _ route: Route?) async -> Response {
        guard let route else {
            return .text(.notFound, "not found\n").withoutBody(if: request.method == .head)
        }
        guard Route.methods.contains(request.method) else {
            var response = Response.text(.methodNotAllowed, "method not allowed\n")
            response.headers[.allow] = Route.methods.map(\.rawValue).joined(separator: ", ")
            return response
        }
        return await route.respond(request, context).withoutBody(if: request.method == .head)
    }
}

extension Response {
    /// An answer of plain text.
    static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// The same headers, Content-Length of the body included, without the body.
    fileprivate func withoutBody(if isHead: Bool) -> Response {
        isHead ? createHeadResponse() : self
    }
}
