import Testing

@testable import HTTPTransport

/// What is refused before anything is sent.
struct RequestTargetTests {
    private let proxies = ProxyEnvironment { _ in nil }

    @Test func takesTheURLApart() throws {
        let target = try RequestTarget(TransportRequest(url: "https://[::1]/api?limit=500&a=b"), proxies: proxies)
        #expect(target.authority == "[::1]:443")
        #expect(target.url == "https://[::1]:443/api?limit=500&a=b")
        #expect(target.with(path: "/version").url == "https://[::1]:443/version")
    }

    @Test func dialsTheAddressAndVerifiesTheName() throws {
        let request = TransportRequest(url: "https://10.0.0.1:6443/", tls: TLSOptions(serverName: "kubernetes"))
        let target = try RequestTarget(request, proxies: proxies)
        #expect(target.url == "https://kubernetes:6443/")
        #expect(target.authority == "10.0.0.1:6443")
    }

    @Test(arguments: [
        "", "api.test", "ftp://api.test/", "file:///etc/passwd", "https://", "https://a b/", "https://api.test:99999/",
        "https://user:secret@api.test/", "https://api.test/\nx",
    ])
    func refusesURL(url: String) {
        let error = #expect(throws: TransportError.self) {
            try RequestTarget(TransportRequest(url: url), proxies: proxies)
        }
        guard case .invalidRequest(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!reason.contains("secret") && !reason.contains("\n"))
    }

    @Test func refusesWhatWouldBreakTheHead() {
        let requests = [
            TransportRequest(method: "GET /x", url: "https://api.test/"),
            TransportRequest(url: "https://api.test/", headers: [("A:b", "c")]),
            TransportRequest(url: "https://api.test/", headers: [("A", "c\r\nX: y")]),
            TransportRequest(url: "https://api.test/", bearerToken: "secret\n"),
            TransportRequest(url: "https://api.test/", bearerToken: ""),
            TransportRequest(url: "https://api.test/", tls: TLSOptions(serverName: "a:1")),
        ]
        for request in requests {
            let error = #expect(throws: TransportError.self) { try RequestTarget(request, proxies: proxies) }
            guard case .invalidRequest(let reason) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains("api.test"))
            #expect(!reason.contains("secret"))
        }
    }
}
