import TestClocks
import Testing

@testable import HTTPTransport

@Suite(.timeLimit(.minutes(10)))
struct InMemoryTransportTests {
    private let clock = ManualClock()
    private let request = TransportRequest(
        url: "http://simulator/",
        limits: TimeLimits(connect: .seconds(1), head: .seconds(30), idle: .seconds(90), total: .seconds(200))
    )

    /// Gives these chunks, then waits to be cancelled.
    private func body(_ chunks: [String], thenHangs: Bool) -> ResponseBody {
        let stream = AsyncStream<[UInt8]> { continuation in
            for chunk in chunks { continuation.yield(Array(chunk.utf8)) }
            if !thenHangs { continuation.finish() }
        }
        return ResponseBody {
            let box = IteratorBox(stream)
            return { () async throws(TransportError) in await box.next() }
        }
    }

    private actor IteratorBox {
        private let stream: AsyncStream<[UInt8]>
        init(_ stream: AsyncStream<[UInt8]>) { self.stream = stream }
        func next() async -> [UInt8]? {
            var iterator = stream.makeAsyncIterator()
            return await iterator.next(isolation: self)
        }
    }

    @Test func handsTheResponseThrough() async throws {
        let transport = InMemoryTransport(clock: clock) { request in
            TransportResponse(
                head: ResponseHead(status: 201, headers: [("X-URL", request.url)]),
                body: body(["a", "b"], thenHangs: false)
            )
        }
        let response = try await transport.send(request)
        #expect(response.head.status == 201)
        #expect(response.head.header("x-url") == "http://simulator/")
        #expect(try await response.text() == "ab")
    }

    @Test func limitsTheHead() async throws {
        let transport = InMemoryTransport(clock: clock) { _ throws(TransportError) in
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw .cancelled
        }
        let request = request
        let answer = Task { try await transport.send(request) }
        await clock.waitForSleeper(until: .seconds(30))
        clock.advance(by: .seconds(30))
        await #expect(throws: TransportError.timedOut(stage: "head")) { try await answer.value }
    }

    @Test func limitsQuietFromTheLastChunk() async throws {
        let transport = InMemoryTransport(clock: clock) { _ in
            TransportResponse(head: ResponseHead(status: 200, headers: []), body: body(["a"], thenHangs: true))
        }
        let response = try await transport.send(request)
        clock.advance(by: .seconds(10))
        var chunks = response.body.makeAsyncIterator()
        #expect(try await chunks.next() == Array("a".utf8))
        let rest = chunks
        let quiet = Task {
            var rest = rest
            return try await rest.next()
        }
        await clock.waitForSleeper(until: .seconds(100))
        clock.advance(by: .seconds(90))
        await #expect(throws: TransportError.timedOut(stage: "idle")) { try await quiet.value }
    }

    @Test func limitsTheWhole() async throws {
        let transport = InMemoryTransport(clock: clock) { _ in
            TransportResponse(head: ResponseHead(status: 200, headers: []), body: body([], thenHangs: true))
        }
        let response = try await transport.send(request)
        clock.advance(by: .seconds(150))
        let quiet = Task { try await response.bytes() }
        await clock.waitForSleeper(until: .seconds(200))
        clock.advance(by: .seconds(50))
        await #expect(throws: TransportError.timedOut(stage: "total")) { try await quiet.value }
    }

    @Test func cancellationReachesTheHandler() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Void>.makeStream()
        let transport = InMemoryTransport(clock: clock) { _ throws(TransportError) in
            start.finish()
            for await _ in AsyncStream<Void>.makeStream().stream {}
            end.finish()
            throw .cancelled
        }
        let request = request
        let task = Task { try await transport.send(request) }
        for await _ in started {}
        task.cancel()
        for await _ in ended {}
        await #expect(throws: TransportError.cancelled) { try await task.value }
    }

    @Test func handsErrorsThrough() async throws {
        let transport = InMemoryTransport(clock: clock) { _ throws(TransportError) in
            throw .connectionFailed(host: "simulator", reason: "stopped")
        }
        await #expect(throws: TransportError.connectionFailed(host: "simulator", reason: "stopped")) {
            try await transport.send(request)
        }
    }
}
