import Collection
import ConfigurationFiles
import FoundationEssentials
import HTTPTypes
import Testing

@testable import ExporterServer

/// Against docs/web-configuration.md and web/tls_config.go of exporter-toolkit 0.17.
struct WebConfigurationTests {
    private func read(_ text: String) throws -> WebConfiguration {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("chain".utf8).write(to: folder.appendingPathComponent("cert.pem"))
        try Data("key".utf8).write(to: folder.appendingPathComponent("key.pem"))
        try Data(text.utf8).write(to: folder.appendingPathComponent("web.yml"))
        var reader = WebConfigurationReader(path: folder.appendingPathComponent("web.yml").path)
        return try reader.read()
    }

    @Test func anEmptyFileIsOpen() throws {
        let configuration = try read("")
        #expect(configuration.tls == nil)
        #expect(configuration.users.isEmpty)
        #expect(configuration.rateLimit == nil)
    }

    @Test func readsEverything() throws {
        let configuration = try read(
            """
            tls_server_config:
              cert_file: cert.pem
              key_file: key.pem
              client_auth_type: RequireAndVerifyClientCert
              client_ca: "authorities"
              client_allowed_sans: [prometheus.example.com]
              min_version: TLS12
              max_version: TLS13
              prefer_server_cipher_suites: true
              cipher_suites: []
            http_server_config:
              http2: true
              headers:
                X-Frame-Options: deny
                Strict-Transport-Security: max-age=3600
                X-XSS-Protection: ""
            basic_auth_users:
              ann: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG
            rate_limit:
              interval: 1s
              burst: 20
            """
        )
        let tls = try #require(configuration.tls)
        #expect(tls.chain == Array("chain".utf8))
        #expect(tls.key == Array("key".utf8))
        #expect(tls.clients == .required(authorities: Array("authorities".utf8)))
        #expect(tls.allowedNames == ["prometheus.example.com"])
        #expect(configuration.asksForHTTP2)
        #expect(configuration.headers.map(\.name.canonicalName) == ["x-frame-options", "strict-transport-security"])
        #expect(configuration.users.keys.sorted() == ["ann"])
        #expect(configuration.rateLimit == .init(interval: .seconds(1), burst: 20))
        #expect(try read("rate_limit: {interval: 0, burst: 5}").rateLimit == nil)
    }

    /// Each line names the key, and none a secret.
    @Test(arguments: [
        ("nonsense: 1", "unknown key \"nonsense\""),
        ("tls_server_config: {cert_file: cert.pem}", "missing one of key or key_file"),
        ("tls_server_config: {key_file: key.pem}", "missing one of cert or cert_file"),
        ("tls_server_config: {cert_file: cert.pem, cert: x, key_file: key.pem}", "not both"),
        ("tls_server_config: {cert_file: gone.pem, key_file: key.pem}", "cannot be read: no such file"),
        ("tls_server_config: {cert: x, key: x, cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}", "cipher_suites"),
        ("tls_server_config: {cert: x, key: x, curve_preferences: [CurveP256]}", "curve_preferences"),
        ("tls_server_config: {cert: x, key: x, client_auth_type: RequestClientCert}", "does not verify"),
        ("tls_server_config: {cert: x, key: x, client_auth_type: RequireAnyClientCert}", "does not verify"),
        ("tls_server_config: {cert: x, key: x, client_auth_type: RequireClientCert}", "does not verify"),
        ("tls_server_config: {cert: x, key: x, client_auth_type: Sometimes}", "client_auth_type"),
        ("tls_server_config: {cert: x, key: x, client_auth_type: RequireAndVerifyClientCert}", "needs client_ca"),
        ("tls_server_config: {cert: x, key: x, client_ca: y}", "client CAs are given"),
        ("tls_server_config: {cert: x, key: x, client_allowed_sans: [a]}", "client_allowed_sans"),
        ("tls_server_config: {cert: x, key: x, min_version: SSL3}", "must be TLS10"),
        ("tls_server_config: {cert: x, key: x, min_version: TLS13, max_version: TLS12}", "below min_version"),
        ("http_server_config: {headers: {X-Something: a}}", "cannot be set"),
        ("http_server_config: {headers: {X-Frame-Options: never}}", "must be deny or sameorigin"),
        ("http_server_config: {headers: {Content-Security-Policy: \"a\\nb\"}}", "characters"),
        ("http_server_config: {http2: maybe}", "http_server_config.http2"),
        ("basic_auth_users: {ann: swordfish}", "basic_auth_users.ann"),
        ("basic_auth_users: {\"a:b\": $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}", "no colon"),
        ("rate_limit: {interval: 1s}", "burst must be at least 1"),
        ("rate_limit: {interval: soon, burst: 1}", "rate_limit.interval"),
    ])
    func refusesByALineThatNamesTheKey(_ text: String, _ expected: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try read(text) }
        #expect(error.description.contains(expected), "\(error)")
        #expect(!error.description.contains("swordfish"))
        #expect(!error.description.contains("\n"))
    }

    /// What cannot be used as PEM is told without BoringSSL's words.
    @Test func refusesWhatIsNoCertificate() throws {
        let tls = try #require(try read("tls_server_config: {cert_file: cert.pem, key_file: key.pem}").tls)
        let problem = try #require(throws: ValueProblem.self) { try tls.context() }
        #expect(problem.message.hasPrefix("cert "))
    }
}
