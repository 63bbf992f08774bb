package import Hummingbird

/// One path and what answers GET for it. HEAD gets the same without the body.
package struct Route: Sendable {
    /// The path, as requests have it.
    package let path: String
    /// Answers a request.
    package let respond: @Sendable (Request, ExporterContext) async -> Response

    /// Creates a route.
    package init(_ path: String, respond: @escaping @Sendable (Request, ExporterContext) async -> Response) {
        self.path = path
        self.respond = respond
    }

    /// What a known path may be asked by.
    static let methods: [HTTPRequest.Method] = [.get, .head]
}
