import Glibc
import Logging
import NIOCore
import NIOEmbedded
import Programs
import Synchronization
import Testing

@testable import ExporterServer

struct AcceptPauseTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private let loop = EmbeddedEventLoop()
    private let lines = Lines()

    private func channel() -> EmbeddedChannel {
        let logger = Logger(label: "test") { [lines] _ in
            LineLogHandler(level: .info, format: .text, write: { lines.add($0) })
        }
        return EmbeddedChannel(handler: AcceptPause(.seconds(1), logger), loop: loop)
    }

    /// What auto-read was set to last; nil where it was not.
    private func autoRead(_ channel: EmbeddedChannel) -> Bool? {
        channel.options.lazy
            .compactMap { option, value in
                option is ChannelOptions.Types.AutoReadOption ? value as? Bool : nil
            }
            .first
    }

    /// What accept(2) fails with where the system runs out of something.
    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func pausesWhereSomethingRanOut(_ code: CInt) throws {
        let channel = channel()
        for _ in 0..<3 { channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept")) }
        #expect(autoRead(channel) == false)
        #expect(lines.all.count == 1)
        loop.advanceTime(by: .seconds(1))
        #expect(autoRead(channel) == true)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
        #expect(autoRead(channel) == false)
        #expect(lines.all.count == 1)
        try channel.throwIfErrorCaught()
    }

    @Test func tellsAgainAfterAConnectionWasAccepted() throws {
        let channel = channel()
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        loop.advanceTime(by: .seconds(1))
        channel.pipeline.fireChannelRead(EmbeddedChannel())
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        #expect(lines.all.count == 2)
    }

    @Test func leavesOtherErrorsToNIO() {
        let channel = channel()
        channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
        #expect(autoRead(channel) == nil)
        #expect(lines.all.isEmpty)
        #expect(throws: IOError.self) { try channel.throwIfErrorCaught() }
    }
}
