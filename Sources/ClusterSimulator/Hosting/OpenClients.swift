import NIOCore
import Synchronization

/// The connections and requests of one server that are under way, so that stopping can end them.
final class OpenClients: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var requests: [ObjectIdentifier: ClientPresence] = [:]
        var isStopping = false
    }

    private let state = Mutex(State())

    func opened(_ connection: any Channel) {
        state.withLock { $0.connections[ObjectIdentifier(connection)] = connection }
    }

    func closed(_ connection: any Channel) {
        _ = state.withLock { $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// A request has come in: what it waits for is cancelled when its client goes, or the server stops.
    func enter(_ channel: any Channel) -> ClientPresence {
        let client = ClientPresence()
        let isStopping = state.withLock { state in
            state.requests[ObjectIdentifier(client)] = client
            return state.isStopping
        }
        if isStopping { client.end() }
        // A connection outlives its requests: it must not keep them.
        channel.closeFuture.whenComplete { [weak client] _ in client?.end() }
        return client
    }

    /// The request is answered, or given up.
    func leave(_ client: ClientPresence) {
        _ = state.withLock { $0.requests.removeValue(forKey: ObjectIdentifier(client)) }
    }

    /// Ends what waits: watches end cleanly, requests that hang are given up.
    func endRequests() {
        let requests = state.withLock { state in
            state.isStopping = true
            return Array(state.requests.values)
        }
        for request in requests { request.end() }
    }

    /// Breaks the connections that are still there.
    func abortConnections() {
        for connection in state.withLock({ Array($0.connections.values) }) { ConnectionAborter.abort(connection) }
    }
}
