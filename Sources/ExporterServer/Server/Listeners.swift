import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Listens on every address and answers there. All stop accepting at once when the program shuts down; requests under
/// way are finished.
package struct Listeners: Service {
    private let addresses: [ListenAddress]
    private let responder: ExporterResponder
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) -> Void
    private let limits: ConnectionLimits
    private let connections: AddressQuota
    private let access: WebAccess?
    private let purpose: String

    /// Creates listeners.
    ///
    /// - Parameters:
    ///   - addresses: Where to listen.
    ///   - responder: Who answers.
    ///   - limits: What clients may take, at all addresses together.
    ///   - access: What connections are encrypted with; nil serves plain HTTP.
    ///   - purpose: Added to the log line of each address: ` for probes`.
    ///   - logger: Logs each address that is listened on.
    ///   - onListening: Called with each address once it is, with the port that was chosen.
    package init(
        _ addresses: [ListenAddress],
        responder: ExporterResponder,
        limits: ConnectionLimits,
        access: WebAccess? = nil,
        purpose: String = "",
        logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) -> Void
    ) {
        self.addresses = addresses
        self.responder = responder
        self.limits = limits
        self.access = access
        self.purpose = purpose
        connections = AddressQuota(limit: limits.connections, perAddress: limits.connectionsPerAddress)
        self.logger = logger
        self.onListening = onListening
    }

    /// Runs until the program shuts down, or one address cannot be listened on.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for address in addresses {
                group.addTask { try await serve(address) }
            }
            try await group.waitForAll()
        }
    }

    private func serve(_ address: ListenAddress) async throws {
        let hosts = address.bindHosts
        for (position, host) in hosts.enumerated() {
            do {
                return try await application(address, host: host).run()
            } catch {
                // Cut off at the end of the grace period, which is no failure.
                if Task.isShuttingDownGracefully { return }
                if position + 1 < hosts.count, ListenError.isWithoutIPv6(error) { continue }
                throw ListenError(address, error)
            }
        }
    }

    /// One loop moves the bytes of all connections; texts are made apart from it. NIO's own group has one for each core,
    /// which take 200 KB each.
    private static let eventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// A server on one address.
    func application(_ address: ListenAddress, host: String) -> Application<ExporterResponder> {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: responder,
            server: HTTPServerBuilder { [limits, connections, access] responder in
                ExporterChannel(limits, quota: connections, access: access, responder: responder)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: address.port)),
            onServerRunning: { [limits, purpose, logger, onListening] channel in
                let isAdded = channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptPause(limits.acceptPause, logger),
                        position: .first
                    )
                }
                // Fails only where the server is being closed.
                try? await isAdded.get()
                let bound = ListenAddress(host: host, port: channel.localAddress?.port ?? address.port)
                onListening(bound)
                logger.info("listening\(purpose)", metadata: ["address": "\(bound)"])
            },
            eventLoopGroupProvider: .shared(Self.eventLoop),
            logger: quiet
        )
    }
}

extension Listeners: CustomStringConvertible {
    /// The name in the service group's log, which would otherwise write out all that the value holds by reflection.
    package var description: String { "listeners" }
}
