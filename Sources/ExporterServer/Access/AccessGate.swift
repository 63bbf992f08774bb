import FoundationEssentials
import HTTPTypes
import Hummingbird
package import KubernetesClient
import Synchronization

/// Decides for each request whether it is answered; it wraps the whole table of routes.
package final class AccessGate: Sendable {
    /// What answers without a name, password or token, and without regard to the rate: the kubelet has none.
    static let openPaths: Set<String> = ["/livez", "/readyz"]

    private let web: WebAccess?
    private let passwords: PasswordChecks?
    private let tokens: TokenChecks?
    private let uptime: @Sendable () -> Duration
    private let rate = Mutex<RequestRate?>(nil)

    /// Creates a gate that is open unless one of these closes it.
    ///
    /// - Parameters:
    ///   - web: `--web.config.file`.
    ///   - reviewer: With `--auth kubernetes`, who is asked about bearer tokens.
    ///   - uptime: Time that only goes on.
    package init(
        web: WebAccess? = nil,
        reviewer: (any AccessReviewer)? = nil,
        uptime: @escaping @Sendable () -> Duration = ClientClock.system.uptime
    ) {
        self.web = web
        self.uptime = uptime
        passwords = web == nil ? nil : PasswordChecks()
        tokens = reviewer.map { TokenChecks($0, uptime: uptime) }
    }

    /// The headers that each answer gets.
    var headers: [HTTPField] { web?.current.configuration.headers ?? [] }

    /// What the request is answered instead of what it asks for; nil where it may go on.
    func refusal(of request: Request, from address: String) async -> Response? {
        // Others must not be able to have the kubelet restart the program.
        if Self.openPaths.contains(request.uri.path) { return nil }
        let configuration = web?.current.configuration ?? WebConfiguration()
        if let limit = configuration.rateLimit, !isWithin(limit) {
            return .refusal(.tooManyRequests, "too many requests; try again\n", retryAfter: true)
        }
        let users = configuration.users
        guard !users.isEmpty || tokens != nil else { return nil }
        let (scheme, credentials) = Self.authorization(request.headers[.authorization])
        if scheme == "basic", !users.isEmpty, let passwords {
            guard let (user, password) = Self.basic(credentials) else { return unauthorized(users) }
            passwords.keep(users)
            switch await passwords.check(password, of: user, users[user], from: address) {
            case .right: return nil
            case .wrong: return unauthorized(users)
            case .busy: return .refusal(.tooManyRequests, "too many passwords to check; try again\n", retryAfter: true)
            }
        }
        if scheme == "bearer", let tokens, !credentials.isEmpty {
            switch await tokens.check(credentials, from: address) {
            case .allowed: return nil
            case .unauthenticated: return unauthorized(users)
            case .forbidden:
                return .refusal(.forbidden, "the token's user needs get on the nonResourceURL /metrics\n")
            case .busy: return .refusal(.tooManyRequests, "too many tokens to check; try again\n", retryAfter: true)
            case .unreachable:
                let text = "the API server cannot be asked about the token; try again\n"
                return .refusal(.serviceUnavailable, text, retryAfter: true)
            }
        }
        return unauthorized(users)
    }

    private func isWithin(_ limit: WebConfiguration.RateLimit) -> Bool {
        rate.withLock { rate in
            var current = rate.flatMap { $0.configured == limit ? $0 : nil } ?? RequestRate(limit, at: uptime())
            defer { rate = current }
            return current.take(at: uptime())
        }
    }

    private func unauthorized(_ users: [String: PasswordHash]) -> Response {
        var response = Response.refusal(.unauthorized, "unauthorized\n")
        if !users.isEmpty { response.headers.append(HTTPField(name: .wwwAuthenticate, value: "Basic")) }
        if tokens != nil { response.headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer")) }
        return response
    }

    /// The scheme in lower case, and what follows it.
    private static func authorization(_ field: String?) -> (scheme: String, credentials: String) {
        guard let field, let space = field.firstIndex(of: " ") else { return ("", "") }
        let credentials = field[field.index(after: space)...].drop { $0 == " " }
        return (field[..<space].lowercased(), String(credentials))
    }

    /// User and password of Basic credentials (RFC 7617); nil where there are none.
    private static func basic(_ credentials: String) -> (user: String, password: String)? {
        guard let data = Data(base64Encoded: credentials), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}

extension Response {
    /// An answer that refuses a request.
    fileprivate static func refusal(
        _ status: HTTPResponse.Status,
        _ text: String,
        retryAfter: Bool = false
    ) -> Response {
        var response = Response.text(status, text)
        if retryAfter { response.headers[.retryAfter] = "5" }
        return response
    }
}
