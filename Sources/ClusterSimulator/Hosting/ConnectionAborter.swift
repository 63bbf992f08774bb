import Glibc
import HummingbirdCore
import Logging
import NIOCore

/// The first handler of a connection: tells when it opens and closes, and can break it.
///
/// It closes a connection whose client has closed its side, as Go's HTTP server does: otherwise a watch over HTTP/1.1
/// would find out only when it has something to send.
final class ConnectionAborter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let clients: OpenClients

    init(_ clients: OpenClients) {
        self.clients = clients
    }

    func handlerAdded(context: ChannelHandlerContext) {
        clients.opened(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clients.closed(context.channel)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }

    /// Breaks a connection with RST, past TLS and HTTP/2, which would take leave of the other side.
    ///
    /// - Parameter channel: The connection, or a stream of it.
    static func abort(_ channel: any Channel) {
        guard let connection = channel is any SocketOptionProvider ? channel : channel.parent,
            let socket = connection as? any SocketOptionProvider
        else { return }
        // Lingering for no time discards what is unsent and resets.
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { _ in
                // Without the handler the connection is closed already.
                let pipeline = connection.pipeline.syncOperations
                try? pipeline.context(handlerType: ConnectionAborter.self).close(promise: nil)
            }
    }
}

/// Connections of any kind with a ``ConnectionAborter`` in front.
struct AbortableConnection<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let clients: OpenClients

    /// What may wait to be sent before the simulator is asked to wait: two chunks of a list.
    private static var unsentLimit: ChannelOptions.Types.WriteBufferWaterMark {
        .init(low: ListBody.chunkSize, high: 2 * ListBody.chunkSize)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop
            .makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ConnectionAborter(clients))
                try channel.syncOptions?.setOption(.writeBufferWaterMark, value: Self.unsentLimit)
            }
            .flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
