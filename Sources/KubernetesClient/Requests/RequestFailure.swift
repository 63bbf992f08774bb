package import ClusterState
package import HTTPTransport
package import KubernetesWire

/// Why a request for a resource failed. `description` is one line for a log.
package enum RequestFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing came, or it broke off.
    case transport(TransportError)
    /// The credentials cannot be used.
    case credentials(CredentialError)
    /// The server refused: an HTTP status, or an ERROR event. The code is that of the Status, else of HTTP.
    case refused(StatusMessage, retryAfter: Duration?)
    /// What came is not what was asked for.
    case malformed(String)
    /// A page came so slowly that it was given up.
    case slow(String)

    /// A watch without an event or bookmark for longer than its limit.
    static let silentWatch = RequestFailure.transport(.timedOut(stage: "idle"))

    /// A class of failures that are handled alike.
    package enum Kind: Sendable, Hashable {
        case unauthorized, forbidden
        /// A Status of Kubernetes says that there is no such resource.
        case notFound
        /// The version asked for is gone, or one that the server has never had: only a list helps.
        case expired
        /// Bytes that cannot be read.
        case malformed
        /// Bytes that were not read fast enough: nothing is wrong with the server.
        case overrun
        /// A stream without data for longer than its limit.
        case silent
        /// No connection, or it broke.
        case unreachable
        /// 429, 5xx and other errors that may be temporary.
        case transient
    }

    /// The class of the failure.
    package var kind: Kind {
        switch self {
        case .malformed: .malformed
        case .transport(.overrun): .overrun
        case .transport(.timedOut(stage: "idle")): .silent
        case .transport, .slow: .unreachable
        case .credentials: .unauthorized
        case .refused(let status, _):
            switch status.code {
            case 401: .unauthorized
            case 403: .forbidden
            // Only a Status of Kubernetes counts: the page of a proxy is a temporary error.
            case 404: status.reason == "NotFound" ? .notFound : .transient
            case 410: .expired
            // A restored etcd: the server waits for a version that it may never reach, and answers 504.
            case _ where status.message.contains("Too large resource version"): .expired
            case 429, 500...: .transient
            default: .malformed
            }
        }
    }

    /// The state of the source while this lasts; nil where the source only becomes stale: a server that is overloaded or
    /// failing still answers.
    package var sourceState: SourceState? {
        switch kind {
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .absent
        case .malformed: .malformed
        case .unreachable, .silent: .unreachable
        case .expired, .transient, .overrun: nil
        }
    }

    /// What is wrong, as far as it is the same for many resources: failures of one cause are one line in the log.
    ///
    /// What differs from one request to the next is left out: what a time limit cut short, what a broken connection was
    /// about, which resource a refusal names.
    package var cause: String {
        switch self {
        case .transport(.timedOut): "timed out"
        case .transport(.connectionLost): "connection lost"
        case .refused(let status, _) where status.code == 403 || status.code == 404 || status.code >= 429:
            "\(status.code)"
        default: "\(self)"
        }
    }

    /// Whether the server was reached and could not serve: 429, 5xx, or no answer within the time limit. A watch that was
    /// open and sends nothing more is none of them.
    package var isServersFault: Bool {
        switch self {
        case .refused(let status, _): status.code == 429 || status.code >= 500
        case .transport(.timedOut(let stage)): stage != "connect" && stage != "idle"
        default: false
        }
    }

    /// Whether a write was refused since the object is of another version by now, or exists already (409).
    package var isConflict: Bool {
        guard case .refused(let status, _) = self else { return false }
        return status.code == 409
    }

    /// How long the server wants us to wait.
    package var retryAfter: Duration? {
        guard case .refused(_, let wait) = self else { return nil }
        return wait
    }

    package var description: String {
        switch self {
        case .transport(.timedOut(let stage)): "the API server \(Self.missing(stage)) in time (\(stage))"
        case .transport(let error): "\(error)"
        case .credentials(let error): "\(error)"
        case .refused(let status, _): status.reason.isEmpty ? "\(status.code): \(status.message)" : "\(status)"
        case .malformed(let reason), .slow(let reason): reason
        }
    }

    /// Returns what the server did not do, by the part of the request that took too long.
    private static func missing(_ stage: String) -> String {
        switch stage {
        case "connect": "could not be connected to"
        case "idle": "sent nothing more"
        case "liveness": "did not answer a check of the connection"
        default: "took the request and did not answer"
        }
    }
}
