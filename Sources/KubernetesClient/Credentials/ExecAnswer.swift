internal import ClusterState
internal import ConfigurationFiles
internal import HTTPTransport

/// What a credential plugin printed: an ExecCredential with its status.
struct ExecAnswer: Sendable, Hashable {
    /// Token, certificate and key.
    var authorization = Authorization()
    /// When it ends; nil for as long as the server takes it.
    var expiration: Timestamp?

    /// Reads a plugin's standard output, JSON or YAML.
    ///
    /// - Throws: ``ConfigurationError`` with the place in the output; never a value of it.
    init(_ output: [UInt8], of plugin: ExecPlugin) throws(ConfigurationError) {
        let root = try ConfigurationFile(output, name: "\(plugin.origin): its output").value.mapping()
        let kind = try root.required("kind")
        guard try kind.string() == "ExecCredential" else { throw kind.error("must be ExecCredential") }
        let version = try root.required("apiVersion")
        guard try version.string() == plugin.apiVersion else {
            throw version.error("must be \(plugin.apiVersion), as the kubeconfig says")
        }
        let status = try root.required("status").mapping()
        if let value = status["token"], case let token = try value.string(), !token.isEmpty {
            if let problem = BearerToken.problem(token) { throw value.error(problem) }
            authorization.bearerToken = token
        }
        authorization.clientCertificate = try Self.pem(status["clientCertificateData"], PEMText.problem(certificates:))
        authorization.clientKey = try Self.pem(status["clientKeyData"], PEMText.problem(key:))
        guard (authorization.clientCertificate == nil) == (authorization.clientKey == nil) else {
            throw status.value.error("has only one of clientCertificateData and clientKeyData")
        }
        guard authorization != Authorization() else {
            throw status.value.error("has neither a token nor a client certificate")
        }
        if let value = status["expirationTimestamp"] {
            guard let time = Timestamp(anyOffset: try value.string()) else {
                throw value.error("is not an RFC 3339 time")
            }
            expiration = time
        }
    }

    private static func pem(
        _ value: ConfigurationValue?,
        _ problem: ([UInt8]) -> String?
    ) throws(ConfigurationError) -> PEMSource? {
        guard let value, case let text = try value.string(), !text.isEmpty else { return nil }
        let bytes = Array(text.utf8)
        if let problem = problem(bytes) { throw value.error(problem) }
        return .memory(bytes)
    }
}

extension Timestamp {
    /// Reads RFC 3339 text with any offset: plugins are not all written in Go, which writes `Z`.
    init?(anyOffset text: String) {
        let bytes = Array(text.utf8.suffix(6))
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":"),
            let hours = UInt8(String(decoding: bytes[1...2], as: UTF8.self)), hours < 24,
            let minutes = UInt8(String(decoding: bytes[4...5], as: UTF8.self)), minutes < 60
        else {
            self.init(rfc3339: text)
            return
        }
        self.init(rfc3339: String(decoding: text.utf8.dropLast(6), as: UTF8.self) + "Z")
        let offset = Double(hours) * 3_600 + Double(minutes) * 60
        seconds -= bytes[0] == UInt8(ascii: "-") ? -offset : offset
    }
}
