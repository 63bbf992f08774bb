import Testing

@testable import HTTPTransport

/// Requests over plain HTTP/1.1: what is sent, what comes back, and how it can fail.
@Suite(.timeLimit(.minutes(10)))
struct CurlTransportTests {
    @Test func getsHeadAndBody() async throws {
        let server = try TestServer()
        let response = try await CurlTransport().send(TransportRequest(url: server.url("/hello"), proxy: .none))
        #expect(response.head.status == 200)
        #expect(response.head.header("Content-Type") == "text/plain")
        #expect(response.head.certificateChain.isEmpty)
        #expect(try await response.text() == "hello\n")
    }

    @Test func streamsChunkedBody() async throws {
        let server = try TestServer()
        let response = try await CurlTransport().send(TransportRequest(url: server.url("/chunks?500"), proxy: .none))
        let expected = (0..<500).map { "chunk \($0)\n" }.joined()
        #expect(try await response.text() == expected)
    }

    @Test func givesChunksBeforeTheBodyEnds() async throws {
        let server = try TestServer()
        let response = try await CurlTransport().send(TransportRequest(url: server.url("/watch"), proxy: .none))
        var chunks = response.body.makeAsyncIterator()
        #expect(try await chunks.next() == Array("first\n".utf8))
        #expect(try await server.counter("aborted") == 0)
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD"])
    func sendsMethodFieldsAndBody(method: String) async throws {
        let server = try TestServer()
        let body = method == "POST" || method == "PUT" || method == "PATCH" ? Array("a\0b".utf8) : nil
        let response = try await CurlTransport()
            .send(
                TransportRequest(
                    method: method,
                    url: server.url("/echo?q=a%20b"),
                    headers: [("Accept", "text/plain"), ("X-Empty", "")],
                    body: body,
                    bearerToken: "secret-1",
                    proxy: .none
                )
            )
        let text = try await response.text()
        guard method != "HEAD" else {
            #expect(text.isEmpty)
            return
        }
        #expect(text.hasPrefix("\(method) /echo?q=a%20b\n"))
        #expect(text.contains("accept: text/plain\n"))
        #expect(text.contains("x-empty: \n"))
        #expect(text.contains("authorization: Bearer secret-1\n"))
        #expect(!text.contains("expect:"))
        #expect(!text.contains("content-type:"))
        #expect(text.hasSuffix("\n\n" + String(decoding: body ?? [], as: UTF8.self)))
    }

    @Test func postsAnEmptyBody() async throws {
        let server = try TestServer()
        let request = TransportRequest(method: "POST", url: server.url("/echo"), proxy: .none)
        #expect(try await CurlTransport().send(request).text().contains("content-length: 0\n"))
    }

    @Test func reusesTheConnection() async throws {
        let server = try TestServer()
        let transport = CurlTransport()
        for _ in 0..<5 {
            _ = try await transport.send(TransportRequest(url: server.url("/hello"), proxy: .none)).bytes()
        }
        #expect(try await server.counter("connections") == 1)
    }

    @Test func followsNoRedirect() async throws {
        let server = try TestServer()
        let other = try TestServer()
        let response = try await CurlTransport()
            .send(
                TransportRequest(
                    url: server.url("/redirect?\(other.url("/stolen"))"),
                    bearerToken: "secret-1",
                    proxy: .none
                )
            )
        #expect(response.head.status == 302)
        #expect(response.head.header("location") == other.url("/stolen"))
        #expect(try await response.text().isEmpty)
        #expect(try await other.counter("requests") == 0)
    }

    @Test func skipsInformationalHeads() async throws {
        let server = try TestServer()
        let response = try await CurlTransport().send(TransportRequest(url: server.url("/informational"), proxy: .none))
        #expect(response.head.status == 200)
        #expect(response.head.header("link") == nil)
    }

    @Test func namesHostOfRefusedConnection() async throws {
        let server = try TestServer()
        let url = server.url("/hello")
        let port = server.port
        server.stop()
        let error = await #expect(throws: TransportError.self) {
            try await CurlTransport().send(TransportRequest(url: url, proxy: .none))
        }
        guard case .connectionFailed(let host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(host == "127.0.0.1:\(port)")
        #expect(reason == "Connection refused")
    }

    @Test(arguments: [
        ("Failed to connect to a port 1 after 12 ms: Timeout", "Failed to connect to a port 1: Timeout"),
        ("Resolving timed out after 10001 milliseconds", "Resolving timed out after 10001 milliseconds"),
        ("gone after  ms", "gone after  ms"), ("", ""),
    ])
    func reasonsAreTheSameEachTime(_ text: String, _ expected: String) {
        #expect(CurlFailure.withoutDuration(text) == expected)
    }

    @Test func namesHostThatDoesNotResolve() async throws {
        let error = await #expect(throws: TransportError.self) {
            try await CurlTransport().send(TransportRequest(url: "http://no-such-host.invalid/", proxy: .none))
        }
        guard case .nameResolution(let host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(host == "no-such-host.invalid")
        #expect(!reason.isEmpty && !reason.contains("\n"))
    }

    @Test func givesWhatCameBeforeTheCut() async throws {
        let server = try TestServer()
        let response = try await CurlTransport().send(TransportRequest(url: server.url("/cut"), proxy: .none))
        var chunks = response.body.makeAsyncIterator()
        #expect(try await chunks.next() == Array("partial".utf8))
        let error = await #expect(throws: TransportError.self) { try await chunks.next() }
        guard case .connectionLost(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("127.0.0.1:\(server.port)"))
    }

    @Test func refusesAHugeHead() async throws {
        let server = try TestServer()
        _ = try await CurlTransport().send(TransportRequest(url: server.url("/bighead?10"), proxy: .none))
        await #expect(
            throws: TransportError.connectionLost(reason: "127.0.0.1:\(server.port): response head over 256 KiB")
        ) {
            try await CurlTransport().send(TransportRequest(url: server.url("/bighead?40"), proxy: .none))
        }
    }

    @Test func endsABodyNobodyReads() async throws {
        let server = try TestServer()
        let response = try await CurlTransport()
            .send(
                TransportRequest(url: server.url("/size?\(64 << 20)"), proxy: .none)
            )
        try await server.wait(for: "aborted", toReach: 1)
        await #expect(throws: TransportError.overrun) { try await response.bytes() }
    }

    @Test func readsABodyLargerThanTheBoundWhenItIsRead() async throws {
        let server = try TestServer()
        var options = CurlTransport.Options()
        options.unreadLimit = 1 << 20
        let response = try await CurlTransport(options)
            .send(
                TransportRequest(url: server.url("/size?300000"), proxy: .none)
            )
        #expect(try await response.bytes().count == 300_000)
    }

    @Test func shutdownCancelsWhatIsOpen() async throws {
        let server = try TestServer()
        let transport = CurlTransport()
        let response = try await transport.send(TransportRequest(url: server.url("/watch"), proxy: .none))
        await transport.shutdown()
        await #expect(throws: TransportError.cancelled) { try await response.bytes() }
        await #expect(throws: TransportError.cancelled) {
            try await transport.send(TransportRequest(url: server.url("/hello"), proxy: .none))
        }
    }
}
