import Collection
package import ConfigurationFiles
import HTTPTypes

/// Reads `--web.config.file` and the files that it names.
///
/// Everything that exporter-toolkit takes is either honoured or refused by a line that says so, never passed over.
package struct WebConfigurationReader {
    /// The files that were read or should have been, the configuration first: what to watch for changes.
    package private(set) var files: [String]
    private let path: String

    /// Certificates with long chains have some 10 KiB.
    private static let pemLimit = 1 << 20

    /// Names a file.
    package init(path: String) {
        self.path = path
        files = [path]
    }

    /// Reads the file, and certificates and keys that it names by path; relative paths start at its folder.
    ///
    /// - Throws: ``ConfigurationError``, which names file, line, column and key, never a secret.
    package mutating func read() throws(ConfigurationError) -> WebConfiguration {
        files = [path]
        let root = try ConfigurationFile(path: path).value.mapping()
        try root.refuseUnknownKeys(known: ["tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"])
        var configuration = WebConfiguration()
        if let tls = root["tls_server_config"] { configuration.tls = try readTLS(tls) }
        if let http = root["http_server_config"] { try readHTTP(http, &configuration) }
        for (name, value) in try root["basic_auth_users"]?.mapping().values ?? [] {
            guard !name.isEmpty, !name.contains(":") else {
                throw value.error("a user name must have a character and no colon: HTTP cannot carry another one")
            }
            configuration.users[name] = try value.parsed { text throws(ValueProblem) in
                try PasswordHash(parsing: text)
            }
        }
        if let limit = root["rate_limit"] { configuration.rateLimit = try readRateLimit(limit) }
        return configuration
    }

    private mutating func readTLS(
        _ value: ConfigurationValue
    ) throws(ConfigurationError) -> WebConfiguration.TLSSettings? {
        let tls = try value.mapping()
        try tls.refuseUnknownKeys(known: [
            "cert", "cert_file", "key", "key_file", "client_ca", "client_ca_file", "client_auth_type",
            "client_allowed_sans", "min_version", "max_version", "cipher_suites", "prefer_server_cipher_suites",
            "curve_preferences",
        ])
        guard !tls.keys.allSatisfy({ tls[$0] == nil }) else { return nil }
        for key in ["cipher_suites", "curve_preferences"] {
            guard let list = tls[key], try !list.list().isEmpty else { continue }
            throw list.error("cannot be chosen here; leave it out, and restrict with min_version")
        }
        _ = try tls["prefer_server_cipher_suites"]?.bool()
        guard let chain = try readPEM(tls, "cert") else { throw value.error("missing one of cert or cert_file") }
        guard let key = try readPEM(tls, "key") else { throw value.error("missing one of key or key_file") }
        var settings = WebConfiguration.TLSSettings(chain: chain, key: key)
        settings.clients = try readClients(tls, authorities: try readPEM(tls, "client_ca"))
        if let names = tls["client_allowed_sans"] {
            guard settings.clients != .notAsked else {
                throw names.error(
                    "needs a client_auth_type that verifies certificates, such as RequireAndVerifyClientCert"
                )
            }
            settings.allowedNames = try names.strings()
        }
        if let version = tls["min_version"] { settings.minimumVersion = try readVersion(version) }
        if let version = tls["max_version"] {
            settings.maximumVersion = try readVersion(version)
            guard settings.minimumVersion <= settings.maximumVersion else {
                throw version.error("is below min_version \(settings.minimumVersion.rawValue)")
            }
        }
        return settings
    }

    private func readClients(
        _ tls: ConfigurationMapping,
        authorities: [UInt8]?
    ) throws(ConfigurationError) -> WebConfiguration.TLSSettings.ClientCertificates {
        let type = try tls["client_auth_type"]?.string() ?? ""
        switch (type, authorities) {
        case ("", nil), ("NoClientCert", nil): return .notAsked
        case ("", _), ("NoClientCert", _):
            throw tls.value.error("client CAs are given, but client_auth_type does not ask for client certificates")
        case ("VerifyClientCertIfGiven", let authorities?): return .verifiedIfGiven(authorities: authorities)
        case ("RequireAndVerifyClientCert", let authorities?): return .required(authorities: authorities)
        case ("VerifyClientCertIfGiven", nil), ("RequireAndVerifyClientCert", nil):
            throw tls.value.error("client_auth_type \(type) needs client_ca or client_ca_file")
        case ("RequestClientCert", _), ("RequireAnyClientCert", _), ("RequireClientCert", _):
            throw try tls.required("client_auth_type")
                .error("\(type) does not verify certificates; write RequireAndVerifyClientCert")
        default:
            throw try tls.required("client_auth_type")
                .error("must be NoClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert")
        }
    }

    private func readVersion(
        _ value: ConfigurationValue
    ) throws(ConfigurationError) -> WebConfiguration.TLSSettings.Version {
        guard let version = WebConfiguration.TLSSettings.Version(rawValue: try value.string()) else {
            throw value.error("must be TLS10, TLS11, TLS12 or TLS13")
        }
        return version
    }

    /// The text of `KEY`, or of the file that `KEY_file` names; nil where neither is given.
    private mutating func readPEM(_ tls: ConfigurationMapping, _ key: String) throws(ConfigurationError) -> [UInt8]? {
        let inline = try tls[key]?.nonEmptyString()
        guard let file = tls["\(key)_file"] else { return inline.map { Array($0.utf8) } }
        guard inline == nil else { throw file.error("give one of \(key) and \(key)_file, not both") }
        let named = try file.nonEmptyString()
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let place = named.hasPrefix("/") ? named : folder + named
        files.append(place)
        do throws(FileBytes.ReadError) {
            return try FileBytes.read(place, limit: Self.pemLimit)
        } catch {
            throw file.error("\(ConfigurationError.quoted(named)) cannot be read: \(error)")
        }
    }

    private func readHTTP(
        _ value: ConfigurationValue,
        _ configuration: inout WebConfiguration
    ) throws(ConfigurationError) {
        let http = try value.mapping()
        try http.refuseUnknownKeys(known: ["http2", "headers"])
        configuration.asksForHTTP2 = try http["http2"]?.bool() ?? false
        for (name, value) in try http["headers"]?.mapping().values ?? [] {
            guard let field = HTTPField.Name(name), let choices = Self.headers[name] else {
                throw value.error("cannot be set; known here: \(Self.headers.keys.sorted().joined(separator: ", "))")
            }
            let text = try value.isNull ? "" : value.string()
            guard !text.isEmpty else { continue }
            guard choices.isEmpty || choices.contains(text) else {
                throw value.error("must be \(choices.joined(separator: " or "))")
            }
            guard HTTPField.isValidValue(text) else {
                throw value.error("has characters that no header can have")
            }
            configuration.headers.append(HTTPField(name: field, value: text))
        }
    }

    /// The headers that may be set, and their values where only some are allowed: exporter-toolkit's extraHTTPHeaders
    /// (web/handler.go).
    private static let headers: [String: [String]] = [
        "Strict-Transport-Security": [],
        "X-Content-Type-Options": ["nosniff"],
        "X-Frame-Options": ["deny", "sameorigin"],
        "X-XSS-Protection": [],
        "Content-Security-Policy": [],
    ]

    private func readRateLimit(
        _ value: ConfigurationValue
    ) throws(ConfigurationError) -> WebConfiguration.RateLimit? {
        let limit = try value.mapping()
        try limit.refuseUnknownKeys(known: ["interval", "burst"])
        let burst = try limit["burst"]?.integer(in: 0...1_000_000) ?? 0
        guard let interval = limit["interval"] else { return nil }
        // `interval: 0` is a number to YAML, and no duration lacks a unit but that.
        let isZero = (try? interval.integer(in: 0...0)) != nil
        let duration =
            isZero
            ? .zero : try interval.parsed { text throws(ValueProblem) in try DurationText.parse(text) }
        guard duration > .zero else { return nil }
        guard burst > 0 else { throw value.error("burst must be at least 1, or no request is ever answered") }
        return WebConfiguration.RateLimit(interval: duration, burst: burst)
    }
}

extension ConfigurationValue {
    /// The text, read as something else.
    fileprivate func parsed<Value>(
        _ parse: (String) throws(ValueProblem) -> Value
    ) throws(ConfigurationError) -> Value {
        let text = try string()
        do throws(ValueProblem) {
            return try parse(text)
        } catch {
            throw self.error(error.message)
        }
    }
}
