import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ExporterServer

/// The times and the order of one connection, on an event loop whose time the tests let pass.
struct ConnectionHandlerTests {
    private let loop = EmbeddedEventLoop()
    private let limits = ConnectionLimits(descriptors: 1_024)

    private func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: ConnectionHandler(limits), loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func send(_ channel: EmbeddedChannel, path: String, version: HTTPVersion = .http1_1) throws {
        let head = HTTPRequestHead(version: version, method: .GET, uri: path)
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    /// The paths of the requests that were passed on since the last call.
    private func passed(_ channel: EmbeddedChannel) throws -> [String] {
        var paths: [String] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            if case .head(let head) = part { paths.append(head.uri) }
        }
        return paths
    }

    private func answer(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    /// The head of the answer that was written.
    private func writtenHead(_ channel: EmbeddedChannel) throws -> HTTPResponseHead {
        guard case .head(let head) = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
            throw ChannelError.inappropriateOperationForState
        }
        return head
    }

    @Test func closesWhereNoHeadComes() throws {
        let channel = try connected()
        loop.advanceTime(by: limits.head - .milliseconds(1))
        #expect(channel.isActive)
        loop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
    }

    @Test func closesAfterAnAnswerThatIsNotRead() throws {
        let channel = try connected()
        try send(channel, path: "/metrics")
        loop.advanceTime(by: limits.answer - .milliseconds(1))
        #expect(channel.isActive)
        loop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
    }

    @Test func closesWhereNothingFollowsAnAnswer() throws {
        let channel = try connected()
        try send(channel, path: "/metrics")
        loop.advanceTime(by: .seconds(30))
        try answer(channel)
        loop.advanceTime(by: limits.idle - .milliseconds(1))
        #expect(channel.isActive)
        try send(channel, path: "/metrics")
        loop.advanceTime(by: limits.answer - .milliseconds(1))
        #expect(channel.isActive)
        try answer(channel)
        loop.advanceTime(by: limits.idle)
        #expect(!channel.isActive)
    }

    @Test func passesOneRequestAtATime() throws {
        let channel = try connected()
        for path in ["/1", "/2", "/3"] { try send(channel, path: path) }
        #expect(try passed(channel) == ["/1"])
        try answer(channel)
        #expect(try passed(channel) == ["/2"])
        try answer(channel)
        #expect(try passed(channel) == ["/3"])
    }

    /// Two parts a request.
    @Test func closesWhereTooMuchIsHeld() throws {
        let channel = try connected()
        for _ in 0...(limits.heldParts / 2) { try send(channel, path: "/") }
        #expect(channel.isActive)
        try send(channel, path: "/")
        #expect(!channel.isActive)
    }

    @Test(arguments: [HTTPVersion.http1_0, HTTPVersion(major: 0, minor: 9)])
    func answersOldVersionsInTheirForm(_ version: HTTPVersion) throws {
        let channel = try connected()
        try send(channel, path: "/metrics", version: version)
        try answer(channel)
        let head = try writtenHead(channel)
        #expect(head.version == .http1_0)
        #expect(head.headers["connection"] == ["close"])
    }

    @Test func keepsTheConnectionOfHTTP11() throws {
        let channel = try connected()
        try send(channel, path: "/metrics")
        try answer(channel)
        let head = try writtenHead(channel)
        #expect(head.version == .http1_1)
        #expect(head.headers["connection"].isEmpty)
    }

    @Test func closesWhereTheRestOfARequestIsMissing() throws {
        let channel = try connected()
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/metrics")
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        try answer(channel)
        #expect(try writtenHead(channel).headers["connection"] == ["close"])
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        _ = try passed(channel)
        try send(channel, path: "/2")
        #expect(try passed(channel).isEmpty)
        loop.advanceTime(by: limits.head)
        #expect(!channel.isActive)
    }
}
