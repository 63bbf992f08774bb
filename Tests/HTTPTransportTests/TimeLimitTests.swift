import TestClocks
import Testing

@testable import HTTPTransport

/// Each time limit over real sockets, on a clock the test moves.
@Suite(.timeLimit(.minutes(10)))
struct TimeLimitTests {
    private let clock = ManualClock()
    private var transport: CurlTransport {
        var options = CurlTransport.Options()
        options.clock = clock
        return CurlTransport(options)
    }

    @Test func connect() async throws {
        // TLS is part of connecting, and this server never says a word.
        let server = try TestServer(isSilent: true)
        let url = "https://127.0.0.1:\(server.port)/"
        let limits = TimeLimits(connect: .seconds(7), head: .seconds(20), idle: nil)
        let transport = transport
        let answer = Task { try await transport.send(TransportRequest(url: url, proxy: .none, limits: limits)) }
        await clock.waitForSleeper(until: .seconds(7))
        clock.advance(by: .seconds(7))
        await #expect(throws: TransportError.timedOut(stage: "connect")) { try await answer.value }
        try await waitUntilClosed(server)
    }

    @Test func head() async throws {
        let server = try TestServer()
        let limits = TimeLimits(connect: .seconds(5), head: .seconds(20), idle: nil)
        let transport = transport
        let url = server.url("/hang")
        let answer = Task { try await transport.send(TransportRequest(url: url, proxy: .none, limits: limits)) }
        try await server.wait(for: "requests", toReach: 1)
        // Connected, so the limit on connecting no longer counts.
        clock.advance(by: .seconds(5))
        await clock.waitForSleeper(until: .seconds(20))
        clock.advance(by: .seconds(15))
        await #expect(throws: TransportError.timedOut(stage: "head")) { try await answer.value }
        try await server.wait(for: "aborted", toReach: 1)
    }

    @Test func idle() async throws {
        let server = try TestServer()
        let limits = TimeLimits(connect: .seconds(5), head: .seconds(20), idle: .seconds(90))
        let response = try await transport.send(
            TransportRequest(url: server.url("/watch"), proxy: .none, limits: limits)
        )
        var chunks = response.body.makeAsyncIterator()
        #expect(try await chunks.next() != nil)
        clock.advance(by: .seconds(89))
        await clock.waitForSleeper(until: .seconds(90))
        clock.advance(by: .seconds(1))
        await #expect(throws: TransportError.timedOut(stage: "idle")) { try await chunks.next() }
        try await server.wait(for: "aborted", toReach: 1)
    }

    @Test func total() async throws {
        let server = try TestServer()
        let limits = TimeLimits(connect: nil, head: nil, idle: nil, total: .seconds(300))
        let response = try await transport.send(
            TransportRequest(url: server.url("/watch"), proxy: .none, limits: limits)
        )
        var chunks = response.body.makeAsyncIterator()
        #expect(try await chunks.next() != nil)
        await clock.waitForSleeper(until: .seconds(300))
        clock.advance(by: .seconds(300))
        await #expect(throws: TransportError.timedOut(stage: "total")) { try await chunks.next() }
    }

    @Test func noneWithoutLimits() async throws {
        let server = try TestServer()
        let limits = TimeLimits(connect: nil, head: nil, idle: nil, total: nil)
        let response = try await transport.send(
            TransportRequest(url: server.url("/hello"), proxy: .none, limits: limits)
        )
        clock.advance(by: .seconds(1_000_000))
        #expect(try await response.text() == "hello\n")
    }

    private func waitUntilClosed(_ server: TestServer) async throws {
        while try await server.counter("connections open") > 0 {
            await Task.yield()
        }
        #expect(try await server.counter("connections") == 1)
    }
}
