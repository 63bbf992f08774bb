package import Hummingbird
import NIOCore

/// What comes with a request: the connection that it came over.
package struct ExporterContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    /// Takes the connection of a request.
    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The client's IP address; empty where there is no socket.
    package var clientAddress: String { channel.clientAddress }

    /// Returns when the connection's event loop has done what was handed to it before.
    ///
    /// What is written goes to the event loop by a queue, so that a writer learns only after a turn of it that the
    /// socket takes no more. Who writes much waits for one after each slice; else all of it is in the queue by then.
    package func eventLoopTurn() async throws {
        try await channel.eventLoop.submit {}.get()
    }
}
