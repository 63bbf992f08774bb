import HummingbirdCore
import HummingbirdHTTP2
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves a simulated cluster over real sockets: plain HTTP/1.1, or TLS with HTTP/2 and HTTP/1.1 by ALPN.
///
/// What the cluster says of connections is done to them. Where nobody answers, the connection is reset; a response
/// that is cut ends without its end, over HTTP/2 by RST_STREAM; a client that goes away ends its watch. An HTTP/2
/// connection takes 100 streams at a time, as a real API server's does.
package struct SimulatorServer: Service {
    /// One address and who answers there.
    package struct Listener: Sendable, Hashable {
        /// Where to listen.
        package var address: SimulatorAddress
        /// Who answers.
        package var endpoint: SimulatedEndpoint

        /// Creates a listener.
        package init(_ endpoint: SimulatedEndpoint, at address: SimulatorAddress) {
            self.address = address
            self.endpoint = endpoint
        }
    }

    private let cluster: SimulatedCluster
    private let listeners: [Listener]
    private let certificate: SimulatorCertificate?
    private let logger: Logger
    private let onListening: @Sendable () -> Void
    private let clients = OpenClients()

    /// How long connections may take to close by themselves once the server stops.
    private static let grace = Duration.seconds(10)

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - cluster: Who answers. Its time passes only if somebody lets it pass, see ``SimulatedTime``.
    ///   - listeners: Where to listen, and who answers there.
    ///   - certificate: What to show; nil for plain HTTP/1.1.
    ///   - logger: Where to tell what goes wrong.
    ///   - onListening: Called once all addresses are listened on.
    package init(
        cluster: SimulatedCluster,
        listeners: [Listener],
        certificate: SimulatorCertificate? = nil,
        logger: Logger,
        onListening: @escaping @Sendable () -> Void = {}
    ) {
        self.cluster = cluster
        self.listeners = listeners
        self.certificate = certificate
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the program shuts down or the task is cancelled: then watches end, requests under way are
    /// finished, and what is left of connections after a second is broken.
    ///
    /// - Throws: ``SimulatorServerError`` where an address cannot be listened on.
    package func run() async throws {
        let listening = Countdown(from: listeners.count, onListening)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for listener in listeners {
                    let server = try server(listener) { listening.countOne() }
                    group.addTask {
                        do {
                            try await server.run()
                        } catch {
                            throw SimulatorServerError.listening(on: listener.address, error)
                        }
                    }
                }
                try await group.waitForAll()
            }
        } onCancelOrGracefulShutdown: { [clients] in
            clients.endRequests()
            Task {
                try await Task.sleep(for: Self.grace)
                clients.abortConnections()
            }
        }
    }

    private func server(_ listener: Listener, onListening: @escaping @Sendable () -> Void) throws -> any Service {
        let responder = SimulatorResponder(cluster: cluster, endpoint: listener.endpoint, clients: clients)
        let respond: HTTPChannelHandler.Responder = { request, writer, channel in
            try await responder.respond(request, writer, channel)
        }
        guard let certificate else {
            return server(HTTP1Channel(responder: respond), listener, onListening)
        }
        let channel = try HTTP2UpgradeChannel(tlsConfiguration: certificate.configuration, responder: respond)
        return server(channel, listener, onListening)
    }

    private func server(
        _ channel: some ServerChildChannel,
        _ listener: Listener,
        _ onListening: @escaping @Sendable () -> Void
    ) -> any Service {
        AbortableConnection(base: channel, clients: clients)
            .server(
                configuration: ServerConfiguration(
                    address: .hostname(listener.address.host, port: listener.address.port)
                ),
                onServerRunning: { _ in onListening() },
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger
            )
    }
}

/// Calls something when it has counted to zero.
private final class Countdown: Sendable {
    private let rest: Mutex<Int>
    private let action: @Sendable () -> Void

    init(from count: Int, _ action: @escaping @Sendable () -> Void) {
        rest = Mutex(count)
        self.action = action
    }

    func countOne() {
        let isDone = rest.withLock { rest in
            rest -= 1
            return rest == 0
        }
        if isDone { action() }
    }
}
