import Testing

@testable import HTTPTransport

/// Bodies that are paused while much of them stands unread: HTTP/1.1 beside the HTTP/2 of everything else.
@Suite(.timeLimit(.minutes(10)))
struct PausingTests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates.get()
    }

    private func request(_ server: TestServer, _ path: String, isPausable: Bool = true) -> TransportRequest {
        TransportRequest(
            url: server.url(path),
            tls: TLSOptions(certificateAuthority: .file(certificates.authority)),
            proxy: .none,
            limits: TimeLimits(connect: nil, head: nil, idle: nil),
            isPausable: isPausable
        )
    }

    private func makeServer() throws -> TestServer {
        try TestServer(.init(certificate: certificates.server, streamLimit: 100))
    }

    /// Reads a body, and something else after each so many chunks, so that it stands unread meanwhile.
    private func count(
        _ response: TransportResponse,
        pausingEach chunks: Int,
        _ pause: () async throws -> Void
    ) async throws -> Int {
        var (count, chunk) = (0, 0)
        for try await bytes in response.body {
            count += bytes.count
            chunk += 1
            if chunk % chunks == 0 { try await pause() }
        }
        return count
    }

    /// 300 MB through 256 KiB, while other requests go over the HTTP/2 connection.
    @Test(arguments: [true, false])
    func aLargeBodyIsReadInBoundedMemory(isSecure: Bool) async throws {
        let server = isSecure ? try makeServer() : try TestServer()
        let transport = CurlTransport()
        let other = request(server, "/hello", isPausable: false)
        let response = try await transport.send(request(server, "/size?300000000"))
        #expect(response.head.certificateChain.isEmpty == !isSecure)
        let total = try await count(response, pausingEach: 500) {
            _ = try await transport.send(other).bytes()
        }
        #expect(total == 300_000_000)
        #expect(transport.unreadPeak.bytes <= 256 << 10)
        // More than half of the bound: it was paused indeed.
        #expect(transport.unreadPeak.bytes > 128 << 10)
        #expect(try await server.counter("aborted") == 0)
    }

    /// What libcurl holds of a paused body comes out although the server has sent all and waits.
    @Test(arguments: [1, 262_144, 262_145, 300_001, 1_000_003])
    func nothingIsLeftBehind(count: Int) async throws {
        let server = try makeServer()
        let transport = CurlTransport()
        for _ in 0..<3 {
            let response = try await transport.send(request(server, "/size?\(count)"))
            _ = try await transport.send(request(server, "/hello", isPausable: false)).bytes()
            #expect(try await response.bytes().count == count)
        }
        // One for HTTP/2, one for the bodies one after the other.
        #expect(try await server.counter("connections") == 2)
    }

    @Test func eachPausableBodyHasAConnectionWhichTheNextOneUses() async throws {
        let server = try makeServer()
        let transport = CurlTransport()
        for _ in 0..<3 {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let response = try await transport.send(request(server, "/size?5000000"))
                        return try await count(response, pausingEach: 20) { await Task.yield() }
                    }
                }
                for try await count in group { #expect(count == 5_000_000) }
            }
        }
        #expect(try await server.counter("connections") == 4)
        #expect(transport.unreadPeak.bytes <= 256 << 10)
    }

    @Test func aPausedBodyThatIsDroppedEndsAtTheServer() async throws {
        let server = try makeServer()
        let transport = CurlTransport()
        do {
            let response = try await transport.send(request(server, "/size?300000000"))
            _ = try await transport.send(request(server, "/hello", isPausable: false)).bytes()
            withExtendedLifetime(response) {}
        }
        try await server.wait(for: "aborted", toReach: 1)
    }
}
