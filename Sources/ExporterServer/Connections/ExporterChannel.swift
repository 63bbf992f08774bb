package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOSSL

/// The connections of the server: Hummingbird's HTTP/1.1 within ``ConnectionLimits``.
///
/// Hummingbird's own limits do not reach: its idle time-out ends with the first head and says nothing of answers that
/// nobody reads, and it counts connections neither by address nor by closing them.
package struct ExporterChannel: ServerChildChannel {
    /// What Hummingbird answers requests over.
    package typealias Value = HTTP1Channel.Value

    private struct Refused: Error {}

    private let http: HTTP1Channel
    private let limits: ConnectionLimits
    private let quota: AddressQuota
    private let access: WebAccess?

    /// Creates the set-up of connections.
    ///
    /// - Parameters:
    ///   - limits: What a connection may take.
    ///   - quota: Counts connections; shared by all addresses that are listened on.
    ///   - access: Says what each new connection is encrypted with; nil serves plain HTTP.
    ///   - responder: Answers requests.
    package init(
        _ limits: ConnectionLimits,
        quota: AddressQuota,
        access: WebAccess? = nil,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.limits = limits
        self.quota = quota
        self.access = access
        http = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: limits.headerBytes,
                    maxHeaderListSize: limits.headerBytes,
                    maxHeaderFieldCount: limits.headerFields
                )
            )
        )
    }

    /// Sets up an accepted connection, or closes it at once where there are too many.
    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        guard let slot = quota.take(channel.clientAddress) else {
            logger.debug("refused a connection", metadata: ["address": "\(channel.clientAddress)"])
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(Refused())
        }
        channel.closeFuture.whenComplete { _ in withExtendedLifetime(slot) {} }
        return channel.setOption(.socketOption(.so_sndbuf), value: limits.sendBufferBytes)
            .and(
                channel.setOption(
                    .recvAllocator,
                    value: FixedSizeRecvByteBufferAllocator(capacity: limits.receiveBufferBytes)
                )
            )
            .and(channel.setOption(.maxMessagesPerRead, value: 1))
            .flatMap { _ in http.setup(channel: channel, logger: logger) }
            .flatMapThrowing { value in
                let pipeline = channel.pipeline.syncOperations
                // Before Hummingbird's codec, which drops the version of a request.
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
                try pipeline.addHandler(ConnectionHandler(limits), position: .after(decoder))
                // What is in force now: a certificate that was replaced is presented from the next connection on.
                if let current = access?.current, let context = current.tls {
                    if let names = current.configuration.tls?.allowedNames {
                        try pipeline.addHandler(ClientNames(names), position: .first)
                    }
                    try pipeline.addHandler(NIOSSLServerHandler(context: context), position: .first)
                }
                return value
            }
            .flatMapErrorThrowing { error in
                // NIO drops what could not be set up without closing it.
                channel.close(promise: nil)
                throw error
            }
    }

    /// Answers the requests of a connection until it is closed.
    package func handle(value: Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}

extension Channel {
    /// The IP address of the other side, by which clients are distinguished; empty where there is none.
    var clientAddress: String { remoteAddress?.ipAddress ?? "" }
}
