import NIOCore
import NIOSSL
import NIOTLS

/// Closes a connection whose client certificate has none of the allowed names, before a request is read.
final class ClientNames: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let allowed: [String]

    /// Allows certificates with one of these among their DNS names, e-mail addresses, IP addresses and URIs, compared
    /// as exporter-toolkit does (VerifyPeerCertificate in web/tls_config.go).
    init(_ allowed: [String]) {
        self.allowed = allowed
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
            if let certificate = handler?.peerCertificate,
                !Self.names(of: certificate).contains(where: allowed.contains)
            {
                return context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    private static func names(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames()
            .compactMap { name in
                switch name.nameType {
                case .dnsName, .email, .uri: String(decoding: name.contents, as: UTF8.self)
                case .ipAddress:
                    try? SocketAddress(packedIPAddress: ByteBuffer(bytes: name.contents), port: 0).ipAddress
                default: nil
                }
            }
    }
}
