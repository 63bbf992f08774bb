import Glibc
import Logging
import NIOCore

/// Stops accepting for a while once descriptors or memory have run out, and logs that in one line.
///
/// NIO's own `AcceptBackoffHandler` delays the next read, but accept failed with a read pending already: the socket
/// stays readable, and the event loop spins without a word. This one stands in front of it and takes its error.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private static let passing: Set<CInt> = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    private let pause: TimeAmount
    private let logger: Logger
    private var isPaused = false
    /// Logged once until a connection is accepted again.
    private var isReported = false

    init(_ pause: TimeAmount, _ logger: Logger) {
        self.pause = pause
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.passing.contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        if !isReported {
            isReported = true
            let reason = strerror(error.errnoCode).map { String(cString: $0) } ?? "error \(error.errnoCode)"
            logger.warning("cannot accept connections; trying again each second", metadata: ["reason": "\(reason)"])
        }
        guard !isPaused else { return }
        isPaused = true
        setAutoRead(context, false)
        context.eventLoop.assumeIsolated()
            .scheduleTask(in: pause) {
                self.isPaused = false
                self.setAutoRead(context, true)
            }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReported = false
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if !isPaused { context.read() }
    }

    /// Takes the socket out of what is waited for, or back. It fails only where the socket is closed.
    private func setAutoRead(_ context: ChannelHandlerContext, _ isOn: Bool) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
