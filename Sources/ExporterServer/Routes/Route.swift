package import Hummingbird

/// One path, or all that begin with one, and what answers GET for it. HEAD gets the same without the body.
package struct Route: Sendable {
    /// The path as requests have it, or what begins it.
    package let path: String
    /// Whether ``path`` begins the paths that are answered.
    package let isPrefix: Bool
    /// The path in the counts of requests.
    package let name: String
    /// Answers a request.
    package let respond: @Sendable (Request, ExporterContext) async -> Response

    /// Creates a route.
    package init(_ path: String, respond: @escaping @Sendable (Request, ExporterContext) async -> Response) {
        self.path = path
        isPrefix = false
        name = path
        self.respond = respond
    }

    /// Creates a route of all paths that begin with one.
    ///
    /// - Parameters:
    ///   - prefix: The beginning, with a slash at its end.
    ///   - name: Stands for all of them where requests are counted.
    ///   - respond: Answers.
    package init(
        under prefix: String,
        as name: String,
        respond: @escaping @Sendable (Request, ExporterContext) async -> Response
    ) {
        path = prefix
        isPrefix = true
        self.name = name
        self.respond = respond
    }

    /// What a known path may be asked by.
    static let methods: [HTTPRequest.Method] = [.get, .head]
}
