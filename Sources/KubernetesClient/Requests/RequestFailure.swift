package import ClusterState
package import HTTPTransport
package import KubernetesWire

/// Why a request for a resource came to nothing. `description` is one line for a log.
package enum RequestFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing came, or it broke off.
    case transport(TransportError)
    /// There is nothing to show who we are.
    case credentials(CredentialError)
    /// The server refused: an HTTP status, or an ERROR event. The code is that of the Status, else of HTTP.
    case refused(StatusMessage, retryAfter: Duration?)
    /// What came is not what was asked for.
    case malformed(String)

    /// What follows from it.
    package enum Kind: Sendable, Hashable {
        case unauthorized, forbidden, notFound
        /// The version asked for is gone, or one that the server has never had: only a list helps.
        case expired
        /// Bytes that cannot be read, or could not be read fast enough.
        case malformed
        /// Nothing came for as long as a stream may be quiet.
        case silent
        /// No connection, or it broke.
        case unreachable
        /// 429, 5xx and whatever else may pass.
        case transient
    }

    /// What follows from it.
    package var kind: Kind {
        switch self {
        case .transport(.overrun), .malformed: .malformed
        case .transport(.timedOut(stage: "idle")): .silent
        case .transport: .unreachable
        case .credentials: .unauthorized
        case .refused(let status, _):
            switch status.code {
            case 401: .unauthorized
            case 403: .forbidden
            case 404: .notFound
            case 410: .expired
            // A restored etcd: the server waits for a version that it may never reach, and answers 504.
            case _ where status.message.contains("Too large resource version"): .expired
            case 429, 500...: .transient
            default: .malformed
            }
        }
    }

    /// How the source stands while this lasts; nil where it only ages: a server that is busy or ill answers.
    package var sourceState: SourceState? {
        switch kind {
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .absent
        case .malformed: .malformed
        case .unreachable, .silent: .unreachable
        case .expired, .transient: nil
        }
    }

    /// How long the server wants us to wait.
    package var retryAfter: Duration? {
        guard case .refused(_, let wait) = self else { return nil }
        return wait
    }

    package var description: String {
        switch self {
        case .transport(let error): "\(error)"
        case .credentials(let error): "\(error)"
        case .refused(let status, _): status.reason.isEmpty ? "\(status.code): \(status.message)" : "\(status)"
        case .malformed(let reason): reason
        }
    }
}
