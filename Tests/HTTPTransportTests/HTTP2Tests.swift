import Glibc
import TestClocks
import Testing

@testable import HTTPTransport

/// Many streams over few connections, and what happens to them when the peer stops.
@Suite(.timeLimit(.minutes(10)))
struct HTTP2Tests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates.get()
    }

    private func request(_ server: TestServer, _ path: String, isLongRunning: Bool = false) -> TransportRequest {
        TransportRequest(
            url: server.url(path),
            tls: TLSOptions(certificateAuthority: .file(certificates.authority)),
            proxy: .none,
            limits: TimeLimits(connect: nil, head: nil, idle: nil),
            isLongRunning: isLongRunning
        )
    }

    @Test func concurrentRequestsShareOneConnection() async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: 100))
        let transport = CurlTransport()
        let request = request(server, "/size?100000")
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask { try await transport.send(request).bytes().count }
            }
            for try await count in group {
                #expect(count == 100_000)
            }
        }
        #expect(try await server.counter("connections") == 1)
    }

    /// 150 watches at once; a server's limit below what libcurl assumes costs more connections, never a lost stream.
    @Test(arguments: [
        (limit: 100, connections: 2...2), (limit: 40, connections: 4...7), (limit: 250, connections: 2...2),
    ])
    func opensMoreConnectionsAboveTheStreamLimit(limit: Int, connections: ClosedRange<Int>) async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: limit))
        let transport = CurlTransport()
        let request = request(server, "/watch", isLongRunning: true)
        let responses = try await withThrowingTaskGroup(of: TransportResponse.self) { group in
            for _ in 0..<150 {
                group.addTask { try await transport.send(request) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(responses.allSatisfy { $0.head.status == 200 && $0.head.certificateChain.count == 2 })
        #expect(try await server.counter("streams open") == 150)
        let open = try await server.counter("connections open")
        #expect(connections.contains(open), "\(open) connections")
        // With all watches open, further requests still find a way.
        #expect(try await transport.send(self.request(server, "/hello")).text() == "hello\n")
        withExtendedLifetime(responses) {}
    }

    /// A watch that stands first reads the connection for all streams. What it finds of another one beyond the 128 KiB of
    /// room that it has must come out although the server has no more to say: frames that are whole (132 and more), and
    /// the end of the stream behind a last frame that is cut by the room (131).
    @Test(arguments: [18, 131, 132, 135, 140, 145])
    func whatAnotherStreamHasReadIsNotLeftInABuffer(frames: Int) async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: 100))
        var options = CurlTransport.Options()
        // Its check would bring the bytes out, half a minute later.
        options.livenessInterval = .seconds(3600)
        let transport = CurlTransport(options)
        let watch = try await transport.send(request(server, "/watch", isLongRunning: true))
        let expected = (0..<frames).map { String(repeating: "0", count: 999 - "\($0)".count) + "\($0)\n" }.joined()
        for _ in 0..<20 {
            #expect(try await transport.send(request(server, "/burst?\(frames)")).text() == expected)
        }
        withExtendedLifetime(watch) {}
    }

    @Test(arguments: [nil, 100])
    func aStoppedServerEndsItsStreams(streamLimit: Int?) async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: streamLimit))
        let clock = ManualClock()
        var options = CurlTransport.Options()
        options.clock = clock
        let transport = CurlTransport(options)
        let watches = [
            try await transport.send(request(server, "/watch", isLongRunning: true)),
            try await transport.send(request(server, "/watch", isLongRunning: true)),
        ]
        let connection = try #require(watches[0].head.header("x-connection"))

        // A server that answers keeps its streams.
        await clock.waitForSleeper(until: .seconds(30))
        clock.advance(by: .seconds(30))
        await clock.waitForSleeper(until: .seconds(60))
        #expect(try await server.counter("requests:/version") == 1)
        #expect(try await server.counter("aborted") == 0)
        if streamLimit != nil {
            #expect(try await server.counter("connections") == 1)
        }

        server.send(signal: SIGSTOP)
        clock.advance(by: .seconds(30))
        await clock.waitForSleeper(until: .seconds(75))
        clock.advance(by: .seconds(15))
        for watch in watches {
            var chunks = watch.body.makeAsyncIterator()
            #expect(try await chunks.next() != nil)
            await #expect(throws: TransportError.timedOut(stage: "liveness")) { try await chunks.next() }
        }

        server.send(signal: SIGCONT)
        let response = try await transport.send(request(server, "/hello"))
        #expect(response.head.header("x-connection") != connection)
        #expect(try await response.text() == "hello\n")
    }

    @Test func noCheckWithoutALongRunningRequest() async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: 100))
        let clock = ManualClock()
        var options = CurlTransport.Options()
        options.clock = clock
        let transport = CurlTransport(options)
        do {
            let watch = try await transport.send(request(server, "/watch", isLongRunning: true))
            await clock.waitForSleeper(until: .seconds(30))
            withExtendedLifetime(watch) {}
        }
        try await server.wait(for: "aborted", toReach: 1)
        clock.advance(by: .seconds(60))
        #expect(try await transport.send(request(server, "/hello")).text() == "hello\n")
        #expect(try await server.counter("requests:/version") == 0)
    }

    @Test func endsABodyNobodyReadsAndKeepsTheConnection() async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: 100))
        let transport = CurlTransport()
        let watch = try await transport.send(request(server, "/watch"))
        let response = try await transport.send(request(server, "/size?\(64 << 20)"))
        try await server.wait(for: "aborted", toReach: 1)
        await #expect(throws: TransportError.overrun) { try await response.bytes() }
        #expect(try await transport.send(request(server, "/hello")).text() == "hello\n")
        #expect(try await server.counter("connections") == 1)
        withExtendedLifetime(watch) {}
    }

    /// libcurl 7.88 alone would keep the reset in a buffer until the connection is next used.
    @Test func tellsTheServerOfACancelledStreamWhileOthersGoOn() async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: 100))
        let transport = CurlTransport()
        let watch = try await transport.send(request(server, "/watch"))
        do {
            let cancelled = try await transport.send(request(server, "/watch"))
            withExtendedLifetime(cancelled) {}
        }
        try await server.wait(for: "aborted", toReach: 1)
        #expect(try await server.counter("streams open") == 1)
        withExtendedLifetime(watch) {}
    }
}
