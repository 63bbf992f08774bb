import Testing

@testable import HTTPTransport

/// Which requests go through a proxy, and what it gets to see.
@Suite(.timeLimit(.minutes(10)))
struct ProxyTests {
    private let environment = ProxyEnvironment { name in
        [
            "HTTPS_PROXY": "http://proxy.test:3128",
            "http_proxy": "http://plain.test:3128",
            "NO_PROXY": "10.0.0.0/8, .cluster.local,example.org,192.0.2.7:6443,fd00::/8,*.wild.test",
        ][name]
    }

    @Test(arguments: [
        ("api.test", "443", true), ("10.96.0.1", "443", false), ("11.0.0.1", "443", true),
        ("kubernetes.default.svc.cluster.local", "443", false), ("cluster.local", "443", true),
        ("example.org", "443", false), ("api.Example.org.", "443", false), ("notexample.org", "443", true),
        ("192.0.2.7", "6443", false), ("192.0.2.7", "443", true), ("localhost", "443", false),
        ("127.8.0.1", "443", false), ("[::1]", "443", false), ("[fd00::1]", "443", false), ("[fe80::1]", "443", true),
        ("a.wild.test", "443", false),
    ])
    func obeysTheEnvironment(host: String, port: String, isProxied: Bool) {
        let proxy = environment.proxy(scheme: "https", host: host, port: port)
        #expect(proxy == (isProxied ? "http://proxy.test:3128" : nil))
    }

    @Test func choosesByScheme() {
        #expect(environment.proxy(scheme: "http", host: "api.test", port: "80") == "http://plain.test:3128")
        let everything = ProxyEnvironment { ["HTTPS_PROXY": "http://p", "NO_PROXY": "*"][$0] }
        #expect(everything.proxy(scheme: "https", host: "api.test", port: "443") == nil)
    }

    @Test func tunnelsWithoutShowingTheToken() async throws {
        let certificates = try TestCertificates.get()
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: 100))
        let proxy = try TestServer()
        var request = TransportRequest(
            url: server.url("/echo"),
            bearerToken: "secret-1",
            tls: TLSOptions(certificateAuthority: .file(certificates.authority)),
            proxy: .url("http://127.0.0.1:\(proxy.port)")
        )
        let response = try await CurlTransport().send(request)
        #expect(response.head.header("x-from-proxy") == nil)
        #expect(try await response.text().contains("authorization: Bearer secret-1\n"))
        #expect(try await proxy.counter("tunnels") == 1)
        #expect(try await proxy.counter("tunnels with token") == 0)

        // Probes of single instances pass the environment's proxy by.
        var options = CurlTransport.Options()
        options.proxies = ProxyEnvironment { ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"][$0] }
        request.proxy = .none
        #expect(try await CurlTransport(options).send(request).head.status == 200)
        #expect(try await proxy.counter("tunnels") == 1)
    }

    @Test func namesTheHostWhenTheProxyIsGone() async throws {
        let proxy = try TestServer()
        let gone = "http://127.0.0.1:\(proxy.port)"
        proxy.stop()
        let request = TransportRequest(url: "https://api.test/", proxy: .url(gone))
        let error = await #expect(throws: TransportError.self) { try await CurlTransport().send(request) }
        guard case .connectionFailed(let host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(host == "api.test:443")
        #expect(reason.contains("127.0.0.1"))
    }
}
