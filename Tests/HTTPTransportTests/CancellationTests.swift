import Testing

@testable import HTTPTransport

/// Whoever loses interest frees the transfer: the server sees its stream end.
@Suite(.timeLimit(.minutes(10)))
struct CancellationTests {
    @Test func cancelledWhileWaitingForTheHead() async throws {
        let server = try TestServer()
        let transport = CurlTransport()
        let url = server.url("/hang")
        let task = Task { try await transport.send(TransportRequest(url: url, proxy: .none)) }
        try await server.wait(for: "requests", toReach: 1)
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
        try await server.wait(for: "aborted", toReach: 1)
    }

    @Test func cancelledWhileWaitingForAChunk() async throws {
        let server = try TestServer()
        let response = try await CurlTransport().send(TransportRequest(url: server.url("/watch"), proxy: .none))
        var chunks = response.body.makeAsyncIterator()
        _ = try await chunks.next()
        let rest = chunks
        let task = Task {
            var rest = rest
            return try await rest.next()
        }
        await Task.yield()
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
        try await server.wait(for: "aborted", toReach: 1)
    }

    @Test(arguments: [nil, 100])
    func droppingTheBodyFreesTheTransfer(streamLimit: Int?) async throws {
        let certificates = try TestCertificates.get()
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: streamLimit))
        let transport = CurlTransport()
        let request = TransportRequest(
            url: server.url("/watch"),
            tls: TLSOptions(certificateAuthority: .file(certificates.authority)),
            proxy: .none
        )
        do {
            let response = try await transport.send(request)
            #expect(response.head.status == 200)
            #expect(try await server.counter("aborted") == 0)
            withExtendedLifetime(response) {}
        }
        try await server.wait(for: "aborted", toReach: 1)
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try TestServer()
        let transport = CurlTransport()
        let url = server.url("/hello")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await transport.send(TransportRequest(url: url, proxy: .none))
        }
        await #expect(throws: TransportError.cancelled) { try await task.value }
    }

    @Test func aBodyKeepsItsTransportAlive() async throws {
        let server = try TestServer()
        func start() async throws -> TransportResponse {
            try await CurlTransport().send(TransportRequest(url: server.url("/size?2000000"), proxy: .none))
        }
        #expect(try await start().bytes().count == 2_000_000)
    }

    @Test func cancellingWhileTheNameResolvesReturnsAtOnce() async throws {
        let transport = CurlTransport()
        let task = Task {
            try await transport.send(TransportRequest(url: "http://no-such-host.invalid/", proxy: .none))
        }
        await Task.yield()
        task.cancel()
        await #expect(throws: TransportError.self) { try await task.value }
        await transport.shutdown()
    }
}
