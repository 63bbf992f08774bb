import HTTPTransport
import Testing

@testable import ControlPlaneProbes

/// SIGNALS, area 1: "Instances that were discovered are dialled with the TLS name of the configured server (else
/// kubernetes.default.svc), and the bearer token goes only to one that passes that check."
struct InstanceTrustTests {
    private static let discovered = "https://192.0.2.12:6443"

    private func trust(
        _ url: String,
        server: String = "https://api.example:6443",
        named: [String] = [],
        tls: TLSOptions = TLSOptions()
    ) throws -> InstanceTrust {
        var settings = ProbeSettings()
        settings.configuredServer = ProbeEndpoint(server)
        settings.apiServers = try named.map { try #require(ProbeEndpoint($0)) }
        return InstanceTrust(
            try #require(ProbeEndpoint(url)),
            settings,
            ProbeCredentials(bearerToken: "token", tls: tls)
        )
    }

    @Test(
        arguments: [
            ("https://api.example:6443", nil, "api.example"), ("https://192.0.2.1:6443", nil, "kubernetes.default.svc"),
            ("https://[2001:db8::1]:6443", nil, "kubernetes.default.svc"), ("https://192.0.2.1", "kind", "kind"),
        ] as [(String, String?, String)]
    )
    func discoveredInstancesProveTheConfiguredName(server: String, own: String?, name: String) throws {
        let trust = try trust(Self.discovered, server: server, tls: TLSOptions(serverName: own))
        #expect(trust.tls.serverName == name)
        #expect(trust.bearerToken == "token")
    }

    @Test func theConfiguredServerIsDialledAsItIsNamed() throws {
        let trust = try trust("https://api.example:6443")
        #expect(trust.tls.serverName == nil)
        #expect(trust.bearerToken == "token")
    }

    @Test func withoutVerificationTheTokenGoesToTheConfiguredServerAlone() throws {
        let tls = TLSOptions(isVerificationSkipped: true)
        #expect(try trust("https://api.example:6443", tls: tls).bearerToken == "token")
        #expect(try trust(Self.discovered, tls: tls).bearerToken == nil)
        #expect(try trust(Self.discovered, named: [Self.discovered], tls: tls).bearerToken == nil)
    }

    @Test func instancesThatWereNamedProveTheirOwnName() throws {
        let trust = try trust(Self.discovered, named: [Self.discovered])
        #expect(trust.tls.serverName == nil)
        #expect(trust.bearerToken == "token")
    }

    @Test func noTokenGoesInTheClear() throws {
        #expect(try trust("http://192.0.2.12:8080", named: ["http://192.0.2.12:8080"]).bearerToken == nil)
        let proxy = "http://127.0.0.1:8001"
        #expect(try trust(proxy, server: proxy).bearerToken == "token")
    }
}
